"""The audit log: appended, chained, never changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.tampering import broken, tamper
from zhanggui.audit.models import AuditRecord
from zhanggui.audit.operations.record_change import GENESIS, record_change

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 8, 30, 1, 123457, tzinfo=UTC)


def record(number: int) -> AuditRecord:
    return record_change(
        at=AT + timedelta(microseconds=number), actor="zhang", action="terms.set", object_kind="terms",
        object_id=str(number), before=None, after={"z": 1, "a": ["结算", number], "n": 2**60}, party_id=number,
    )  # fmt: skip


class TestRecordChange:
    def test_chains_each_record_to_the_one_before(self) -> None:
        first, second, third = record(1), record(2), record(3)
        assert bytes(first.previous_hash) == GENESIS
        assert bytes(second.previous_hash) == bytes(first.hash)
        assert bytes(third.previous_hash) == bytes(second.hash)

    def test_reads_back_to_the_same_hash(self) -> None:
        record(1)
        assert broken() == set()


@pytest.mark.parametrize("act", ["update audit_record set actor = 'li'", "delete from audit_record"])
def test_the_database_refuses_changes(act: str) -> None:
    record(1)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act)


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    "act",
    [
        "update audit_record set actor = 'li' where object_id = '2'",
        "update audit_record set after = '{}' where object_id = '2'",
        "update audit_record set at = at + interval '1 microsecond' where object_id = '2'",
        "update audit_record set party_id = 9 where object_id = '2'",
        "delete from audit_record where object_id = '1'",
        "delete from audit_record where object_id = '2'",
    ],
)
def test_the_audit_finds_who_tampers(act: str) -> None:
    for number in (1, 2, 3):
        record(number)
    assert tamper(act) == 1
    assert broken() == {"audit_chain_broken"}
