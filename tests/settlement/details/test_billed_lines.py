"""Billed lines are written once, read as details, and named by identities that last."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.settlement.story import Story
from zhanggui.settlement.billing.operations.bill_lines import bill_lines
from zhanggui.settlement.details.errors import UnknownDetail
from zhanggui.settlement.details.leaves import LEAF_SQL, PATTERNS_SQL
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
            pytest.raises(IntegrityError, match=r"settlement_billed_line_r\d+_pkey"),
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
        with pytest.raises(IntegrityError), transaction.atomic():
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

    @pytest.mark.parametrize("column", ["rules", "base_of", "fee_types"])
    def test_the_database_refuses_arrays_of_different_lengths(self, story: Story, column: str) -> None:
        arrays = ", ".join(
            f"{name} || {name}" if name == column else name for name in ("fee_types", "rules", "base_of")
        )
        digest = " || ".join(f"array_send({one})" for one in arrays.split(", "))
        with (
            pytest.raises(IntegrityError, match="detail_pattern_parallel"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "insert into settlement_detail_pattern (fee_types, rules, base_of, digest)"
                f" select {arrays}, sha256({digest}) from settlement_detail_pattern"
            )

    def test_the_database_refuses_a_line_without_details(self, story: Story) -> None:
        from tests.tampering import tamper

        with pytest.raises(IntegrityError, match="billed_line_has_details"), transaction.atomic():
            tamper("update settlement_billed_line set amounts = '{}'")

    @pytest.mark.breaks_invariants
    @pytest.mark.parametrize(
        "change", ["amounts = amounts || amounts", "own_bases = own_bases || 1::bigint", "pattern_id = 0"]
    )
    def test_the_audit_finds_lines_that_do_not_fit_their_pattern(self, story: Story, change: str) -> None:
        from tests.tampering import broken, tamper

        tamper(f"update settlement_billed_line set {change}")
        assert {"details_not_parallel", "leaf_changed"} <= broken()

    def test_the_leaf_is_what_sql_says(self, story: Story) -> None:
        assert not rows_of(
            f"select 1 from settlement_billed_line b join {PATTERNS_SQL} p on p.id = b.pattern_id"
            f" where leaf <> {LEAF_SQL}",
            [],
        )


class TestPatterns:
    def test_lines_that_are_alike_share_one(self, story: Story) -> None:
        [found] = rows_of(
            "select count(distinct pattern_id) as patterns, count(*) as lines from settlement_billed_line"
            " where kind = 1",
            [],
        )
        assert found == {"patterns": 1, "lines": 4}

    def test_a_base_that_is_the_whole_is_not_kept_again(self, story: Story) -> None:
        key = story.detail("m1", "A1", "commission", line="2")
        row = billed_line(key)
        assert (row["whole"], row["own_bases"], row["bases"]) == (5000, [], [5000, 5000])
        [back] = [one for one in events_of_line(key.line_id, key.party_id) if one["kind"] == 2]
        assert (back["whole"], back["own_bases"], back["bases"]) == (5000, [-250], [5000, -250])
        assert [row["base"] for row in rows_of(
            "select base from settlement_detail where line_id = %s order by event_id, position", [key.line_id]
        )] == [5000, 5000, 5000, -250]  # fmt: skip

    def test_a_pattern_that_is_there_is_found_again(self, story: Story) -> None:
        counted = "select count(*) as n from settlement_detail_pattern"
        before = rows_of(counted, [])
        story.orders("""
            order merchant goods  day
            A9    m1       100.00 2026-01-09
        """)
        story.bill()
        assert rows_of(counted, []) == before

    @pytest.mark.parametrize(
        "act", ["update settlement_detail_pattern set rules = rules", "delete from settlement_detail_pattern"]
    )
    def test_the_database_refuses_to_change_one(self, story: Story, act: str) -> None:
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)

    def test_a_digest_is_that_of_the_content(self, story: Story) -> None:
        from tests.tampering import tamper

        with pytest.raises(IntegrityError, match="detail_pattern_digest_its_own"), transaction.atomic():
            tamper("update settlement_detail_pattern set fee_types[1] = 9")


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
