"""The screens of adjustments, deposits, holds, receipts and debts: listed, looked at, acted on."""

import html
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.portals.platform.reading import foot, minor
from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.debt_collected import collection_policy_set
from zhanggui.journeys.money_frozen import reserve_set
from zhanggui.journeys.period_ended import period_ended
from zhanggui.parties.models import Party
from zhanggui.settlement.adjustments.models import Adjustment
from zhanggui.settlement.collections.models import Debt, Receipt, WriteOff
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount, SettlementEntity
from zhanggui.settlement.guarantees.models import Deposit, Hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(market: Any) -> OwnAccount:
    return OwnAccount.objects.create(
        code="bank", name={"en": "Main account"}, kind="bank", entity=SettlementEntity.objects.first(),
        currency="CNY", rail="bank_file",
    )  # fmt: skip


def approve() -> None:
    row = Approval.objects.get(state="pending")
    approval_decided(
        approval_id=row.id, approve=True, checker="checker", roles=frozenset({"platform_admin"}),
        proof=Proof(retyped_minor=row.amount_minor), at=timezone.now(),
        zone=timezone.get_default_timezone(),
    )  # fmt: skip


def post(desk: Any, address: str, act: str, status: int = 302, **values: Any) -> str:
    answer = desk.post(address, {"act": act} | values)
    assert answer.status_code == status, answer.content.decode()
    return str(answer.headers.get("Location", ""))


def shown(desk: Any, address: str) -> str:
    answer = desk.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


@pytest.fixture
def debt(market: Any, desk: Any) -> Debt:
    """The tea house owes for a month."""
    collection_policy_set(
        entity=SettlementEntity.objects.get(), action="collect", effective_from=date(2026, 1, 1),
        at=timezone.now(), actor="story",
    )  # fmt: skip
    line = BusinessLine.objects.get()
    post(desk, "/platform/adjustments/new/", "make", line=line.code, party="tea", fee="manual_charge",
         amount="-90000.00", reason="samples")  # fmt: skip
    approve()
    row = Adjustment.objects.get()
    from zhanggui.settlement.details.models import BilledLine
    from zhanggui.settlement.statements.models import Statement

    billed = BilledLine.objects.get(party_id=row.party_id, line_id=row.line_id)
    ends = Statement.objects.get(party_id=row.party_id, id=billed.statement_id).ends_before
    later = timezone.now().replace(year=ends.year + 1)
    period_ended(
        through=date.fromordinal(ends.toordinal() - 1), clock=lambda: later, zone=timezone.get_default_timezone(),
        actor="story",
    )  # fmt: skip
    return Debt.objects.get()


def test_an_adjustment_is_made_approved_and_taken_back(desk: Any, market: Any) -> None:
    line = BusinessLine.objects.get()
    values = {"line": line.code, "party": "tea", "fee": "manual_credit", "reason": "by phone"}
    assert (
        "like 12.50"
        in desk.post("/platform/adjustments/new/", {"act": "make", "amount": "x"} | values).content.decode()
    )
    where = post(desk, "/platform/adjustments/new/", "make", amount="12.34", **values)
    assert "12.34" in shown(desk, "/platform/adjustments/") and "To approve" in shown(desk, where)
    approve()
    assert "by phone" in shown(desk, where) and "Take it back" in shown(desk, where)
    back = post(desk, where, "reverse", reason="wrong shop")
    assert "-12.34" in shown(desk, back).replace("−", "-")
    assert Adjustment.objects.get(reverses__isnull=False).state == "pending"


def test_who_may_not_make_one_is_refused(as_role: Any, market: Any) -> None:
    auditor = as_role("platform_auditor")
    assert auditor.get("/platform/adjustments/new/").status_code == 403
    assert "New adjustment" not in shown(auditor, "/platform/adjustments/")


def test_a_receipt_is_recorded_claimed_and_given_back(desk: Any, bank: OwnAccount) -> None:
    assert "Record what arrived" in shown(desk, "/platform/receipts/")
    where = post(desk, "/platform/receipts/new/", "record", account="bank", reference="B-7", received_on="2026-05-02",
                 amount="80.00", payer="Tea House Ltd", payer_account="6222020200012345678")  # fmt: skip
    page = shown(desk, where)
    assert "****5678" in page and "62220202000" not in page
    post(desk, where, "deposit", 422, party="tea", amount="80.01")
    post(desk, where, "deposit", party="tea", amount="50.00")
    row = Receipt.objects.get()
    assert row.rest_minor == 3000
    claim = row.claims.get()
    post(desk, where, "unclaim", claim=str(claim.id), reason="another shop")
    post(desk, where, "give_back", amount="80.00", reason="paid by mistake")
    approve()
    assert "Given back" in shown(desk, where)
    assert "B-7" in shown(desk, "/platform/receipts/?q=B-7")
    for text in ("B-7", row.number, row.refunds.get().number):
        assert desk.get("/find", {"q": text})["Location"] == where, text


