"""Channels are asked for the bills of the last days, each once; what they do not give yet is asked for again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.settlement.reconciliation.channels import MERCHANT, ChannelStory, bill_rows
from tests.settlement.story import ZONE
from zhanggui.clockwork.ask_for_bills import DAYS, ask_for_bills
from zhanggui.clockwork.errors import BillsRefused
from zhanggui.payments import wired
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, FetchedBill
from zhanggui.payments.models import PaymentChannel
from zhanggui.rails.wechat_pay.bill_writing import trade_bill
from zhanggui.settlement.reconciliation.models import Bill

pytestmark = pytest.mark.django_db
PAID = "kind own amount fee day\npay A1 100.00 0.60 2026-03-02"


@dataclass
class Counter:
    """A channel that has some bills, and notes what it was asked for."""

    bills: dict[tuple[str, date], bytes] = field(default_factory=dict)
    silent: bool = False
    asked: list[tuple[str, date]] = field(default_factory=list)

    def fetch_bill(self, *, kind: str, day: date, now: datetime) -> FetchedBill:
        self.asked.append((kind, day))
        if self.silent:
            raise ChannelUnclear("nobody answers")
        if (kind, day) not in self.bills:
            raise ChannelRefused("NO_STATEMENT_EXIST", "账单文件不存在")
        return FetchedBill(kind, day, f"{kind}-{day}.csv", self.bills[kind, day])


@pytest.fixture
def counter() -> Iterator[Counter]:
    found = Counter()
    wired.rails()
    before = dict(wired._factories)
    wired.register_rail("wechat_pay", lambda settings, secrets: found)
    yield found
    wired._factories.clear()
    wired._factories.update(before)


@pytest.fixture
def story(tmp_path: Path, counter: Counter) -> ChannelStory:
    found = ChannelStory(tmp_path)
    found.orders("order merchant goods day\nA1 m1 100.00 2026-03-02")
    PaymentChannel.objects.create(
        code="wechat", name={"zh": "微信支付"}, rail="wechat_pay", currency=found.currency, account=MERCHANT
    )
    return found


def test_what_is_not_here_is_asked_for_until_it_is(story: ChannelStory, counter: Counter) -> None:
    day = date(2026, 3, 2)
    now = datetime(2026, 3, 4, 10, 20, tzinfo=ZONE)
    counter.silent = True
    assert len(ask_for_bills(clock=lambda: now, actor="clockwork").not_given) == 2 * DAYS
    assert {one for _kind, one in counter.asked} == {
        now.date() - timedelta(days=n) for n in range(1, DAYS + 1)
    }
    counter.silent = False
    counter.bills["trade", day] = trade_bill(
        bill_rows(PAID), merchant=MERCHANT, currency=story.currency, zone=ZONE
    )
    assert ask_for_bills(clock=lambda: now, actor="clockwork").taken == [f"wechat-main/trade/{day}"]
    assert (Bill.objects.get().kind, story.differences()) == ("trade", "")
    counter.asked.clear()
    assert ask_for_bills(clock=lambda: now, actor="clockwork").taken == []
    assert ("trade", day) not in counter.asked and ("fund", day) in counter.asked


def test_a_bill_of_somebody_else_is_refused_and_the_rest_goes_on(
    story: ChannelStory, counter: Counter
) -> None:
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    rows = bill_rows(PAID)
    counter.bills["trade", second] = trade_bill(rows, merchant=MERCHANT, currency=story.currency, zone=ZONE)
    counter.bills["trade", first] = trade_bill(
        bill_rows(PAID.replace("2026-03-02", "2026-03-01")),
        merchant="1900009999",
        currency=story.currency,
        zone=ZONE,
    )
    with pytest.raises(BillsRefused, match="wechat-main/trade/2026-03-01: "):
        ask_for_bills(clock=lambda: datetime(2026, 3, 3, 10, 20, tzinfo=ZONE), actor="clockwork")
    assert Bill.objects.get().starts_on == second


def test_an_account_whose_bills_come_as_files_is_left_alone(story: ChannelStory, counter: Counter) -> None:
    PaymentChannel.objects.update(account="another")
    asked = ask_for_bills(clock=lambda: datetime(2026, 3, 4, 10, 20, tzinfo=ZONE), actor="clockwork")
    assert (asked.taken, asked.not_given, counter.asked) == ([], [], [])
