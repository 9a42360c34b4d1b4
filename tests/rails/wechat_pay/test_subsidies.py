"""Sub-merchants' parts: split under their own account, after the platform paid what it promised to add."""

from dataclasses import replace

import pytest

from tests.rails.wechat_pay.till import Till
from zhanggui.payments.channel import ChannelRefused
from zhanggui.payments.splitting import ReceiverKind, ShareAsked, SplitAsked, SplitReceiver
from zhanggui.payments.subsidizing import SubsidyAsked

SUPPLIER = SplitReceiver(ReceiverKind.MERCHANT, "1900000109", "供应商", "SUPPLIER")


class Sold:
    """A combined order of two shops, paid; the platform promised 5.00 to the first."""

    def __init__(self, till: Till) -> None:
        till.sandbox.steer("POST", "top_up", {"amount": 100_000})
        parts = till.parts(3000, 7000)
        self.shop = parts[0].account
        asked = till.asked(
            10000,
            parts=[replace(parts[0], subsidy_minor=500), parts[1]],
            splits=True,
            notify_url="http://127.0.0.1:9/",
        )
        till.begin(asked)
        till.pay(asked.number)
        self.number = parts[0].number
        self.transaction = till.channel.query_charge(asked.number, now=till.now).parts[self.number]
        till.channel.add_receiver(SUPPLIER, now=till.now)
        till.step(seconds=60)

    def split(self, till: Till, amount: int, *, account: str | None = None) -> SplitAsked:
        shares = [ShareAsked(SUPPLIER, amount, "分账")]
        return SplitAsked(
            till.number("F"), self.transaction, shares, False, self.shop if account is None else account
        )

    def subsidy(self, till: Till, amount: int = 500, refund: str = "") -> SubsidyAsked:
        return SubsidyAsked(till.number("B"), self.shop, self.transaction, amount, "平台券", refund)


@pytest.fixture
def sold(till: Till) -> Sold:
    return Sold(till)


def _code(refused: pytest.ExceptionInfo[ChannelRefused]) -> str:
    return refused.value.code


def test_a_part_is_split_once_the_promise_is_kept(till: Till, sold: Sold) -> None:
    with pytest.raises(ChannelRefused, match="补差"):
        till.channel.split(sold.split(till, 100), now=till.now)
    before = till.balance(sold.shop)["balance"]
    asked = sold.subsidy(till)
    paid = till.channel.subsidies.pay(asked, now=till.now)
    assert (paid.done, paid.amount_minor, paid.at) == (True, 500, till.now)
    assert till.channel.subsidies.pay(asked, now=till.now) == paid
    assert till.balance(sold.shop)["balance"] - before == 500

    split = sold.split(till, 900)
    till.channel.split(split, now=till.now)
    till.step(seconds=2)
    done = till.channel.query_split(
        split.number, charge_channel_number=sold.transaction, account=sold.shop, now=till.now
    )
    assert done.finished and [share.amount_minor for share in done.shares] == [900]
    freed = till.channel.unfreeze(
        till.number("F"), charge_channel_number=sold.transaction, account=sold.shop, now=till.now
    )
    till.step(seconds=2)
    over = till.channel.query_split(
        freed.number, charge_channel_number=sold.transaction, account=sold.shop, now=till.now
    )
    assert over.finished and list(over.shares) == []


def test_a_part_belongs_to_its_own_account(till: Till, sold: Sold) -> None:
    till.channel.subsidies.pay(sold.subsidy(till), now=till.now)
    with pytest.raises(ChannelRefused) as refused:
        till.channel.split(sold.split(till, 100, account=""), now=till.now)
    assert _code(refused) == "RESOURCE_NOT_EXISTS"


@pytest.mark.parametrize("amount", [499, 501])
def test_what_was_promised_is_paid_no_more_no_less(till: Till, sold: Sold, amount: int) -> None:
    with pytest.raises(ChannelRefused) as refused:
        till.channel.subsidies.pay(sold.subsidy(till, amount), now=till.now)
    assert _code(refused) == "INVALID_REQUEST"


def test_it_comes_back_with_a_refund(till: Till, sold: Sold) -> None:
    till.channel.subsidies.pay(sold.subsidy(till), now=till.now)
    refund = till.refund_asked((sold.number, sold.transaction), 3000, 3000, account=sold.shop)
    given_back = till.channel.refund(refund, now=till.now)
    before = till.balance()["balance"]
    asked = sold.subsidy(till, 500, given_back.channel_number)
    assert till.channel.subsidies.take_back(asked, now=till.now).done
    assert till.channel.subsidies.take_back(asked, now=till.now).done
    assert till.balance()["balance"] - before == 500
    with pytest.raises(ChannelRefused):
        till.channel.subsidies.take_back(sold.subsidy(till, 1, given_back.channel_number), now=till.now)


def test_it_is_called_off_once_there_was_a_refund(till: Till, sold: Sold) -> None:
    with pytest.raises(ChannelRefused):
        till.channel.subsidies.call_off(sold.subsidy(till), now=till.now)
    refund = till.refund_asked((sold.number, sold.transaction), 3000, 1000, account=sold.shop)
    till.channel.refund(refund, now=till.now)
    assert till.channel.subsidies.call_off(sold.subsidy(till), now=till.now).done
    till.channel.split(sold.split(till, 900), now=till.now)
