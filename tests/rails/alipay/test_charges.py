"""Charges at Alipay: asked for, paid, asked about, closed; and what the gateway refuses."""

import json
import urllib.parse
from datetime import timedelta

import pytest

from tests.rails.alipay.conftest import Shop
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, ChargeState, Method, Part
from zhanggui.rails.alipay.channel import AlipayChannel
from zhanggui.rails.alipay.making import make_channel


class TestWaysToPay:
    @pytest.mark.parametrize("method", [Method.PAGE, Method.PHONE, Method.APP])
    def test_a_link_leads_to_the_pay_page_and_back(self, shop: Shop, method: Method) -> None:
        asked = shop.asked(method)
        invitation = shop.channel.begin_charge(asked, now=shop.now)
        link = invitation.value if method is not Method.APP else f"/gateway.do?{invitation.value}"
        assert invitation.kind == ("app" if method is Method.APP else "redirect")
        page = shop.opened(link)
        assert "123.45" in shop.sandbox.http.get(page).text
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.WAITING
        shop.step(minutes=3)
        back = shop.pay(page).headers["location"]
        if method is not Method.APP:
            assert back.startswith("http://127.0.0.1:9/back?order=1&")
        found = shop.channel.query_charge(asked.number, now=shop.now)
        assert (found.state, found.amount_minor, found.currency) == (ChargeState.PAID, 12345, "CNY")
        assert (found.paid_at, found.account) == (shop.now, shop.channel.seller_id)
        assert found.channel_number and found.payer

    def test_a_code_is_there_once_it_was_scanned(self, shop: Shop) -> None:
        asked = shop.asked(Method.QR)
        invitation = shop.channel.begin_charge(asked, now=shop.now)
        assert invitation.kind == "qr"
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.UNKNOWN
        shop.pay(shop.opened(invitation.value))
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.PAID

    def test_asked_twice_it_is_one_charge(self, shop: Shop) -> None:
        asked = shop.asked()
        pages = {shop.opened(shop.channel.begin_charge(asked, now=shop.now).value) for _ in range(2)}
        assert len(pages) == 1

    def test_words_that_titles_may_not_have_are_left_out(self, shop: Shop) -> None:
        link = shop.channel.begin_charge(shop.asked(), now=shop.now).value
        business = urllib.parse.parse_qs(link.partition("?")[2])["biz_content"][0]
        assert json.loads(business)["subject"] == "瓷碗 a b c d"

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"method": Method.BRIDGE}, "METHOD_NOT_OFFERED"),
            ({"currency": "USD"}, "CURRENCY_NOT_OFFERED"),
            ({"amount_minor": 0}, "AMOUNT_REFUSED"),
            ({"number": "P-1"}, "NUMBER_REFUSED"),
            ({"parts": (Part("1", "2", 3, "4"),)}, "PARTS_NOT_OFFERED"),
        ],
    )
    def test_what_alipay_cannot_do_is_refused_at_once(self, shop: Shop, more: dict, code: str) -> None:
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.begin_charge(shop.asked(**more), now=shop.now)
        assert refused.value.code == code


