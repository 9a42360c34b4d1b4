"""Billing runs: cut into chunks, shared, finished, taken up again."""

import pytest
from django.db import transaction

from tests.settlement.story import Story, noon
from zhanggui.settlement.billing.models import BillingChunk, BillingRun
from zhanggui.settlement.billing.runs import claim_chunk, plan_run, progress_of

pytestmark = pytest.mark.django_db

FIVE = """
    order merchant goods  day
    A1    m1       100.00 2026-01-05
    A2    m1       100.00 2026-01-05
    A3    m2       100.00 2026-01-05
    A4    m1       100.00 2026-01-05
    A5    m1       100.00 2026-03-05
"""


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
