"""Charges: asked for, paid by a person on the page, told of, queried, closed."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.rails.wechat_pay.till import Till
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, ChargeState, Method, RefundState
from zhanggui.rails.wechat_pay.signing import holds, signed_text


def _pay_on_page(address: str, act: str = "pay") -> httpx.Response:
    """What a phone does: opens the page, presses a button."""
    page = httpx.get(address, trust_env=False)
    assert page.status_code == 200, page.text
    back = re.search(r'name="back" value="([^"]*)"', page.text)
    target = re.search(r'action="([^"]*)"', page.text)
    assert back and target
    parts = urlsplit(address)
    return httpx.post(
        f"{parts.scheme}://{parts.netloc}{target[1]}",
        data={"act": act, "back": back[1].replace("&amp;", "&")},
        trust_env=False,
    )


class TestQr:
    def test_is_paid_on_the_page_told_of_and_found(self, till: Till) -> None:
        asked = till.asked(12345)
        invitation = till.begin(asked)
        assert invitation.kind == "qr"
        assert till.channel.query_charge(asked.number, now=till.now).state is ChargeState.WAITING
        assert "支付成功" in _pay_on_page(invitation.value).text

        notice = till.read(till.receiver.next())
        found = till.channel.query_charge(asked.number, now=till.now)
        assert notice.charge == found
        assert (found.state, found.amount_minor, found.currency) == (ChargeState.PAID, 12345, "CNY")
        assert (found.account, found.paid_at) == ("1900000001", till.now)
        assert re.fullmatch(r"42000\d{23}", found.channel_number)
        assert notice.id.startswith("EV-")

    def test_is_not_paid_when_the_buyer_cancels(self, till: Till) -> None:
        asked = till.asked()
        address = till.begin(asked).value
        assert "Cancelled" in _pay_on_page(address, "cancel").text
        assert till.channel.query_charge(asked.number, now=till.now).state is ChargeState.WAITING
        _pay_on_page(address)
        assert till.channel.query_charge(asked.number, now=till.now).state is ChargeState.PAID

    def test_shows_what_a_broken_gateway_took(self, till: Till) -> None:
        asked = till.asked(500)
        _pay_on_page(till.begin(asked).value, "other_amount")
        notice = till.read(till.receiver.next())
        assert notice.charge.amount_minor == 501

    def test_is_paid_once(self, till: Till) -> None:
        asked = till.asked()
        address = till.begin(asked).value
        _pay_on_page(address)
        assert "已支付" in httpx.get(address, trust_env=False).text
        again = till.sandbox.http.post("/sandbox/pay", json={"out_trade_no": asked.number})
        assert (again.status_code, again.json()["code"]) == (400, "ORDER_PAID")


class TestPhone:
    def test_goes_to_the_page_and_back_to_the_shop(self, till: Till) -> None:
        shop = f"{till.receiver.address}/orders/7?paid=1&x=2"
        invitation = till.begin(till.asked(method=Method.PHONE, return_url=shop))
        assert invitation.kind == "redirect"
        sent_on = _pay_on_page(invitation.value)
        assert (sent_on.status_code, sent_on.headers["location"]) == (303, shop)

    def test_says_no_scripts_and_fits_a_phone(self, till: Till) -> None:
        page = httpx.get(till.begin(till.asked(method=Method.PHONE)).value, trust_env=False)
        assert "<script" not in page.text and "width=device-width" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "¥100.00" in page.text


class TestBridgeAndApp:
    def test_signs_what_the_browser_hands_to_wechat(self, till: Till) -> None:
        fields = till.begin(till.asked(method=Method.BRIDGE, payer="oBuyer1")).fields
        text = signed_text(fields["appId"], fields["timeStamp"], fields["nonceStr"], fields["package"])
        key = load_pem_private_key(till.sandbox.client["secrets"]["private_key"].encode(), None).public_key()
        assert holds(key, text, fields["paySign"])
        assert fields["package"].startswith("prepay_id=wx") and fields["signType"] == "RSA"

    def test_knows_who_paid(self, till: Till) -> None:
        asked = till.asked(method=Method.BRIDGE, payer="oBuyer1")
        prepay = till.begin(asked).value
        _pay_on_page(f"{till.sandbox.address}/pay/{prepay}")
        assert till.channel.query_charge(asked.number, now=till.now).payer == "oBuyer1"

    def test_needs_to_know_the_buyer(self, till: Till) -> None:
        with pytest.raises(ChannelRefused) as refused:
            till.begin(till.asked(method=Method.BRIDGE))
        assert refused.value.code == "PAYER_NEEDED"

    def test_signs_what_an_app_hands_to_wechat(self, till: Till) -> None:
        invitation = till.begin(till.asked(method=Method.APP))
        fields = invitation.fields
        text = signed_text(fields["appid"], fields["timestamp"], fields["noncestr"], invitation.value)
        key = load_pem_private_key(till.sandbox.client["secrets"]["private_key"].encode(), None).public_key()
        assert invitation.kind == "app" and holds(key, text, fields["sign"])


class TestNumbers:
    def test_the_same_charge_again_is_the_same(self, till: Till) -> None:
        asked = till.asked()
        assert till.begin(asked) == till.begin(asked)

    def test_another_content_under_a_number_is_refused(self, till: Till) -> None:
        asked = till.asked()
        till.begin(asked)
        with pytest.raises(ChannelRefused) as refused:
            till.begin(replace(asked, amount_minor=1))
        assert refused.value.code == "INVALID_REQUEST"

    def test_a_paid_number_is_used_up(self, till: Till) -> None:
        asked = till.asked()
        till.begin(asked)
        till.pay(asked.number)
        with pytest.raises(ChannelRefused) as refused:
            till.begin(asked)
        assert refused.value.code == "OUT_TRADE_NO_USED"

    def test_an_unknown_number_is_unknown(self, till: Till) -> None:
        found = till.channel.query_charge("P2026100300000000nobody", now=till.now)
        assert (found.state, found.account) == (ChargeState.UNKNOWN, "1900000001")


class TestClosing:
    def test_a_closed_charge_cannot_be_paid(self, till: Till) -> None:
        asked = till.asked()
        till.begin(asked)
        till.channel.close_charge(asked.number, now=till.now)
        till.channel.close_charge(asked.number, now=till.now)
        assert till.channel.query_charge(asked.number, now=till.now).state is ChargeState.CLOSED
        paying = till.sandbox.http.post("/sandbox/pay", json={"out_trade_no": asked.number})
        assert paying.json()["code"] == "ORDER_CLOSED"

    def test_a_paid_one_cannot_be_closed(self, till: Till) -> None:
        number, _ = till.paid()
        with pytest.raises(ChannelRefused) as refused:
            till.channel.close_charge(number, now=till.now)
        assert refused.value.code == "ORDER_PAID"

    def test_one_that_was_never_asked_for_needs_no_closing(self, till: Till) -> None:
        till.channel.close_charge("P2026100300000000nobody", now=till.now)

    def test_time_closes_what_nobody_paid(self, till: Till) -> None:
        asked = till.asked(expires_at=till.now + timedelta(minutes=5))
        till.begin(asked)
        till.step(minutes=5)
        assert till.channel.query_charge(asked.number, now=till.now).state is ChargeState.CLOSED


class TestCombined:
    def test_parts_of_several_shops_are_one_payment(self, till: Till) -> None:
        parts = till.parts(3000, 7000)
        asked = till.asked(10000, parts=parts)
        _pay_on_page(till.begin(asked).value)

        notice = till.read(till.receiver.next())
        found = till.channel.query_charge(asked.number, now=till.now)
        assert notice.charge == found
        assert (found.state, found.amount_minor) == (ChargeState.PAID, 10000)
        assert (found.account, found.channel_number) == ("1900000001", asked.number)
        assert set(found.parts) == {part.number for part in parts}
        assert all(re.fullmatch(r"42000\d{23}", number) for number in found.parts.values())
        assert till.balance(parts[0].account)["balance"] >= 3000 - 18

    def test_is_closed_with_all_its_parts(self, till: Till) -> None:
        asked = till.asked(10000, parts=till.parts(3000, 7000))
        till.begin(asked)
        till.channel.close_charge(asked.number, now=till.now)
        assert till.channel.query_charge(asked.number, now=till.now).state is ChargeState.CLOSED

    def test_a_part_is_given_back_from_its_own_shop(self, till: Till) -> None:
        parts = till.parts(3000, 7000)
        asked = till.asked(10000, parts=parts, notify_url="http://127.0.0.1:9/")
        till.begin(asked)
        till.pay(asked.number)
        found = till.channel.query_charge(asked.number, now=till.now)
        before = till.balance(parts[1].account)["balance"]
        refund = till.refund_asked(
            (parts[1].number, found.parts[parts[1].number]), 7000, 7000, account=parts[1].account
        )
        till.channel.refund(refund, now=till.now)
        till.step(seconds=2)
        done = till.channel.query_refund(
            refund.number, charge_number=asked.number, account=parts[1].account, now=till.now
        )
        assert done.said == "SUCCESS"
        assert before - till.balance(parts[1].account)["balance"] == 7000 - 42

    def test_the_whole_is_given_back_part_by_part(self, till: Till) -> None:
        asked = till.asked(10000, parts=till.parts(3000, 7000), notify_url="http://127.0.0.1:9/")
        till.begin(asked)
        till.pay(asked.number)
        refund = till.refund_asked((asked.number, asked.number), 10000, 10000)
        taken = till.channel.refund(refund, now=till.now)
        assert (taken.state, taken.amount_minor) == (RefundState.PROCESSING, 10000)
        assert till.channel.refund(refund, now=till.now) == taken
        till.step(seconds=2)
        done = till.channel.query_refund(refund.number, charge_number=asked.number, now=till.now)
        assert (done.state, done.amount_minor, done.refunded_at) == (RefundState.SUCCEEDED, 10000, till.now)
        with pytest.raises(ChannelRefused) as refused:
            till.channel.refund(till.refund_asked((asked.number, asked.number), 10000, 1), now=till.now)
        assert refused.value.code == "PARTS_NEEDED"

    def test_a_part_that_cannot_be_given_back_now_is_later(self, till: Till) -> None:
        parts = till.parts(3000, 7000)
        asked = till.asked(10000, parts=parts, notify_url="http://127.0.0.1:9/")
        till.begin(asked)
        till.pay(asked.number)
        shop = parts[1].account
        till.sandbox.steer("POST", "withdraw", {"account": shop, "amount": till.balance(shop)["available"]})
        refund = till.refund_asked((asked.number, asked.number), 10000, 10000)
        with pytest.raises(ChannelUnclear, match="part 2 of 2"):
            till.channel.refund(refund, now=till.now)
        query = till.channel.query_refund(refund.number, charge_number=asked.number, now=till.now)
        assert query.state is RefundState.UNKNOWN
        till.sandbox.steer("POST", "top_up", {"account": shop, "amount": 7000})
        assert till.channel.refund(refund, now=till.now).amount_minor == 10000

    def test_parts_must_be_the_whole(self, till: Till) -> None:
        with pytest.raises(ChannelRefused) as refused:
            till.begin(till.asked(10001, parts=till.parts(3000, 7000)))
        assert refused.value.code == "PARTS_DIFFER"


def test_other_currencies_and_pages_are_not_offered(till: Till) -> None:
    for asked, code in (
        (till.asked(currency="USD"), "CURRENCY_NOT_OFFERED"),
        (till.asked(method=Method.PAGE), "METHOD_NOT_OFFERED"),
    ):
        with pytest.raises(ChannelRefused) as refused:
            till.begin(asked)
        assert refused.value.code == code