class TestPayPage:
    def test_is_there_in_both_languages(self, shop: Shop) -> None:
        page = shop.opened(shop.channel.begin_charge(shop.asked(), now=shop.now).value)
        assert "立即付款" in shop.sandbox.http.get(page).text
        assert "Pay now" in shop.sandbox.http.get(page, params={"lang": "en"}).text
        assert "Pay now" in shop.sandbox.http.get(page, headers={"accept-language": "en-GB"}).text

    def test_leaving_pays_nothing(self, shop: Shop) -> None:
        asked = shop.asked()
        page = shop.opened(shop.channel.begin_charge(asked, now=shop.now).value)
        left = shop.sandbox.http.post(page, data={"action": "cancel"})
        assert left.headers["location"] == asked.return_url
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.WAITING

    def test_another_amount_is_told_as_it_is(self, shop: Shop) -> None:
        asked = shop.asked()
        page = shop.opened(shop.channel.begin_charge(asked, now=shop.now).value)
        shop.sandbox.http.post(page, data={"action": "pay_other", "amount": "0.01"})
        assert shop.channel.query_charge(asked.number, now=shop.now).amount_minor == 1

    def test_a_second_payment_changes_nothing(self, shop: Shop) -> None:
        asked = shop.asked()
        page = shop.opened(shop.channel.begin_charge(asked, now=shop.now).value)
        shop.pay(page)
        first = shop.channel.query_charge(asked.number, now=shop.now)
        shop.step(minutes=1)
        shop.pay(page)
        assert shop.channel.query_charge(asked.number, now=shop.now) == first

    def test_a_title_is_text(self, shop: Shop) -> None:
        page = shop.opened(
            shop.channel.begin_charge(shop.asked(title="<script>x</script>"), now=shop.now).value
        )
        assert "<script>" not in shop.sandbox.http.get(page).text


class TestClosing:
    def test_closed_it_cannot_be_paid_any_more(self, shop: Shop) -> None:
        asked = shop.asked()
        page = shop.opened(shop.channel.begin_charge(asked, now=shop.now).value)
        shop.channel.close_charge(asked.number, now=shop.now)
        shop.channel.close_charge(asked.number, now=shop.now)
        shop.pay(page)
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.CLOSED

    def test_one_that_nobody_opened_needs_no_closing(self, shop: Shop) -> None:
        asked = shop.asked()
        shop.channel.begin_charge(asked, now=shop.now)
        shop.channel.close_charge(asked.number, now=shop.now)
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.UNKNOWN

    def test_a_paid_one_is_not_closed(self, shop: Shop) -> None:
        asked = shop.paid()
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.close_charge(asked.number, now=shop.now)
        assert refused.value.code == "ACQ.TRADE_STATUS_ERROR"

    def test_time_closes_it(self, shop: Shop) -> None:
        asked = shop.asked(expires_at=shop.now + timedelta(minutes=5))
        link = shop.channel.begin_charge(asked, now=shop.now).value
        page = shop.opened(link)
        shop.step(minutes=5)
        shop.pay(page)
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.CLOSED
        assert "TRADE_HAS_CLOSE" in shop.sandbox.http.get(link).text

    def test_a_link_that_was_not_opened_in_time_is_dead(self, shop: Shop) -> None:
        asked = shop.asked(expires_at=shop.now + timedelta(minutes=5))
        link = shop.channel.begin_charge(asked, now=shop.now).value
        shop.step(minutes=6)
        assert "time_expire" in shop.sandbox.http.get(link).text
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.UNKNOWN

    def test_cancelled_it_is_closed_or_given_back(self, shop: Shop) -> None:
        waiting, paid = shop.asked(), shop.paid()
        shop.opened(shop.channel.begin_charge(waiting, now=shop.now).value)
        assert shop.channel.cancel_charge(waiting.number, now=shop.now) is False
        assert shop.channel.cancel_charge(paid.number, now=shop.now) is True
        assert shop.channel.query_charge(waiting.number, now=shop.now).state is ChargeState.CLOSED
        # Given back wholly, it was paid all the same.
        assert shop.channel.query_charge(paid.number, now=shop.now).state is ChargeState.PAID


