"""Billed lines are written once, read as details, and named by identities that last."""

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.errors import UniqueViolation

from tests.settlement.story import Story
from zhanggui.settlement.billing.operations.bill_lines import bill_lines
from zhanggui.settlement.details.errors import UnknownDetail
from zhanggui.settlement.details.leaves import LEAF_SQL
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.details.queries import (
    GRANULARITIES,
    DetailKey,
    amounts_by,
    billed_line,
    detail,
    details_of_order,
    events_of_line,
    rows_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    story = Story()
    story.orders("""
        order merchant goods  sku day
        A1    m1       100.00 s1  2026-01-05
        A1    m1       50.00  s2  2026-01-05
        A1    m1       50.00  s2  2026-01-05
        A1    m2       10.00  s1  2026-01-05
    """)
    story.refunds("""
        refund order line goods day
        R1     A1    2    20.00 2026-01-07
    """)
    story.bill()
    return story


class TestWriting:
    def test_a_line_is_billed_once_by_its_very_key(self, story: Story) -> None:
        """Even a second billing that does not look whether the line is billed finds the key taken."""
        copied = "insert into settlement_billed_line select * from settlement_billed_line where event_id = 0 limit 1"
        with (
            pytest.raises(IntegrityError, match="settlement_billed_line_pkey"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(copied)

    def test_a_batch_with_one_line_billed_before_writes_nothing(
        self, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from zhanggui.settlement.billing.operations import bill_lines as act

        story.orders("""
            order merchant goods  day
            A2    m1       100.00 2026-01-05
        """)
        monkeypatch.setattr(
            act, "DUE", "l.order_id between %s and %s and l.business_line_id = %s and l.billable_at <= %s"
        )
        before = BilledLine.objects.count()
        with pytest.raises(UniqueViolation), transaction.atomic():
            bill_lines(
                business_line=story.line,
                first_order=0,
                last_order=10**9,
                as_of=story.now,
                at=story.now,
                zone=story.now.tzinfo,
            )  # type: ignore[arg-type]
        assert BilledLine.objects.count() == before

    @pytest.mark.parametrize(
        "act", ["update settlement_billed_line set quantity = 9", "delete from settlement_billed_line"]
    )
    def test_the_database_refuses_to_change_one(self, story: Story, act: str) -> None:
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)

    @pytest.mark.parametrize("column", ["amounts", "rules", "bases", "fee_types"])
    def test_the_database_refuses_arrays_of_different_lengths(self, story: Story, column: str) -> None:
        from tests.tampering import tamper

        with pytest.raises(IntegrityError, match="billed_line_parallel"), transaction.atomic():
            tamper(f"update settlement_billed_line set {column} = {column} || {column}")

    def test_the_leaf_is_what_sql_says(self, story: Story) -> None:
        assert rows_of(f"select 1 from settlement_billed_line where leaf <> {LEAF_SQL}", []) == []


class TestReading:
    def test_a_detail_is_found_by_its_identity(self, story: Story) -> None:
        key = story.detail("m1", "A1", "commission", line="2")
        assert DetailKey.parse(f" {key} ") == key
        assert detail(key)["amount"] == -250
        assert billed_line(key)["amounts"] == [5000, -250]

    @pytest.mark.parametrize(
        "text",
        ["", "1-2-3", "1-2-3-4-5", "a-1-0-1", "-1-2-3-4", "1-2-3-0x1", f"{10**19}-1-0-1", "1; drop table"],
    )
    def test_what_is_no_identity_is_refused(self, text: str) -> None:
        with pytest.raises(UnknownDetail):
            DetailKey.parse(text)

    def test_an_order_has_its_details_of_all_parties_and_events(self, story: Story) -> None:
        [order] = rows_of("select id from settlement_staged_order", [])
        found = details_of_order(order["id"])
        assert len(found) == 10
        assert {row["kind"] for row in found} == {1, 2}

    def test_a_line_has_its_events_in_order(self, story: Story) -> None:
        key = story.detail("m1", "A1", "commission", line="2")
        kinds = [row["kind"] for row in events_of_line(key.line_id, key.party_id)]
        assert kinds == [1, 2]

    @pytest.mark.parametrize(
        ("granularity", "groups"), [("order", 1), ("spu", 1), ("sku", 2), ("sku_type", 1), ("fee", 6)]
    )
    def test_amounts_add_up_at_every_granularity(self, story: Story, granularity: str, groups: int) -> None:
        row = story.statement("m1", "2026-01-01")
        found = amounts_by(granularity, statement_id=row.id, party_id=row.party_id)
        assert len(found) == groups
        assert sum(part["amount"] for part in found) == 20000 - 1000 - 1900
        assert granularity in GRANULARITIES
