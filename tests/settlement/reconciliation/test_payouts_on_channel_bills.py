"""Payouts in the bills of channels: every row is one of ours, or a difference; 1012.02 follows the bill."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.settlement.payouts.story import ROLES, TWO, ZONE, PayoutStory
from tests.settlement.story import fen, text
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bill_received import Received, bill_received, bill_run_again
from zhanggui.journeys.difference_settled import resolution_proposed
from zhanggui.rails.wechat_pay.bill_writing import fund_bill, trade_bill
from zhanggui.rows.times import microseconds
from zhanggui.settlement.entities.models import OwnAccountKind
from zhanggui.settlement.payouts.models import PayoutAttempt
from zhanggui.settlement.payouts.rail import Outcome
from zhanggui.settlement.reconciliation.kinds import RowKind
from zhanggui.settlement.reconciliation.models import Difference, ReconciliationMatch, ReconciliationRule
from zhanggui.settlement.reconciliation.proposals import fitting_ways
from zhanggui.settlement.reconciliation.queries import sides_of
from zhanggui.settlement.reconciliation.records import BillRow

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 2)
IN, OUT, FEE, SHARE = RowKind.OTHER_IN, RowKind.OTHER_OUT, RowKind.PAYOUT_FEE, RowKind.SHARE


class ChannelPays(PayoutStory):
    """m1 is owed 95.00 and m2 190.00, and an account at a channel pays them."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.closing = folder, 0
        self.own.kind, self.own.details = (
            OwnAccountKind.CHANNEL,
            {"channel": "wechat", "merchant_number": "1"},
        )
        self.own.save()
        ReconciliationRule.objects.get_or_create(own_account_id=0)
        self.month(TWO, "m1", "m2")
        self.receiver("m1")
        self.receiver("m2", "6217009999999999999")
        self.at("12:00")
        self.sent_batch()

    def at(self, clock: str, days: int = 0) -> None:
        """It is this time of the day, or of one so many days after it."""
        self.now = datetime.combine(DAY + timedelta(days=days), time.fromisoformat(clock), ZONE)

    def number(self, party: str) -> str:
        return PayoutAttempt.objects.filter(payout=self.payout(party)).latest("attempt").end_to_end

    def told(self, party: str, outcome: Outcome, **more: object) -> None:
        """The channel says so of the latest try."""
        self.answers(self.says(self.payout(party), outcome, **more))

    def billed(self, *rows: tuple[RowKind, str, str], days: int = 0, trade: bool = True) -> Received:
        """The channel's fund bill of a day: kind, our number, amount; and a trade bill with nothing in it."""
        day, at = DAY + timedelta(days=days), datetime.combine(DAY + timedelta(days=days), time(12), ZONE)
        made = [
            BillRow(
                place, int(kind), microseconds(at), fen(amount), own_number=own, channel_number=f"13{own}",
                flow_number=f"F{days}{place}", title="分账" if kind == SHARE else "商家转账/商家转账",
            ) for place, (kind, own, amount) in enumerate(rows, 2)
        ]  # fmt: skip
        for kind, content in (
            ("trade", trade_bill([], merchant="1", currency="CNY", zone=ZONE)),
            ("fund", fund_bill(made, opening=self.closing, currency="CNY", zone=ZONE)),
        ):
            path = self.folder / f"{kind}-{days}.csv"
            path.write_bytes(content + f"\n{day}".encode() if kind == "trade" else content)
            found = bill_received(
                own_account=self.own, channel="wechat", path=path, clock=self.clock, actor="clock", day=day
            )
        self.closing += sum(row.amount for row in made)
        return found

    def differences(self) -> str:
        names = {self.number(one): one for one in ("m1", "m2")}
        return "\n".join(
            f"{row.leg} {row.kind} {row.state} {names.get(row.reference, row.reference)} {row.our_minor / 100:.2f}"
            f" {row.their_minor / 100:.2f}"
            for row in Difference.objects.order_by("id")
        )

    def stands(self, purpose: str) -> int:
        """What a purpose stands at, minor units."""
        lines = [line for line in self.balances().splitlines() if line.startswith(f"{purpose} ")]
        return fen(lines[0].split()[-1]) if lines else 0

    def settle(self, way: str, **which: object) -> None:
        row = Difference.objects.get(state="open", **which)
        assert way in fitting_ways(row)
        _, approval = resolution_proposed(
            difference_id=row.id, way=way, reason="asked", at=self.clock(), actor="maker"
        )
        assert approval is not None
        approval_decided(
            approval_id=approval.id, approve=True, checker="checker", roles={"platform_admin", *ROLES},
            proof=Proof(second_factor=True), at=self.clock(), zone=ZONE,
        )  # fmt: skip


@pytest.fixture
def story(tmp_path: Path) -> ChannelPays:
    return ChannelPays(tmp_path)


