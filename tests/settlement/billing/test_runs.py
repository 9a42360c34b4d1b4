"""Billing runs: cut into chunks, shared, finished, taken up again."""

import pytest
from django.db import transaction

from tests.settlement.story import ZONE, Story, noon
from zhanggui.ledger.models import LedgerAccount
from zhanggui.settlement.billing.models import BillingChunk, BillingRun
from zhanggui.settlement.billing.operations.bill_lines import bill_lines
from zhanggui.settlement.billing.operations.open_ahead import open_ahead
from zhanggui.settlement.billing.runs import claim_chunk, plan_run, progress_of
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.intake.models import StagedOrder
from zhanggui.settlement.statements.models import Statement

pytestmark = pytest.mark.django_db

FIVE = """
    order merchant goods  day
    A1    m1       100.00 2026-01-05
    A2    m1       100.00 2026-01-05
    A3    m2       100.00 2026-01-05
    A4    m1       100.00 2026-01-05
    A5    m1       100.00 2026-03-05
"""


LATER = """
    order merchant goods  day
    B1    m1       100.00 2026-01-07
    B2    m2       100.00 2026-01-07
"""


def fresh() -> list[bool]:
    return list(BillingChunk.objects.filter(done=False).order_by("id").values_list("fresh", flat=True))


def bill_alone(story: Story, order: str) -> None:
    number = StagedOrder.objects.get(order_no=order).id
    with transaction.atomic():
        bill_lines(
            business_line=story.line, first_order=number, last_order=number, as_of=noon("2026-12-31"),
            at=story.clock(), zone=ZONE,
        )  # fmt: skip


def plan(story: Story, as_of: str = "2026-02-01", size: int = 2):  # type: ignore[no-untyped-def]
    with transaction.atomic():
        return plan_run(
            kind="sale", business_line=story.line, as_of=noon(as_of), at=story.clock(), actor="x", size=size
        )


class TestPlanning:
    def test_cuts_what_is_due_by_then(self) -> None:
        story = Story()
        story.orders(FIVE)
        planned = plan(story)
        assert (planned.joined, BillingChunk.objects.count()) == (False, 2)
        assert progress_of(planned.run) == {"chunks": 2, "done": 0, "lines": 0, "details": 0}

    def test_joins_a_run_that_is_not_finished(self) -> None:
        story = Story()
        story.orders(FIVE)
        first, second = plan(story), plan(story, as_of="2026-12-31")
        assert second.joined and second.run == first.run

    def test_does_not_join_a_run_of_another_line(self) -> None:
        one, other = Story(), Story(code="grocery")
        one.orders(FIVE)
        other.orders(FIVE)
        assert plan(one).run != plan(other).run

    def test_plans_nothing_when_nothing_is_due(self) -> None:
        assert plan(Story()) is None


class TestFreshness:
    """Of a fresh chunk no line was billed when the run was planned, so none is looked up when it is billed."""

    def test_orders_that_nobody_billed_are_fresh(self) -> None:
        story = Story()
        story.orders(FIVE)
        plan(story)
        assert fresh() == [True, True]

    @pytest.mark.parametrize("size", [2, 200, 50_000])
    def test_what_was_billed_earlier_does_not_concern_later_orders(self, size: int) -> None:
        story = Story()
        story.orders(FIVE)
        story.bill("2026-02-01")
        story.orders(LATER)
        plan(story, as_of="2026-12-31", size=size)
        assert all(fresh())

    @pytest.mark.parametrize("size", [2, 200, 50_000])
    def test_what_is_billed_in_between_spoils_it(self, size: int) -> None:
        story = Story()
        story.orders(FIVE)
        story.orders(LATER)
        bill_alone(story, "A2")
        plan(story, as_of="2026-12-31", size=size)
        assert not fresh()[0]
        assert story.bill("2026-12-31").lines == 6

    @pytest.mark.parametrize("order", ["A1", "A2", "A4"])
    def test_an_order_billed_after_the_plan_is_billed_once(self, order: str) -> None:
        story = Story()
        story.orders(FIVE)
        plan(story, size=3)
        assert fresh() == [True, True]
        bill_alone(story, order)
        assert story.bill("2026-02-01").lines == 3
        assert sorted(BilledLine.objects.values_list("order_id", flat=True)) == sorted(
            StagedOrder.objects.filter(order_no__lt="A5").values_list("id", flat=True)
        )


class TestOpeningAhead:
    def test_opens_what_the_chunks_then_find(self) -> None:
        story = Story()
        story.orders(FIVE)
        run = plan(story).run
        with transaction.atomic():
            open_ahead(run=run, business_line=story.line, at=story.clock(), zone=ZONE)
        opened = set(Statement.objects.values_list("party_id", "id"))
        accounts = LedgerAccount.objects.filter(party_id__gt=0).count()
        assert len(opened) == 2
        assert story.bill("2026-02-01").lines == 4
        assert set(Statement.objects.values_list("party_id", "id")) == opened
        assert LedgerAccount.objects.filter(party_id__gt=0).count() == accounts

    def test_one_chunk_waits_for_nobody(self) -> None:
        story = Story()
        story.orders(FIVE)
        with transaction.atomic():
            open_ahead(run=plan(story, size=9).run, business_line=story.line, at=story.clock(), zone=ZONE)
        assert not Statement.objects.exists()

    def test_leaves_statements_by_document_to_their_chunks(self) -> None:
        story = Story(cycle="document")
        story.orders(FIVE)
        with transaction.atomic():
            open_ahead(run=plan(story).run, business_line=story.line, at=story.clock(), zone=ZONE)
        assert not Statement.objects.exists()
        assert story.bill("2026-02-01").lines == 4


class TestBilling:
    def test_finishes_what_a_dead_process_left_and_what_came_since(self) -> None:
        story = Story()
        story.orders(FIVE)
        plan(story)
        story.orders("""
            order merchant goods  day
            B1    m1       100.00 2026-01-06
        """)
        assert story.bill("2026-12-31").lines == 6
        assert BillingRun.objects.filter(finished_at=None).count() == 0
        assert BillingChunk.objects.filter(done=False).count() == 0

    def test_nothing_due_leaves_no_run(self) -> None:
        story = Story()
        assert story.bill().chunks == 0
        assert not BillingRun.objects.exists()

    def test_a_finished_run_has_no_chunk_to_claim(self) -> None:
        story = Story()
        story.orders(FIVE)
        story.bill()
        with transaction.atomic():
            assert claim_chunk(run=BillingRun.objects.get()) is None

    def test_a_chunk_that_fails_is_done_next_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from zhanggui.settlement.billing.operations import settle_blocks

        story = Story()
        story.orders(FIVE)
        real, calls = settle_blocks.post_entries, []

        def failing(**named):  # type: ignore[no-untyped-def]
            calls.append(1)
            if len(calls) == 2:
                raise OSError("the disk is full")
            return real(**named)

        monkeypatch.setattr(settle_blocks, "post_entries", failing)
        with pytest.raises(OSError, match="disk"):
            story.bill(chunk_size=2)
        assert progress_of(BillingRun.objects.get())["done"] == 1
        assert story.bill().lines == 3
        assert story.bill().lines == 0
