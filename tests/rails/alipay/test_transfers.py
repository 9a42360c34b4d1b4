"""Money paid out through Alipay."""

import pytest

from tests.rails.alipay.conftest import Shop
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.alipay.channel import AlipayChannel
from zhanggui.rails.alipay.transfers import TransferAsked, TransferState


def asked(shop: Shop, amount: int = 5000, account: str = "2088000000000011", name: str = "") -> TransferAsked:
    return TransferAsked(shop.number(), amount, account, name, "九月货款")


class TestTransfer:
    def test_pays_and_says_so(self, shop: Shop) -> None:
        wanted = asked(shop)
        done = shop.channel.transfer(wanted, now=shop.now)
        assert (done.state, done.amount_minor, done.paid_at) == (TransferState.SUCCEEDED, 5000, shop.now)
        found = shop.channel.query_transfer(wanted.number, now=shop.now)
        assert (found.state, found.amount_minor, found.channel_number) == (
            TransferState.SUCCEEDED, 5000, done.channel_number,
        )  # fmt: skip
        assert shop.channel.transfer(wanted, now=shop.now).channel_number == done.channel_number

    def test_a_lost_answer_is_asked_for(self, shop: Shop) -> None:
        wanted = asked(shop)
        assert shop.channel.query_transfer(wanted.number, now=shop.now).state is TransferState.UNKNOWN
        shop.sandbox.fault("lost", path="/gateway.do")
        with pytest.raises(ChannelUnclear):
            shop.channel.transfer(wanted, now=shop.now)
        assert shop.channel.query_transfer(wanted.number, now=shop.now).state is TransferState.SUCCEEDED

    @pytest.mark.parametrize(("status", "state"), [
        ("FAIL", TransferState.FAILED), ("REFUND", TransferState.RETURNED), ("DEALING", TransferState.DEALING),
    ])  # fmt: skip
    def test_ends_in_other_ways(self, shop: Shop, status: str, state: TransferState) -> None:
        shop.sandbox.fault("outcome", of="transfer", value=status)
        wanted = asked(shop)
        assert shop.channel.transfer(wanted, now=shop.now).state is state
        assert shop.channel.query_transfer(wanted.number, now=shop.now).state is state

    @pytest.mark.parametrize(("more", "code"), [
        ({"amount": 9}, "EXCEED_LIMIT_MIN_AMOUNT"), ({"amount": 10**11}, "INVALID_PARAMETER"),
        ({"account": "2088000000000000"}, "PAYEE_NOT_EXIST"), ({"account": "a@example.com"}, "INVALID_PARAMETER"),
    ])  # fmt: skip
    def test_is_refused(self, shop: Shop, more: dict, code: str) -> None:
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.transfer(asked(shop, **more), now=shop.now)
        assert refused.value.code.removeprefix("ACQ.") == code

    def test_needs_certificates_on_both_sides(self, shop: Shop, key_mode: AlipayChannel) -> None:
        with pytest.raises(ChannelRefused) as refused:
            key_mode.transfer(asked(shop), now=shop.now)
        assert refused.value.code == "CERTIFICATE_MODE_NEEDED"
        with pytest.raises(ChannelRefused) as refused:
            key_mode.gateway.ask("alipay.fund.trans.uni.transfer", {}, now=shop.now)
        assert refused.value.code == "isv.insufficient-isv-permissions"

    def test_one_number_is_one_transfer(self, shop: Shop) -> None:
        wanted = asked(shop)
        shop.channel.transfer(wanted, now=shop.now)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.transfer(TransferAsked(wanted.number, 5001, wanted.account, "", ""), now=shop.now)
        assert refused.value.code == "DISCORDANT_REPEAT_REQUEST"
