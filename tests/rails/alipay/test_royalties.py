"""Charges divided at Alipay, shares that come back, and the limits."""

import pytest

from tests.rails.alipay.conftest import Shop
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, ChargeAsked, RefundState, ShareBack
from zhanggui.payments.splitting import (
    ReceiverKind,
    ShareAsked,
    ShareReturnAsked,
    ShareState,
    SplitAsked,
    SplitReceiver,
)
from zhanggui.rails.alipay.making import make_channel

SUPPLIER = SplitReceiver(ReceiverKind.MERCHANT, "2088100000000011", "瓷厂", "SUPPLIER")
CARRIER = SplitReceiver(ReceiverKind.PERSON, "carrier@example.com", "运通", "OTHER")


@pytest.fixture
def theirs(shop: Shop) -> tuple[ChargeAsked, str]:
    """A paid charge of 100.00 that may be divided, with Alipay's number of it; both receivers are bound."""
    for receiver in (SUPPLIER, CARRIER):
        shop.channel.add_receiver(receiver, now=shop.now)
    asked = shop.paid(10000, splits=True)
    return asked, shop.channel.query_charge(asked.number, now=shop.now).channel_number


def split(shop: Shop, charge: str, *amounts: int, number: str = "", last: bool = False) -> SplitAsked:
    shares = [
        ShareAsked(receiver, amount, "货款")
        for receiver, amount in zip((SUPPLIER, CARRIER), amounts, strict=False)
    ]
    return SplitAsked(number or f"S{shop.number()[1:]}", charge, shares, last)