class TestRefusals:
    def test_one_number_with_another_amount(self, shop: Shop) -> None:
        asked = shop.asked()
        shop.opened(shop.channel.begin_charge(asked, now=shop.now).value)
        other = shop.channel.begin_charge(shop.asked(number=asked.number, amount_minor=1), now=shop.now)
        assert "CONTEXT_INCONSISTENT" in shop.sandbox.http.get(other.value).text

    def test_a_stranger_s_signature(self, shop: Shop) -> None:
        told = shop.sandbox.client["key_mode"]
        stranger = (shop.sandbox.folder / "keys" / "stranger_key.pem").read_text()
        channel = make_channel(told["settings"], told["secrets"] | {"app_private_key": stranger})
        with pytest.raises(ChannelRefused) as refused:
            channel.query_charge("P1", now=shop.now)
        channel.close()
        assert refused.value.code == "isv.invalid-signature"

    def test_the_wrong_certificate(self, shop: Shop) -> None:
        told = shop.sandbox.client
        swapped = told["secrets"] | {"alipay_root_certificate": told["secrets"]["alipay_certificate"] * 2}
        channel = make_channel(told["settings"], swapped)
        with pytest.raises(ChannelRefused) as refused:
            channel.query_charge("P1", now=shop.now)
        channel.close()
        assert refused.value.code == "isv.alipay-root-cert-sn-not-match"

    def test_a_certificate_of_alipay_s_that_we_do_not_have(self, shop: Shop) -> None:
        told = shop.sandbox.client
        swapped = told["secrets"] | {"alipay_certificate": told["secrets"]["app_certificate"]}
        channel = make_channel(told["settings"], swapped)
        with pytest.raises(ChannelUnclear, match="alipay_certificate"):
            channel.query_charge("P1", now=shop.now)
        channel.close()

    def test_a_link_that_was_changed(self, shop: Shop) -> None:
        link = shop.channel.begin_charge(shop.asked(), now=shop.now).value
        assert "isv.invalid-signature" in shop.sandbox.http.get(link.replace("123.45", "1.45")).text

    def test_a_time_far_off(self, shop: Shop) -> None:
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.query_charge("P1", now=shop.now - timedelta(hours=1))
        assert refused.value.code == "isv.invalid-timestamp"

    def test_without_certificates_all_but_paying_out_works(self, shop: Shop, key_mode: AlipayChannel) -> None:
        asked = shop.asked()
        shop.pay(shop.opened(key_mode.begin_charge(asked, now=shop.now).value))
        assert key_mode.query_charge(asked.number, now=shop.now).state is ChargeState.PAID


class TestFaults:
    @pytest.mark.parametrize("fault", ["lost", "broken", "wrong_signature", "unsigned"])
    def test_no_answer_that_can_be_believed_is_unclear(self, shop: Shop, fault: str) -> None:
        asked = shop.paid()
        shop.sandbox.fault(fault, path="/gateway.do")
        with pytest.raises(ChannelUnclear):
            shop.channel.query_charge(asked.number, now=shop.now)
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.PAID

    def test_a_silent_gateway_is_unclear(self, shop: Shop) -> None:
        told = shop.sandbox.client
        hasty = make_channel(told["settings"] | {"seconds": "1"}, told["secrets"])
        shop.sandbox.fault("silent", path="/gateway.do")
        with pytest.raises(ChannelUnclear):
            hasty.query_charge("P1", now=shop.now)
        hasty.close()
        shop.sandbox.steer("DELETE", "held")

    def test_nobody_there_is_unclear(self, shop: Shop) -> None:
        told = shop.sandbox.client
        channel = make_channel(
            told["settings"] | {"gateway": "http://127.0.0.1:9/gateway.do"}, told["secrets"]
        )
        with pytest.raises(ChannelUnclear):
            channel.query_charge("P1", now=shop.now)
        channel.close()

    @pytest.mark.parametrize(("code", "raised"), [
        ("ACQ.SYSTEM_ERROR", ChannelUnclear), ("isp.unknow-error", ChannelUnclear), ("ACQ.BUYER_NOT_EXIST", ChannelRefused),
    ])  # fmt: skip
    def test_a_system_s_error_is_unclear_another_is_a_no(self, shop: Shop, code: str, raised: type) -> None:
        shop.sandbox.fault("outcome", of="alipay.trade.query", value=code)
        with pytest.raises(raised):
            shop.channel.query_charge("P1", now=shop.now)
