"""Refunds at Alipay."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.rails.alipay.conftest import BEGIN, Shop
from tests.rails.sandboxes import Receiver, running
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, RefundState
from zhanggui.rails.alipay.making import make_channel
from zhanggui.rails.alipay.transfers import TransferAsked


class TestRefund:
    def test_in_pieces_up_to_what_was_paid(self, shop: Shop) -> None:
        asked = shop.paid(10000)
        shop.step(hours=1)
        first, second = shop.refund(asked, 3000), shop.refund(asked, 7000)
        done = [shop.channel.refund(one, now=shop.now) for one in (first, second)]
        # Alipay answers with the sum of all refunds; ours are each its own.
        assert [(one.state, one.amount_minor) for one in done] == [
            (RefundState.SUCCEEDED, 3000), (RefundState.SUCCEEDED, 7000),
        ]  # fmt: skip
        assert done[0].refunded_at == shop.now
        found = shop.channel.query_refund(second.number, charge_number=asked.number, now=shop.now)
        assert (found.state, found.amount_minor, found.refunded_at) == (
            RefundState.SUCCEEDED, 7000, shop.now,
        )  # fmt: skip
        with pytest.raises(ChannelRefused):
            shop.channel.refund(shop.refund(asked, 1), now=shop.now)

    def test_more_than_was_paid_is_refused(self, shop: Shop) -> None:
        asked = shop.paid(10000)
        shop.channel.refund(shop.refund(asked, 9000), now=shop.now)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.refund(shop.refund(asked, 1001), now=shop.now)
        assert refused.value.code == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"

    def test_the_same_number_is_the_same_refund(self, shop: Shop) -> None:
        asked = shop.paid(10000)
        wanted = shop.refund(asked, 3000)
        first, again = (shop.channel.refund(wanted, now=shop.now) for _ in range(2))
        assert (again.state, again.amount_minor) == (first.state, first.amount_minor)
        shop.channel.refund(shop.refund(asked, 7000), now=shop.now)

    def test_the_same_number_with_another_amount_is_refused(self, shop: Shop) -> None:
        asked = shop.paid(10000)
        wanted = shop.refund(asked, 3000)
        shop.channel.refund(wanted, now=shop.now)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.refund(shop.refund(asked, 3001, wanted.number), now=shop.now)
        assert refused.value.code == "ACQ.DISCORDANT_REPEAT_REQUEST"

    def test_a_lost_answer_is_asked_for(self, shop: Shop) -> None:
        asked = shop.paid(10000)
        wanted = shop.refund(asked, 3000)
        shop.sandbox.fault("lost", path="/gateway.do")
        with pytest.raises(ChannelUnclear):
            shop.channel.refund(wanted, now=shop.now)
        found = shop.channel.query_refund(wanted.number, charge_number=asked.number, now=shop.now)
        assert (found.state, found.amount_minor) == (RefundState.SUCCEEDED, 3000)

    def test_one_that_never_came_is_unknown(self, shop: Shop) -> None:
        asked = shop.paid(10000)
        assert (
            shop.channel.query_refund("R0", charge_number=asked.number, now=shop.now).state
            is RefundState.UNKNOWN
        )
        assert shop.channel.query_refund("R0", charge_number="P0", now=shop.now).state is RefundState.UNKNOWN

    def test_one_that_takes_its_time_is_unclear_until_it_is_made(self, shop: Shop) -> None:
        asked = shop.paid(10000)
        wanted = shop.refund(asked, 3000)
        shop.sandbox.fault("slow", of="refund", seconds=60)
        with pytest.raises(ChannelUnclear):
            shop.channel.refund(wanted, now=shop.now)
        shop.step(seconds=61)
        assert shop.channel.refund(wanted, now=shop.now).state is RefundState.SUCCEEDED

    def test_what_is_not_paid_is_not_given_back(self, shop: Shop) -> None:
        asked = shop.asked()
        shop.opened(shop.channel.begin_charge(asked, now=shop.now).value)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.refund(shop.refund(asked, 1), now=shop.now)
        assert refused.value.code == "ACQ.TRADE_STATUS_ERROR"

    def test_after_a_year_it_is_too_late(self, shop: Shop) -> None:
        asked = shop.paid(10000)
        shop.now += timedelta(days=366)
        shop.step()
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.refund(shop.refund(asked, 1), now=shop.now)
        assert refused.value.code == "ACQ.TRADE_HAS_FINISHED"

    def test_a_seller_without_money_cannot(self, receiver: Receiver, tmp_path: Path) -> None:
        with running("zhanggui.rails.alipay.sandbox", tmp_path) as sandbox:
            sandbox.set_clock(BEGIN.isoformat())
            channel = make_channel(sandbox.client["settings"], sandbox.client["secrets"])
            shop = Shop(sandbox, channel, receiver)
            asked = shop.paid(10000)
            # It began with 100000.00; of what was paid 0.60 are the fee.
            everything = TransferAsked(shop.number(), 100_099_40, "2088000000000011", "", "出款")
            channel.transfer(everything, now=shop.now)
            with pytest.raises(ChannelRefused) as refused:
                channel.refund(shop.refund(asked, 1), now=shop.now)
            channel.close()
        assert refused.value.code == "ACQ.SELLER_BALANCE_NOT_ENOUGH"
