"""Leg 1: our payments and refunds against the trade bill."""

from pathlib import Path

import pytest

from tests.settlement.reconciliation.channels import ChannelStory, paid_at_once
from tests.settlement.story import text
from zhanggui.journeys.bill_received import bill_run_again
from zhanggui.settlement.reconciliation.models import ReconciliationMatch, ReconciliationRun

pytestmark = pytest.mark.django_db
ORDERS = """
    order merchant goods day
    A1    m1       100.00 2026-03-02
    A2    m1       50.00  2026-03-02
    A3    m2       20.00  2026-03-02
"""
ALL = """
    kind own amount fee  day
    pay  A1  100.00 0.60 2026-03-02
    pay  A2  50.00  0.30 2026-03-02
    pay  A3  20.00  0.12 2026-03-02
"""


@pytest.fixture
def story(tmp_path: Path) -> ChannelStory:
    return ChannelStory(tmp_path)


def test_what_agrees_is_matched_and_moves_to_our_account_at_the_channel(story: ChannelStory) -> None:
    story.orders(ORDERS)
    [run] = story.trade(ALL).runs
    assert (run.matched_count, run.matched_minor, run.our_minor, run.their_minor) == (3, 17000, 17000, 17000)
    assert (run.suspended_count, run.differing_count, run.fees_minor) == (0, 0, 102)
    assert story.balances() == text("""
        1012.02 - 168.98
        2202.01 m1 -150.00
        2202.01 m2 -20.00
        6603 - 1.02
    """)


def test_every_kind_of_difference_is_found_and_no_other(story: ChannelStory) -> None:
    story.rule(expected_fee_ppm=6000)
    story.orders("""
        order merchant goods day
        A1    m1       100.00 2026-03-02
        A2    m1       50.00  2026-03-02
        A3    m2       20.00  2026-03-02
        A4    m2       30.00  2026-03-02
        A5    m2       40.00  2026-03-02
    """)
    story.trade("""
        kind own amount fee  day
        pay  A1  100.00 0.60 2026-03-02
        pay  A1  100.00 0.60 2026-03-02
        pay  A2  49.00  0.30 2026-03-02
        pay  X9  7.00   0.04 2026-03-02
        pay  A4  30.00  0.90 2026-03-02
        pay  A5  40.00  0.24 2026-03-02
    """)
    assert story.differences() == text("""
        1 amount open A2 50.00 49.00
        1 duplicate open A1 0.00 100.00
        1 fee open A4 30.00 30.00
        1 missing_here open X9 0.00 7.00
        1 missing_there open A3 20.00 0.00
    """)
    assert "2241.07 - -186.00" in story.balances()  # 100 + 49 + 30 + 7 moved, and nobody has placed it


def test_refunds_are_matched_by_their_number_and_paid_out_of_what_buyers_are_owed(
    story: ChannelStory,
) -> None:
    story.orders(ORDERS)
    story.refunds("""
        refund order goods day
        R1     A1    40.00 2026-03-02
        R2     A2    50.00 2026-03-02
    """)
    story.trade("""
        kind   own amount fee   refund day
        pay    A1  100.00 0.60  -      2026-03-02
        pay    A2  50.00  0.30  -      2026-03-02
        pay    A3  20.00  0.12  -      2026-03-02
        refund A1  -40.00 -0.24 R1     2026-03-02
        refund A2  -50.00 -0.30 R2     2026-03-02
    """)
    assert story.differences() == ""
    assert "2241.04" not in story.balances() and "1012.02 - 79.52" in story.balances()


def test_a_closed_refund_differs_in_state_and_moved_nothing(story: ChannelStory) -> None:
    story.orders(ORDERS)
    story.refunds("refund order goods day\nR1 A1 40.00 2026-03-02")
    story.trade("""
        kind   own amount refund state day
        pay    A1  100.00 -      1     2026-03-02
        pay    A2  50.00  -      1     2026-03-02
        pay    A3  20.00  -      1     2026-03-02
        refund A1  -40.00 R1     3     2026-03-02
    """)
    assert story.differences() == "1 state open R1 -40.00 -40.00"
    assert "2241.07" not in story.balances()


def test_what_lies_near_the_cut_waits_one_day_and_clears(story: ChannelStory) -> None:
    story.orders("order merchant goods day\nA1 m1 100.00 2026-03-02T23:50:00\nA2 m1 5.00 2026-03-02")
    story.trade("kind own amount day\npay A2 5.00 2026-03-02")
    assert story.differences() == "1 missing_there suspended A1 100.00 0.00"
    story.trade("kind own amount day\npay A1 100.00 2026-03-03T00:01:00")
    assert story.differences() == "1 missing_there cleared A1 100.00 0.00"


def test_what_does_not_come_with_the_next_day_is_open(story: ChannelStory) -> None:
    story.orders(
        "order merchant goods day\nA1 m1 100.00 2026-03-02T23:50:00\nA2 m1 5.00 2026-03-02\nA3 m1 6.00 2026-03-03"
    )
    story.trade("kind own amount day\npay A2 5.00 2026-03-02")
    story.trade("kind own amount day\npay A3 6.00 2026-03-03")
    assert story.differences() == "1 missing_there open A1 100.00 0.00"


