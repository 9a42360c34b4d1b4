"""Orders that risk control or customer service keeps from being settled (F36)."""

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from tests.settlement.story import Story, noon, text
from zhanggui.audit.models import AuditRecord
from zhanggui.journeys.order_held import order_held, order_released
from zhanggui.settlement.intake.errors import HoldIncomplete, HoldNumberTaken, OrderBilled, UnknownHold
from zhanggui.settlement.intake.models import HoldReason, OrderHold, StagedLine

pytestmark = pytest.mark.django_db

TWO_ORDERS = """
    order merchant goods  day
    A     m1       100.00 2026-03-02
    B     m1        50.00 2026-03-02
"""


@pytest.fixture
def story() -> Story:
    return Story()


def hold(
    story: Story, order: str, number: str = "H1", reason: str = "risk", day: str = "2026-03-01"
) -> OrderHold:
    return order_held(
        business_line=story.line, order_no=order, hold_no=number, reason=HoldReason(reason), note="looked at",
        at=noon(day), actor="risk control",
    )  # fmt: skip


def release(story: Story, number: str = "H1", day: str = "2026-03-20") -> OrderHold:
    return order_released(business_line=story.line, hold_no=number, at=noon(day), actor="risk control")


def billable(order: str) -> list[datetime]:
    return list(
        StagedLine.objects.extra(
            tables=["settlement_staged_order"],
            where=["settlement_staged_order.id = order_id and order_no = %s"], params=[order],
        ).order_by("line_id").values_list("billable_at", flat=True)
    )  # fmt: skip


class TestHolding:
    def test_a_held_order_is_not_billed_and_the_others_are(self, story: Story) -> None:
        story.orders(TWO_ORDERS)
        hold(story, "A")
        assert story.bill().lines == 1
        assert story.details(order="A") == ""

    def test_released_it_is_billed_from_the_day_of_the_release(self, story: Story) -> None:
        story.orders(TWO_ORDERS)
        hold(story, "A")
        story.bill()
        release(story, day="2026-04-05")
        assert story.bill().lines == 1
        assert story.statements("party period net") == text("""
            m1 03-01..04-01 47.50
            m1 04-01..05-01 95.00
        """)
        story.close("2026-04-30")
        assert story.replayed() == []

    def test_a_release_before_its_day_changes_nothing(self, story: Story) -> None:
        story.orders(TWO_ORDERS)
        before = billable("A")
        hold(story, "A")
        release(story, day="2026-03-01")
        assert billable("A") == before

    def test_it_waits_for_every_hold(self, story: Story) -> None:
        story.orders(TWO_ORDERS)
        hold(story, "A", "H1")
        hold(story, "A", "H2", "complaint")
        release(story, "H1")
        assert story.bill().lines == 1
        release(story, "H2")
        assert story.bill().lines == 1

    def test_a_hold_may_come_before_its_order(self, story: Story) -> None:
        hold(story, "A")
        story.orders(TWO_ORDERS)
        assert story.bill().lines == 1
        release(story, day="2026-04-05")
        assert billable("A") == [noon("2026-04-05")]

    def test_one_over_before_its_order_came_still_counts(self, story: Story) -> None:
        hold(story, "A")
        release(story, day="2026-04-05")
        story.orders(TWO_ORDERS)
        assert billable("A") == [noon("2026-04-05")]

    def test_an_order_that_reaches_its_node_while_held_waits(self, story: Story) -> None:
        head = "order merchant goods day status\n"
        story.orders(head + "A m1 100.00 2026-03-02 paid")
        hold(story, "A")
        story.orders(head + "A m1 100.00 2026-03-02 completed")
        assert story.bill().lines == 0
        release(story, day="2026-04-05")
        assert billable("A") == [noon("2026-04-05")]

    def test_one_released_before_its_node_waits_for_the_node(self, story: Story) -> None:
        head = "order merchant goods day status\n"
        story.orders(head + "A m1 100.00 2026-03-02 paid")
        hold(story, "A")
        release(story, day="2026-03-01")
        assert [at.year for at in billable("A")] == [9999]
        story.orders(head + "A m1 100.00 2026-03-02 completed")
        assert story.bill().lines == 1

    def test_hold_days_run_from_the_node_and_not_from_the_release(self) -> None:
        story = Story(hold_days=7)
        story.orders(TWO_ORDERS)
        [own] = billable("A")
        hold(story, "A")
        release(story, day="2026-03-05")
        assert billable("A") == [own]

    def test_a_cancelled_order_stays_unbilled_when_released(self, story: Story) -> None:
        head = "order merchant goods day status\n"
        story.orders(head + "A m1 100.00 2026-03-02 paid")
        hold(story, "A")
        story.orders(head + "A m1 100.00 2026-03-02 cancelled")
        release(story)
        assert [at.year for at in billable("A")] == [9999]

    def test_a_number_of_another_line_is_another_order(self, story: Story) -> None:
        other = Story(code="grocery", merchants="g1")
        story.orders(TWO_ORDERS)
        hold(other, "A")
        assert story.bill().lines == 2


