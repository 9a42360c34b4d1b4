"""Contracts are kept with their papers; the newer takes the older one's place, and what ends asks for its renewal."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from zhanggui.audit.models import AuditRecord
from zhanggui.files.errors import FileNotWhatItSays
from zhanggui.journeys.contract_kept import contract_kept
from zhanggui.journeys.contracts_ending import contracts_ending_told
from zhanggui.outbox.models import Notice
from zhanggui.parties.models import Party, PartyKind
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.notices import said
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.entities.contracts import contract_by_number, contracts, paper_of
from zhanggui.settlement.entities.errors import ContractExists, ContractRefused, UnknownContract
from zhanggui.settlement.entities.models import Contract
from zhanggui.settlement.entities.operations.keep_contract import Signed
from zhanggui.settlement.monitoring.findings import finding_sql

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
DAY = date(2026, 6, 1)


def party(code: str = "tea", kind: PartyKind = PartyKind.MERCHANT) -> Party:
    return Party.objects.get_or_create(code=code, defaults={"kind": kind, "name": {"en": code}})[0]


def keep(
    number: str, starts_on: str, ends_on: str, *, code: str = "tea", at: datetime | None = None, **said: Any
) -> Contract:
    usual = {
        "signed_on": date(2025, 1, 1),
        "signed_by": "王小明",
        "file_name": "contract.pdf",
        "content": PAPER,
    }
    signed = Signed(
        number=number,
        starts_on=date.fromisoformat(starts_on),
        ends_on=date.fromisoformat(ends_on),
        **(usual | said),
    )
    at = at or datetime(2025, 1, 2, tzinfo=UTC)
    return contract_kept(party=party(code), signed=signed, at=at, actor="ops")


def states(today: date = DAY) -> dict[str, str]:
    return {row["number"]: row["state"] for row in contracts(today=today)}


def test_the_state_of_each_follows_from_the_days() -> None:
    keep("A-1", "2024-01-01", "2025-12-31")
    keep("A-2", "2026-01-01", "2026-06-30")
    keep("B-1", "2025-01-01", "2026-05-31", code="books")
    keep("C-1", "2026-07-01", "2027-06-30", code="cups")
    keep("D-1", "2026-01-01", "2026-06-10", code="dates")
    keep("D-2", "2026-06-11", "2027-06-10", code="dates")
    assert states() == {
        "A-1": "superseded", "A-2": "ending", "B-1": "over", "C-1": "ahead", "D-1": "holds", "D-2": "ahead",
    }  # fmt: skip
    assert states(date(2026, 6, 11))["D-1"] == "superseded" and states(date(2026, 5, 31))["A-2"] == "holds"


def test_a_party_is_told_once_of_a_contract_that_ends_and_of_none_that_is_followed() -> None:
    keep("A-2", "2026-01-01", "2026-06-30")
    keep("D-1", "2026-01-01", "2026-06-10", code="dates")
    keep("D-2", "2026-06-11", "2027-06-10", code="dates")
    at = datetime(2026, 6, 1, tzinfo=UTC)
    assert (
        contracts_ending_told(today=date(2026, 5, 31), at=at),
        contracts_ending_told(today=DAY, at=at),
    ) == (0, 1)
    assert contracts_ending_told(today=date(2026, 6, 2), at=at) == 0
    row = Notice.objects.get()
    assert (row.party_id, row.subject, row.about) == (party().id, "A-2", {"day": "2026-06-30"})
    assert said(row.kind, row.subject, row.about).startswith("合同 A-2 将于 2026-06-30 到期")


def test_the_paper_comes_back_and_the_act_is_written_down() -> None:
    row = keep("A-1", "2026-01-01", "2026-12-31")
    assert paper_of(row.id) == PAPER and PAPER not in bytes(row.file_sealed)
    assert AuditRecord.objects.get(action="contract.kept").object_id == "A-1"
    with pytest.raises(UnknownContract):
        contract_by_number("A-1", today=DAY, party_id=row.party_id + 1)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"number": "A 1"}, ContractRefused), ({"number": "a/b"}, ContractRefused), ({"number": "A-1"}, ContractExists),
        ({"ends_on": "2025-12-31"}, ContractRefused), ({"signed_on": date(2027, 1, 1)}, ContractRefused),
        ({"signed_by": " "}, ContractRefused), ({"note": "two\nlines"}, ContractRefused),
        ({"content": b"MZ\x90\x00 no paper"}, FileNotWhatItSays), ({"code": "mall"}, ContractRefused),
    ],
)  # fmt: skip
def test_what_is_refused(said: dict[str, Any], refusal: type[Exception]) -> None:
    keep("A-1", "2026-01-01", "2026-12-31")
    party("mall", PartyKind.PLATFORM)
    with pytest.raises(refusal):
        keep(**({"number": "A-2", "starts_on": "2026-01-01", "ends_on": "2026-12-31"} | said))
    assert Contract.objects.count() == 1


def test_it_never_changes_and_is_its_partys_alone() -> None:
    row = keep("A-1", "2026-01-01", "2026-12-31")
    keep("B-1", "2026-01-01", "2026-12-31", code="books")
    with pytest.raises(DatabaseError), transaction.atomic():
        Contract.objects.update(ends_on=date(2027, 1, 1))
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    with as_tenant(row.party_id):
        assert list(states()) == ["A-1"]


def test_a_rule_finds_what_ends_until_it_is_renewed() -> None:
    keep("A-1", "2026-01-01", "2026-06-30")

    def found(at: datetime, hours: int) -> list[str]:
        span = {
            "lo": at - timedelta(hours=1),
            "hi": at,
            "zone": "Asia/Shanghai",
            "currency": None,
            "parties": None,
        }
        parameters = {"what": "contract", "threshold": hours}
        return [row["subject_id"] for row in rows_of(finding_sql("ageing", parameters), span | parameters)]

    soon, over = datetime(2026, 6, 2, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    assert found(datetime(2026, 5, 30, tzinfo=UTC), 1) == [] and found(soon, 1) == ["A-1"]
    assert found(soon, 720) == [] and found(over, 720) == ["A-1"]
    keep("A-2", "2026-07-01", "2027-06-30", at=datetime(2026, 6, 20, tzinfo=UTC))
    assert found(over, 720) == [] and found(datetime(2026, 7, 5, tzinfo=UTC), 1) == []