def test_an_order_that_comes_in_late_clears_what_lay_in_suspense(story: ChannelStory) -> None:
    bill = story.trade("kind own amount day\npay A1 100.00 2026-03-02").bill
    assert story.balances() == "1012.02 - 100.00\n2241.07 - -100.00"
    story.orders("order merchant goods day\nA1 m1 100.00 2026-03-02")
    [run] = bill_run_again(bill_id=bill.id, clock=story.clock, actor="story")
    assert run.matched_count == 1
    assert story.balances() == "1012.02 - 100.00\n2202.01 m1 -100.00"
    assert story.differences() == "1 missing_here cleared A1 0.00 100.00"


def test_running_again_places_nothing_twice(story: ChannelStory) -> None:
    story.orders(ORDERS)
    bill = story.trade(ALL).bill
    again = story.receive_bill(story.wechat, "wechat", story.folder / "bill-1.csv")
    assert not again.new and again.bill.id == bill.id and again.runs == []
    assert ReconciliationRun.objects.count() == 1 and ReconciliationMatch.objects.count() == 3


def test_a_payment_of_an_earlier_bill_is_a_duplicate(story: ChannelStory) -> None:
    story.orders(ORDERS)
    story.trade(ALL)
    story.trade("kind own amount day\npay A1 100.00 2026-03-03")
    assert story.differences() == "1 duplicate open A1 0.00 100.00"


def test_orders_of_two_entities_move_each_entitys_part(story: ChannelStory) -> None:
    story.terms("m2", "2026-02-01", entity="e2")
    story.orders(
        """
        order merchant goods day
        A1    m1       60.00 2026-03-02
        A1    m2       40.00 2026-03-02
    """.replace("A1    m2", "A2    m2")
    )
    story.trade("kind own amount day\npay A1 60.00 2026-03-02\npay A2 40.00 2026-03-02")
    assert story.differences() == "" and "1012.01" not in story.balances()


def test_a_payment_far_from_its_bill_is_found_by_its_number(story: ChannelStory) -> None:
    story.orders("order merchant goods day\nA1 m1 100.00 2026-01-05")
    story.trade("kind own amount day\npay A1 100.00 2026-03-02")
    assert story.differences() == ""


class TestOneChargeForSeveralOrders:
    """Alipay and UnionPay take a payment for several shops whole: one row of the bill, several orders of ours."""

    CART = """
        order merchant goods day
        A1    m1       60.00 2026-03-02
        A2    m2       40.00 2026-03-02
        A3    m1       25.00 2026-03-02
    """

    def test_is_one_match_that_moves_each_entitys_part_and_stays_one(self, story: ChannelStory) -> None:
        story.terms("m2", "2026-02-01", entity="e2")
        story.receive(*paid_at_once("P1", self.CART))
        story.orders("order merchant goods day\nA4 m2 7.00 2026-03-02")
        story.refunds("refund order goods day\nR1 A2 15.00 2026-03-02\nR2 A3 5.00 2026-03-02")
        bill = story.trade("""
            kind   own refund amount  day
            pay    P1  -      125.00  2026-03-02
            pay    A4  -        7.00  2026-03-02
            refund P1  R1     -15.00  2026-03-02
            refund P1  R2      -5.00  2026-03-02
        """).bill
        run = ReconciliationRun.objects.get()
        assert (run.matched_count, run.our_count, run.our_minor, run.their_minor) == (4, 4, 11200, 11200)
        assert story.differences() == "" and "1012.01" not in story.balances()
        assert story.balances().splitlines()[0] == "1012.02 - 112.00"
        bill_run_again(bill_id=bill.id, clock=story.clock, actor="story")
        assert story.differences() == "" and ReconciliationMatch.objects.count() == 4
        story.trade("kind own amount day\npay P1 125.00 2026-03-03")
        assert story.differences() == "1 duplicate open P1 0.00 125.00"

    def test_waits_and_differs_as_one(self, story: ChannelStory) -> None:
        story.receive(*paid_at_once("P1", self.CART), *paid_at_once("P2", self.CART.replace(" A", " B")))
        story.trade("kind own amount day\npay P2 124.00 2026-03-02")
        assert story.differences(leg=1) == text("""
            1 amount open P2 125.00 124.00
            1 missing_there open P1 125.00 0.00
        """)
        story.trade("kind own amount day\npay P1 125.00 2026-03-09")
        assert story.differences(state="open") == "1 amount open P2 125.00 124.00"

    def test_a_part_that_is_here_later_completes_it(self, story: ChannelStory) -> None:
        cart = paid_at_once("P1", self.CART)
        story.trade("kind own amount day\npay P1 125.00 2026-03-02")
        story.receive(*cart[:2])
        story.receive(cart[2])
        story.trade("kind own amount day\npay X1 1.00 2026-03-03")
        assert story.differences(state="open", kind="amount") == ""
        assert ReconciliationMatch.objects.get().our_minor == 12500
