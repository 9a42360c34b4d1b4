"""Blocks of orders that are billed or cancelled to the last line: planning passes over them."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.settlement.intake.test_order_holds import hold, release
from tests.settlement.story import ZONE, Story, noon
from tests.tampering import broken
from zhanggui.journeys import books_kept as journey
from zhanggui.settlement.billing.done_orders import BLOCK
from zhanggui.settlement.billing.models import BillingChunk, DoneOrders
from zhanggui.settlement.billing.operations.mark_done_orders import drawn_order, mark_done_orders
from zhanggui.settlement.billing.runs import plan_run, waiting_lines
from zhanggui.settlement.intake.models import StagedOrder

pytestmark = pytest.mark.django_db

HEAD = "order merchant goods day status\n"


def next_block() -> int:
    """The next order begins a block of its own; that block."""
    block = drawn_order() // BLOCK + 1
    with connection.cursor() as cursor:
        cursor.execute("select setval('settlement_order_id_seq', %s)", [block * BLOCK - 1])
    return block


def three_blocks() -> tuple[Story, list[int]]:
    """Two orders in each of three blocks, one after the other; the second of the first waits."""
    story, blocks = Story(), []
    for first, second, later in (("A1", "A2", "paid"), ("B1", "B2", "completed"), ("C1", "C2", "cancelled")):
        blocks.append(next_block())
        story.orders(HEAD + f"{first} m1 100.00 2026-01-05 completed\n{second} m2 100.00 2026-01-05 {later}")
    next_block()
    return story, blocks


def done() -> list[int]:
    return list(DoneOrders.objects.order_by("block").values_list("block", flat=True))


def planned(story: Story, size: int = 50_000) -> list[tuple[str, str, bool]]:
    """The chunks of a plan as first and last order and whether it is fresh; nothing of it is kept."""
    names = dict(StagedOrder.objects.values_list("id", "order_no"))
    with transaction.atomic():
        run = plan_run(
            kind="sale",
            business_line=story.line,
            as_of=noon("2026-12-31"),
            at=story.clock(),
            actor="x",
            size=size,
        )
        rows = list(BillingChunk.objects.filter(run=run.run).order_by("id")) if run else []
        transaction.set_rollback(True)
    return [(names[one.first_id], names[one.last_id], one.fresh) for one in rows]


def test_what_is_billed_or_cancelled_is_passed_over_and_what_waits_is_not() -> None:
    story, blocks = three_blocks()
    assert mark_done_orders(through=drawn_order()) == 0
    story.bill()
    assert mark_done_orders(through=drawn_order()) == 2 and done() == blocks[1:]
    assert mark_done_orders(through=drawn_order()) == 0
    assert planned(story) == [] and waiting_lines(as_of=timezone.now()) == 1
    story.orders(HEAD + "A2 m2 100.00 2026-01-05 completed\nD1 m1 100.00 2026-01-06 completed")
    # Nobody reads what lies between: the old order and the new one are chunks of their own, and each is fresh.
    assert planned(story) == [("A2", "A2", True), ("D1", "D1", True)]
    assert story.bill().lines == 2 and planned(story) == []
    assert mark_done_orders(through=drawn_order()) == 1 and done() == blocks
    assert broken() == set()


@pytest.mark.parametrize("size", [1, 200])
def test_no_chunk_spans_what_is_done(size: int) -> None:
    story, blocks = three_blocks()
    assert len(planned(story, size)) == (4 if size == 1 else 1)
    DoneOrders.objects.create(block=blocks[1])  # as if it had been billed
    assert planned(story, size) == [("A1", "A1", True), ("C1", "C1", True)]
    DoneOrders.objects.all().delete()
    assert story.bill().lines == 4


def test_an_order_on_hold_is_not_done() -> None:
    story, blocks = three_blocks()
    hold(story, "B2")
    story.bill()
    assert mark_done_orders(through=drawn_order()) == 1 and done() == blocks[2:]
    release(story)
    assert story.bill().lines == 1
    assert mark_done_orders(through=drawn_order()) == 1 and done() == blocks[1:]


def test_a_block_waits_for_its_last_number_and_for_who_drew_one(monkeypatch: pytest.MonkeyPatch) -> None:
    story, blocks = three_blocks()
    story.bill()
    assert mark_done_orders(through=(blocks[2] + 1) * BLOCK - 2) == 1 and done() == blocks[1:2]
    # Numbers are looked at before anybody is waited for: what is drawn meanwhile may be under way.
    real, seen = journey.finished_batch, []

    def waited() -> int | None:
        seen.append(drawn_order())
        next_block()
        return real(patience_seconds=0)

    def marked(*, through: int) -> int:
        assert [through] == seen
        return mark_done_orders(through=through)

    monkeypatch.setattr(journey, "finished_batch", waited)
    monkeypatch.setattr(journey, "mark_done_orders", marked)
    assert journey.books_kept(zone=ZONE).done == 1 and done() == blocks[1:]
    monkeypatch.setattr(journey, "finished_batch", lambda: None)
    monkeypatch.setattr(journey, "mark_done_orders", lambda **_: pytest.fail("somebody is under way"))
    assert journey.books_kept(zone=ZONE).done == 0


@pytest.mark.breaks_invariants
@pytest.mark.parametrize("place", [0, 1])
def test_the_audit_finds_a_block_that_is_not_done(place: int) -> None:
    story, blocks = three_blocks()
    if place == 0:
        story.bill()  # one of it waits for its station; of the second, what is due is not billed
    assert broken() == set()
    DoneOrders.objects.create(block=blocks[place])
    assert broken() == {"done_orders_open"}
