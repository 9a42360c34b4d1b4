"""What people and programs send wrongly, from the file to the books: each case ends in a clear refusal and clean
books. Cases of a single act (unbalanced entries, floats, unknown codes, conflicts) are tested with their act."""

import gzip
import hashlib
from datetime import date
from pathlib import Path

import pytest

from tests.settlement.story import ZONE, Story, rule
from zhanggui.journeys.orders_received import batch_received, orders_received
from zhanggui.settlement.entities.errors import OverlappingTerms
from zhanggui.settlement.fees.errors import RuleSetRefused
from zhanggui.settlement.fees.rules.errors import FeeRuleError
from zhanggui.settlement.intake.errors import IdempotencyKeyConflict
from zhanggui.settlement.intake.formats.errors import SourceTruncated
from zhanggui.settlement.intake.formats.registry import read_records
from zhanggui.settlement.intake.models import ImportRun, Reject, StagedOrder
from zhanggui.settlement.intake.operations.import_orders import Source

pytestmark = pytest.mark.django_db

HEADER = "record,currency,order_no,ordered_at,status,paid_at,completed_at,line_no,merchant,sku,quantity,goods_minor\n"


def row(number: int, goods: str = "1000", merchant: str = "m1") -> str:
    at = "2026-01-05 12:00:00"
    return f"order,CNY,A{number},{at},completed,{at},{at},1,{merchant},s1,1,{goods}\n"


def take_in(story: Story, path: Path) -> ImportRun:
    records = read_records("zhanggui", path, tz=ZONE, options={"currency": "CNY"})
    source = Source("zhanggui", path.name, hashlib.sha256(path.read_bytes()).digest(), records)
    return orders_received(
        business_line=story.line, source=source, clock=story.clock, zone=ZONE, actor="file"
    )


class TestFiles:
    def test_a_broken_row_in_the_middle_is_named_and_the_rest_comes_in(self, tmp_path: Path) -> None:
        story = Story()
        path = tmp_path / "orders.csv"
        rows = [
            row(1),
            row(2),
            row(3, goods="ten yuan"),
            row(4, merchant="ghost"),
            "order,CNY,A5,what,is\n",
            row(6),
        ]
        path.write_text(HEADER + "".join(rows))
        run = take_in(story, path)
        assert (run.state, run.totals["orders"], run.totals["rejected"]) == ("done", 3, 3)
        assert sorted(Reject.objects.values_list("row_number", flat=True)) == [4, 5, 6]
        assert all(Reject.objects.values_list("message", flat=True))
        assert story.bill().lines == 3

    def test_a_file_with_its_rows_repeated_stages_each_order_once(self, tmp_path: Path) -> None:
        story = Story()
        path = tmp_path / "orders.csv"
        path.write_text(HEADER + row(1) + row(2))
        take_in(story, path)
        path.write_text(HEADER + row(2) + row(1) + row(3))
        assert take_in(story, path).totals["orders"] == 1
        assert StagedOrder.objects.count() == 3

    def test_a_truncated_gzip_keeps_what_came_before_and_says_so(self, tmp_path: Path) -> None:
        story = Story()
        whole = gzip.compress((HEADER + "".join(row(number) for number in range(20_000))).encode())
        path = tmp_path / "orders.csv.gz"
        path.write_bytes(whole[: len(whole) * 2 // 3])
        with pytest.raises(SourceTruncated):
            take_in(story, path)
        run = ImportRun.objects.get()
        staged = StagedOrder.objects.count()
        assert run.state == "failed"
        assert 0 < staged == run.totals["orders"] < 20_000
        assert story.bill().lines == staged
        path.write_bytes(whole)
        assert take_in(story, path).totals["orders"] == 20_000 - staged
        assert StagedOrder.objects.count() == 20_000

    def test_the_same_truncated_file_again_finds_nothing_new(self, tmp_path: Path) -> None:
        story = Story()
        path = tmp_path / "orders.csv.gz"
        path.write_bytes(
            gzip.compress((HEADER + "".join(row(number) for number in range(20_000))).encode())[:-4000]
        )
        for _ in range(2):
            with pytest.raises(SourceTruncated):
                take_in(story, path)
        assert ImportRun.objects.count() == 1


class TestCalls:
    def test_the_same_key_with_another_body_is_refused(self) -> None:
        from tests.settlement.story import orders_in

        story = Story()
        records = orders_in("order merchant goods day\nA1 m1 1.00 2026-01-05")

        def send(body: bytes) -> ImportRun:
            return batch_received(
                business_line=story.line,
                key="k1",
                records=records,
                body=body,
                clock=story.clock,
                zone=ZONE,
                actor="x",
            )

        assert send(b"one").id == send(b"one").id
        with pytest.raises(IdempotencyKeyConflict):
            send(b"other")
        assert StagedOrder.objects.count() == 1


class TestRules:
    def test_a_rule_without_an_end_holds_until_another_version_begins(self) -> None:
        story = Story()
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-12-20
        """)
        story.publish(
            rule("commission", "10%", effective_before="2026-12-22"),
            rule("commission-later", "20%", effective_from="2026-12-22"),
            starts="2026-12-21",
        )
        story.orders("""
            order merchant goods  day
            A2    m1       100.00 2026-12-21
            A3    m1       100.00 2026-12-22
        """)
        story.bill()
        assert [line.split()[-1] for line in story.details().splitlines() if "commission" in line] == [
            "-5.00",
            "-10.00",
            "-20.00",
        ]

    @pytest.mark.parametrize(
        "rules",
        [
            [rule("one"), rule("other", "6%")],
            [rule("one", effective_before="2026-02-01")],
            [rule("one"), rule("other", "6%", effective_from="2026-02-01", effective_before="2026-01-15")],
        ],
        ids=["two without an end at once", "a gap after the end", "an end before the begin"],
    )
    def test_overlaps_gaps_and_ends_before_begins_are_not_published(
        self, rules: list[dict[str, object]]
    ) -> None:
        with pytest.raises((RuleSetRefused, FeeRuleError)):
            Story(*rules)

    def test_terms_that_overlap_are_refused_naming_the_other(self) -> None:
        story = Story()
        first = story.terms("m1", "2026-03-01")
        for starts, ends in (("2026-03-01", None), ("2026-02-01", None), ("2026-02-01", date(2026, 3, 2))):
            with pytest.raises(OverlappingTerms, match=f"terms {first.id} "):
                story.terms("m1", starts, effective_before=ends)
        story.terms("m1", "2026-02-01", effective_before=date(2026, 3, 1))


def test_everything_wrong_in_one_file_leaves_the_books_clean() -> None:
    story = Story()
    story.refunds("""
        refund order line goods kind      merchant day
        R1     A1    1    5.00  return    -        2026-01-07
        R2     A9    1    5.00  return    -        2026-01-07
        R3     A1    1    96.00 return    -        2026-01-08
        R1     A1    1    6.00  return    -        2026-01-07
        R4     -     -    7.00  unmatched ghost    2026-01-07
    """)
    story.orders("""
        order merchant goods  shop day
        A1    m1       100.00 -    2026-01-05
        A2    m1       10.00  11   2026-01-05
        A3    ghost    10.00  -    2026-01-05
    """)
    story.orders("""
        order merchant goods day
        A1    m1       1.00  2026-01-05
    """)
    assert sorted(story.rejects()) == sorted([
        "refund_conflict", "unknown_merchant", "discount_above_goods", "unknown_merchant", "order_conflict",
        "refund_above_rest",
    ])  # fmt: skip
    story.bill()
    assert story.statements("party goods refunds net") == "m1 100.00 -4.75 90.25"