class TestChargesOfOthers:
    CHARGES = """
        charge party fee         amount order day
        C1     m1    goods_amount 100.00 A     2026-03-02
        C2     m1    goods_amount  50.00 B     2026-03-02
        C3     m1    goods_amount   7.00 -     2026-03-02
    """

    def test_what_other_systems_billed_of_a_held_order_waits_too(self) -> None:
        story = Story(settlement_only=True)
        hold(story, "A")
        story.charges(self.CHARGES)
        story.bill()
        story.close("2026-03-31")
        release(story, day="2026-04-05")
        story.bill()
        assert story.statements("party period net") == text("""
            m1 03-01..04-01 57.00
            m1 04-01..05-01 100.00
        """)


class TestSaidAgain:
    def test_the_same_hold_is_the_one_that_is_there(self, story: Story) -> None:
        story.orders(TWO_ORDERS)
        assert hold(story, "A").id == hold(story, "A").id
        assert OrderHold.objects.count() == 1
        first = release(story)
        assert release(story, day="2026-05-01").released_at == first.released_at
        actions = list(AuditRecord.objects.filter(object_kind="order").values_list("action", flat=True))
        assert actions == ["order.held", "order.released"]

    def test_its_number_for_another_order_is_refused(self, story: Story) -> None:
        hold(story, "A")
        with pytest.raises(HoldNumberTaken, match="of order A"):
            hold(story, "B")
        with pytest.raises(HoldNumberTaken):
            hold(story, "A", reason="complaint")


class TestRefused:
    def test_what_is_billed_is_disputed_not_held(self, story: Story) -> None:
        story.orders(TWO_ORDERS)
        story.bill()
        with pytest.raises(OrderBilled, match="dispute"):
            hold(story, "A")
        assert not OrderHold.objects.exists()

    def test_the_rest_of_an_order_billed_in_part_is_held(self, story: Story) -> None:
        story.terms("m2", "2026-03-01", node="completed", hold_days=10)
        story.orders("""
            order line merchant goods  day
            A     1    m1       100.00 2026-03-02
            A     2    m2        50.00 2026-03-02
        """)
        assert story.bill(as_of="2026-03-10").lines == 1
        hold(story, "A")
        assert story.bill().lines == 0
        release(story)
        assert story.bill().lines == 1

    @pytest.mark.parametrize(("order", "number"), [("", "H1"), ("A", " "), ("A" * 65, "H1"), ("A", "H\n1")])
    def test_numbers_are_readable(self, story: Story, order: str, number: str) -> None:
        with pytest.raises(HoldIncomplete):
            hold(story, order, number)

    def test_an_unknown_hold_is_not_released(self, story: Story) -> None:
        with pytest.raises(UnknownHold):
            release(story, "H9")


class TestKept:
    @pytest.mark.parametrize(
        "change",
        [
            "update settlement_order_hold set order_no = 'B'",
            "update settlement_order_hold set released_at = now(), released_by = 'again'",
            "delete from settlement_order_hold",
        ],
    )
    def test_the_database_keeps_what_a_hold_says(self, story: Story, change: str) -> None:
        hold(story, "A")
        if "again" in change:
            release(story)
        with pytest.raises(DatabaseError, match="settlement_order_hold"), transaction.atomic():
            connection.cursor().execute(change)