def test_a_file_of_receipts_is_taken_or_refused(desk: Any, bank: OwnAccount) -> None:
    def send(text: str) -> Any:
        file = SimpleUploadedFile("r.csv", text.encode(), content_type="text/csv")
        return desk.post("/platform/receipts/new/", {"act": "import", "account": "bank", "file": file})

    bad = send("reference,received_on,amount\nT1,2026-02-30,1.00\n")
    assert bad.status_code == 422 and "row 2" in bad.content.decode()
    assert send("reference,received_on,amount\nT1,2026-02-03,1.00\n").status_code == 302
    assert Receipt.objects.count() == 1


def test_a_deposit_is_shown_and_deducted_from(desk: Any, bank: OwnAccount) -> None:
    where = post(desk, "/platform/receipts/new/", "record", account="bank", reference="B-7",
                 received_on="2026-05-02", amount="80.00")  # fmt: skip
    post(desk, where, "deposit", party="tea", amount="80.00")
    row = Deposit.objects.get()
    page = f"/platform/deposits/{row.id}/"
    assert "80.00" in shown(desk, "/platform/deposits/")
    post(desk, page, "order", 422, use="penalty", amount="80.01", reason="late")
    post(desk, page, "order", use="penalty", amount="30.00", reason="late")
    approve()
    post(desk, page, "top_up", amount="5.00", reason="agreed")
    assert "55.00" in shown(desk, page)


def test_money_is_frozen_and_released(desk: Any, market: Any) -> None:
    entity = SettlementEntity.objects.get()
    reserve_set(entity=entity, rate_ppm=100_000, days=30, effective_from=date(2026, 1, 1), at=timezone.now(),
                actor="story")  # fmt: skip
    where = post(desk, "/platform/holds/new/", "amount", party="tea", books=f"{entity.code}/CNY", amount="7.00",
                 reason="claim of a buyer")  # fmt: skip
    assert "claim of a buyer" in shown(desk, where)
    post(desk, "/platform/holds/new/", "party", party="tea", reason="investigation")
    post(desk, "/platform/holds/new/", "party", 422, party="tea", reason="again")
    assert "Frozen merchant" in shown(desk, "/platform/holds/")
    for row in Hold.objects.all():
        post(desk, f"/platform/holds/{row.id}/", "release", reason="settled")
    assert "Released" in shown(desk, where)


def test_a_debt_is_dunned_and_written_off(desk: Any, debt: Debt) -> None:
    page = f"/platform/debts/{debt.party_id}/{debt.statement_id}/"
    assert "Not due" in shown(desk, "/platform/debts/")
    assert shown(desk, "/platform/debts/?age=91%2B&tab=all")
    post(desk, page, "note", note="will pay", promised_on="2026-08-01", promised="100.00")
    post(desk, page, "write_off", 422, amount="999999.00", reason="closed")
    post(desk, page, "write_off", amount="1.00", reason="closed")
    approve()
    assert WriteOff.objects.get().state == "approved"
    assert "will pay" in shown(desk, page)
    assert shown(desk, f"/platform/statements/{debt.party_id}/{debt.statement_id}/")


def test_every_bar_of_the_ageing_leads_to_debts_of_that_sum(desk: Any, debt: Debt) -> None:
    page = shown(desk, "/platform/debts/")
    bars = re.findall(r'data-label="Still open"><a href="([^"]+)">([^<]+)</a>', page)
    assert [minor(amount) for _, amount in bars].count(0) == 4 and len(bars) == 5
    for url, amount in bars:
        assert foot(desk.get(html.unescape(url)), "Still open") == minor(amount), url


def test_every_page_is_there_in_chinese(desk: Any, debt: Debt, bank: OwnAccount) -> None:
    desk.cookies["django_language"] = "zh-hans"
    for address in ("adjustments/", "adjustments/new/", "deposits/", "holds/", "holds/new/", "receipts/",
                    "receipts/new/", "debts/", f"debts/{debt.party_id}/{debt.statement_id}/"):  # fmt: skip
        shown(desk, f"/platform/{address}")
    assert Party.objects.exists()