class TestSplit:
    def test_divides_at_once(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        _, charge = theirs
        assert shop.channel.left_to_split(charge, now=shop.now) == 3000
        wanted = split(shop, charge, 1500, 500)
        done = shop.channel.split(wanted, now=shop.now)
        assert done.finished and done.channel_number
        assert [(one.account, one.amount_minor, one.state) for one in done.shares] == [
            (SUPPLIER.account, 1500, ShareState.SUCCEEDED), (CARRIER.account, 500, ShareState.SUCCEEDED),
        ]  # fmt: skip
        found = shop.channel.query_split(wanted.number, charge_channel_number=charge, now=shop.now)
        assert found == done
        assert shop.channel.split(wanted, now=shop.now).channel_number == done.channel_number
        assert shop.channel.left_to_split(charge, now=shop.now) == 1000

    def test_the_same_number_with_other_shares_is_refused(
        self, shop: Shop, theirs: tuple[ChargeAsked, str]
    ) -> None:
        wanted = split(shop, theirs[1], 1500)
        shop.channel.split(wanted, now=shop.now)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.split(split(shop, theirs[1], 1501, number=wanted.number), now=shop.now)
        assert refused.value.code == "ACQ.DISCORDANT_REPEAT_REQUEST"

    def test_a_lost_answer_is_asked_for(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        wanted = split(shop, theirs[1], 1500)
        shop.sandbox.fault("lost", path="/gateway.do")
        with pytest.raises(ChannelUnclear):
            shop.channel.split(wanted, now=shop.now)
        found = shop.channel.query_split(wanted.number, charge_channel_number=theirs[1], now=shop.now)
        assert found.finished and found.shares[0].amount_minor == 1500

    def test_share_by_share_where_alipay_agreed(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        told = shop.sandbox.client
        channel = make_channel(told["settings"] | {"royalty_mode": "async"}, told["secrets"])
        assert (channel.limits.requests_most, channel.limits.receivers_most) == (300, 50)
        shop.sandbox.fault("outcome", of="share", value="RECEIVER_ACCOUNT_ABNORMAL")
        wanted = split(shop, theirs[1], 1500, 500)
        assert not channel.split(wanted, now=shop.now).finished
        shop.step(seconds=2)
        found = channel.query_split(wanted.number, charge_channel_number=theirs[1], now=shop.now)
        channel.close()
        assert [(one.state, one.reason) for one in found.shares] == [
            (ShareState.CLOSED, "RECEIVER_ACCOUNT_ABNORMAL"), (ShareState.SUCCEEDED, ""),
        ]  # fmt: skip
        assert shop.channel.left_to_split(theirs[1], now=shop.now) == 2500


class TestLimits:
    def test_thirty_per_cent_at_most(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.split(split(shop, theirs[1], 3000, 1), now=shop.now)
        assert refused.value.code == "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR"
        assert shop.channel.limits.ratio_ppm == 300_000
        shop.channel.split(split(shop, theirs[1], 2999, 1), now=shop.now)
        with pytest.raises(ChannelRefused):
            shop.channel.split(split(shop, theirs[1], 1), now=shop.now)

    def test_a_stranger_gets_nothing(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        shop.channel.remove_receiver(SUPPLIER, now=shop.now)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.split(split(shop, theirs[1], 1), now=shop.now)
        assert refused.value.code == "ACQ.ROYALTY_RECEIVER_INVALID"

    def test_a_log_in_name_needs_its_owner(self, shop: Shop) -> None:
        with pytest.raises(ChannelRefused):
            shop.channel.add_receiver(SplitReceiver(ReceiverKind.PERSON, "a@b.c"), now=shop.now)

    def test_five_receivers_at_once(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        shares = [ShareAsked(SUPPLIER, 1, "货款")] * 6
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.split(SplitAsked(shop.number(), theirs[1], shares, False), now=shop.now)
        assert refused.value.code == "ACQ.ROYALTY_COUNT_EXCEED"

    def test_money_that_was_not_frozen_is_not_divided(self, shop: Shop) -> None:
        shop.channel.add_receiver(SUPPLIER, now=shop.now)
        charge = shop.channel.query_charge(shop.paid(10000).number, now=shop.now).channel_number
        assert shop.channel.left_to_split(charge, now=shop.now) == 0
        with pytest.raises(ChannelRefused):
            shop.channel.split(split(shop, charge, 1), now=shop.now)

    def test_after_thirty_days_nothing_is_left(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        shop.step(days=shop.channel.limits.window_days)
        assert shop.channel.left_to_split(theirs[1], now=shop.now) == 0

    def test_unfrozen_it_is_the_merchant_s(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        shop.channel.split(split(shop, theirs[1], 100), now=shop.now)
        done = shop.channel.unfreeze(shop.number(), charge_channel_number=theirs[1], now=shop.now)
        assert done.finished and not done.shares
        assert shop.channel.left_to_split(theirs[1], now=shop.now) == 0
        with pytest.raises(ChannelRefused):
            shop.channel.split(split(shop, theirs[1], 1), now=shop.now)

    def test_the_last_split_unfreezes(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        shop.channel.split(split(shop, theirs[1], 100, last=True), now=shop.now)
        assert shop.channel.left_to_split(theirs[1], now=shop.now) == 0


class TestReturns:
    def test_come_back_with_a_refund(self, shop: Shop, theirs: tuple[ChargeAsked, str]) -> None:
        asked, charge = theirs
        shop.channel.split(split(shop, charge, 1500, 500), now=shop.now)
        back = (ShareBack(SUPPLIER.account, 900, "退货"), ShareBack(CARRIER.account, 100))
        done = shop.channel.refund(shop.refund(asked, 5000, shares_back=back), now=shop.now)
        assert (done.state, done.amount_minor) == (RefundState.SUCCEEDED, 5000)
        for share, refunded in (
            (ShareBack(SUPPLIER.account, 601), 5000),
            (ShareBack(SUPPLIER.account, 600), 599),
        ):
            with pytest.raises(ChannelRefused) as refused:
                shop.channel.refund(shop.refund(asked, refunded, shares_back=(share,)), now=shop.now)
            assert refused.value.code == "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR"

    def test_alone_is_not_offered(self, shop: Shop) -> None:
        assert shop.channel.limits.returns_with_refunds
        with pytest.raises(ChannelRefused):
            shop.channel.return_share(ShareReturnAsked("T1", "S1", "2088", 1, ""), now=shop.now)
        with pytest.raises(ChannelRefused):
            shop.channel.query_return("T1", split_number="S1", now=shop.now)
