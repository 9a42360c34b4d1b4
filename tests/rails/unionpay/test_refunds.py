"""Refunds and revocations at UnionPay."""

import pytest

from tests.rails.unionpay.conftest import Shop
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, RefundState


class TestRefund:
    def test_in_pieces_up_to_what_was_paid(self, shop: Shop) -> None:
        charge = shop.paid(10000)
        shop.step(days=2)
        for amount in (3000, 7000):
            wanted = shop.refund(charge, amount)
            taken = shop.channel.refund(wanted, now=shop.now)
            assert (taken.state, taken.amount_minor) == (RefundState.PROCESSING, amount)
            found = shop.channel.query_refund(wanted.number, charge_number=charge.number, now=shop.now)
            assert (found.state, found.amount_minor, found.refunded_at) == (
                RefundState.SUCCEEDED, amount, shop.now,
            )  # fmt: skip
            assert found.channel_number == taken.channel_number
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.refund(shop.refund(charge, 1), now=shop.now)
        assert refused.value.code == "36"

    def test_the_same_number_is_the_same_refund(self, shop: Shop) -> None:
        charge = shop.paid(10000)
        wanted = shop.refund(charge, 3000)
        shop.channel.refund(wanted, now=shop.now)
        again = shop.channel.refund(wanted, now=shop.now)
        assert (again.state, again.amount_minor) == (RefundState.SUCCEEDED, 3000)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.refund(shop.refund(charge, 3001, wanted.number), now=shop.now)
        assert refused.value.code == "12"

    def test_a_lost_answer_is_asked_for(self, shop: Shop) -> None:
        charge = shop.paid(10000)
        wanted = shop.refund(charge, 3000)
        unknown = shop.channel.query_refund(wanted.number, charge_number=charge.number, now=shop.now)
        assert unknown.state is RefundState.UNKNOWN
        shop.sandbox.fault("lost", path="/gateway/api/backTransReq.do")
        with pytest.raises(ChannelUnclear):
            shop.channel.refund(wanted, now=shop.now)
        found = shop.channel.query_refund(wanted.number, charge_number=charge.number, now=shop.now)
        assert (found.state, found.amount_minor) == (RefundState.SUCCEEDED, 3000)

    def test_takes_its_time(self, shop: Shop) -> None:
        charge = shop.paid(10000)
        shop.sandbox.fault("slow", of="refund", seconds=3600)
        wanted = shop.refund(charge, 3000)
        shop.channel.refund(wanted, now=shop.now)
        states = []
        for _ in range(2):
            states.append(shop.channel.query_refund(wanted.number, charge_number="", now=shop.now).state)
            shop.step(hours=1)
        assert states == [RefundState.PROCESSING, RefundState.SUCCEEDED]

    def test_may_fail_in_the_end(self, shop: Shop) -> None:
        charge = shop.paid(10000)
        shop.sandbox.fault("outcome", of="refund", value="30")
        wanted = shop.refund(charge, 10000)
        shop.channel.refund(wanted, now=shop.now)
        found = shop.channel.query_refund(wanted.number, charge_number="", now=shop.now)
        assert found.state is RefundState.CLOSED
        # Nothing was given back, so all of it still may be, under another number.
        shop.channel.refund(shop.refund(charge, 10000), now=shop.now)

    @pytest.mark.parametrize("code", ["03", "04", "05"])
    def test_an_outcome_that_is_not_known_is_unclear(self, shop: Shop, code: str) -> None:
        charge = shop.paid(10000)
        shop.sandbox.fault("outcome", of="04", value=code)
        with pytest.raises(ChannelUnclear):
            shop.channel.refund(shop.refund(charge, 1), now=shop.now)

    def test_after_330_days_it_is_too_late(self, shop: Shop) -> None:
        charge = shop.paid(10000)
        shop.step(days=331)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.refund(shop.refund(charge, 1), now=shop.now)
        assert refused.value.code == "39"


class TestRevocation:
    def test_undoes_the_whole_charge_on_its_day(self, shop: Shop) -> None:
        charge = shop.paid(10000)
        wanted = shop.refund(charge, 10000)
        shop.channel.revoke(wanted, now=shop.now)
        found = shop.channel.query_refund(wanted.number, charge_number=charge.number, now=shop.now)
        assert (found.state, found.amount_minor) == (RefundState.SUCCEEDED, 10000)

    def test_is_over_when_the_clearing_day_is(self, shop: Shop) -> None:
        charge = shop.paid(10000)
        shop.step(hours=13)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.revoke(shop.refund(charge, 10000), now=shop.now)
        assert refused.value.code == "39"

    def test_is_of_the_whole(self, shop: Shop) -> None:
        charge = shop.paid(10000)
        with pytest.raises(ChannelRefused):
            shop.channel.revoke(shop.refund(charge, 9999), now=shop.now)
        shop.channel.refund(shop.refund(charge, 1), now=shop.now)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.revoke(shop.refund(charge, 10000), now=shop.now)
        assert refused.value.code == "36"