def test_a_day_that_agrees_agrees_to_the_cent_and_a_second_run_finds_nothing(story: ChannelPays) -> None:
    story.told("m1", Outcome.EXECUTED)
    story.told("m2", Outcome.EXECUTED)
    assert (story.stands("1012.02"), story.stands("1012.05")) == (0, -28500)
    one, other = story.number("m1"), story.number("m2")
    found = story.billed((OUT, one, "-95.00"), (FEE, one, "-0.95"), (OUT, other, "-190.00"))
    [run] = [run for run in found.runs if run.leg == 5]
    assert (run.matched_count, run.our_minor, run.their_minor, run.fees_minor) == (3, -28595, -28595, 95)
    assert (story.differences(), story.stands("1012.05"), story.stands("6603")) == ("", 0, 95)
    assert story.stands("1012.02") == story.closing == -28595
    assert ReconciliationMatch.objects.filter(leg=3).count() == 1, "the ledger and the bill agree on that day"
    assert bill_run_again(bill_id=found.bill.id, clock=story.clock, actor="x") == []


def test_what_is_sent_before_midnight_and_closed_a_day_later_is_in_three_bills(story: ChannelPays) -> None:
    # m1's goes at 23:59 and is in the next day's bill; m2's is taken at once, nobody takes it, it comes back
    story.at("23:59")
    story.told("m1", Outcome.EXECUTED)
    one, other = story.number("m1"), story.number("m2")
    story.billed((OUT, other, "-190.00"))
    assert story.differences() == "5 missing_there suspended m1 -95.00 0.00"
    assert (story.stands("1012.02"), story.stands("1012.05")) == (-19000, 19000 - 9500)
    story.at("13:00", days=1)
    story.told("m2", Outcome.REJECTED)
    story.billed((OUT, one, "-95.00"), days=1)
    assert story.differences() == text("""
        5 missing_there cleared m1 -95.00 0.00
        5 missing_there open m2 190.00 0.00
    """)
    story.billed((IN, other, "190.00"), days=2)
    assert story.differences().endswith("5 missing_there cleared m2 190.00 0.00")
    assert (story.stands("1012.02"), story.stands("1012.05")) == (story.closing, 0) == (-9500, 0)
    assert ReconciliationMatch.objects.filter(leg=3).count() == 3


def test_what_the_channel_has_before_we_heard_of_it_waits_in_suspense_until_we_do(story: ChannelPays) -> None:
    story.told("m1", Outcome.EXECUTED)
    story.told("m2", Outcome.EXECUTED)
    one, other = story.number("m1"), story.number("m2")
    found = story.billed(
        (OUT, one, "-95.00"), (OUT, other, "-190.00"), (IN, one, "95.00"), (SHARE, "S1", "-1.00")
    )
    assert story.differences().startswith("5 missing_here open m1 0.00 95.00")
    assert (story.stands("2241.07"), story.stands("1012.02")) == (-9500, -19000)
    story.at("18:00")
    story.told("m1", Outcome.RETURNED)
    [run] = bill_run_again(bill_id=found.bill.id, clock=story.clock, actor="x")
    assert (run.leg, run.matched_minor) == (5, 9500)
    assert [story.stands(one) for one in ("1012.02", "1012.05", "2241.07")] == [-19000, 0, 0]


def test_what_differs_is_settled_by_an_approved_entry_and_nothing_is_left(story: ChannelPays) -> None:
    for party in ("m1", "m2"):
        story.told(party, Outcome.EXECUTED)
    one, other = story.number("m1"), story.number("m2")
    story.billed(
        (OUT, one, "-95.01"),
        (OUT, one, "-95.00"),
        (OUT, "X9", "-7.00"),
        (FEE, "X9", "-0.10"),
        (IN, "X8", "3.00"),
    )
    assert sorted(story.differences().splitlines()) == [
        "5 amount open m1 -95.00 -95.01", "5 duplicate open m1 0.00 -95.00", "5 missing_here open X8 0.00 3.00",
        "5 missing_here open X9 0.00 -0.10", "5 missing_here open X9 0.00 -7.00",
        "5 missing_there open m2 -190.00 0.00",
    ]  # fmt: skip
    assert story.stands("1012.02") == story.closing, (
        "what is not ours is moved all the same, against suspense"
    )
    sides = sides_of(Difference.objects.get(kind="amount"))
    assert (sides["ours"]["own_number"], sides["theirs"]["own_number"]) == (one, one)
    assert sides["ours"]["payout_number"] == story.payout("m1").number
    story.settle("accept_theirs", kind="amount")
    story.settle("receivable", kind="duplicate")
    story.settle("receivable", their_minor=-700)
    story.settle("fee_charged", their_minor=-10)
    story.settle("unclaimed_receipt", their_minor=300)
    story.settle("write_off", kind="missing_there")
    left = [story.stands(one) for one in ("1012.05", "2241.07", "6051", "1221", "6603", "2241.08", "6711")]
    assert left == [0, 0, 1, 10200, 10, -300, -19000]
    assert (story.stands("1012.02"), other in story.number("m2")) == (story.closing, True)
