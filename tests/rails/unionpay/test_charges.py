"""Charges at UnionPay: asked for, paid, asked about; and what the gateway refuses."""

from datetime import timedelta

import pytest

from tests.rails.unionpay.conftest import Shop
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, ChargeState, Method
from zhanggui.rails.unionpay.making import make_channel


class TestFrontPay:
    @pytest.mark.parametrize(("method", "kind"), [(Method.PAGE, "07"), (Method.PHONE, "08")])
    def test_a_form_leads_to_the_pay_page(self, shop: Shop, method: Method, kind: str) -> None:
        asked = shop.asked(method=method)
        invitation = shop.channel.begin_charge(asked, now=shop.now)
        assert invitation.value.endswith("/gateway/api/frontTransReq.do")
        assert (invitation.fields["channelType"], invitation.fields["orderId"]) == (kind, asked.number)
        page = shop.opened(invitation)
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.UNKNOWN
        shop.step(minutes=2)
        shop.decide(page)
        found = shop.channel.query_charge(asked.number, now=shop.now)
        assert (found.state, found.amount_minor, found.currency) == (ChargeState.PAID, 12345, "CNY")
        assert (found.paid_at, found.account) == (shop.now, shop.channel.gateway.merchant)
        assert len(found.channel_number) == 21 and found.payer

    def test_an_app_gets_a_number(self, shop: Shop) -> None:
        asked = shop.asked(method=Method.APP)
        invitation = shop.channel.begin_charge(asked, now=shop.now)
        assert invitation.kind == "app"
        shop.decide(f"/pay/{invitation.value}")
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.PAID

    def test_asked_twice_it_is_one_charge(self, shop: Shop) -> None:
        asked = shop.asked()
        first = shop.page(asked)
        shop.step(minutes=5)
        assert shop.page(asked) == first

    @pytest.mark.parametrize(("more", "code"), [
        ({"method": Method.QR}, "METHOD_NOT_OFFERED"), ({"currency": "USD"}, "CURRENCY_NOT_OFFERED"),
        ({"amount_minor": 0}, "AMOUNT_REFUSED"), ({"splits": True}, "SPLITS_NOT_OFFERED"),
        ({"number": "P-20261003100000"}, "NUMBER_REFUSED"), ({"number": "P99999999999999X"}, "NUMBER_WITHOUT_TIME"),
    ])  # fmt: skip
    def test_what_unionpay_cannot_do_is_refused_at_once(self, shop: Shop, more: dict, code: str) -> None:
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.begin_charge(shop.asked(**more), now=shop.now)
        assert refused.value.code == code


class TestPayPage:
    def test_is_there_in_both_languages(self, shop: Shop) -> None:
        page = shop.page(shop.asked())
        assert "立即付款" in shop.sandbox.http.get(page).text
        assert "Pay now" in shop.sandbox.http.get(page, params={"lang": "en"}).text

    def test_a_card_without_money_may_be_followed_by_another(self, shop: Shop) -> None:
        asked = shop.asked()
        page = shop.page(asked)
        shop.decide(page, "poor")
        assert "请换一张卡" in shop.sandbox.http.get(page).text
        found = shop.channel.query_charge(asked.number, now=shop.now)
        assert (found.state, found.said) == (ChargeState.WAITING, "64 余额不足")
        shop.decide(page)
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.PAID
        assert 'action="http://127.0.0.1:9/back"' in shop.sandbox.http.get(page).text

    def test_another_amount_is_told_as_it_is(self, shop: Shop) -> None:
        asked = shop.asked()
        shop.decide(shop.page(asked), "pay_other", amount="1")
        assert shop.channel.query_charge(asked.number, now=shop.now).amount_minor == 1

    def test_a_second_payment_changes_nothing(self, shop: Shop) -> None:
        asked = shop.asked()
        page = shop.page(asked)
        shop.decide(page)
        first = shop.channel.query_charge(asked.number, now=shop.now)
        shop.step(minutes=1)
        shop.decide(page)
        assert shop.channel.query_charge(asked.number, now=shop.now) == first
        # And the form of a paid charge is a repeated one.
        form = shop.channel.begin_charge(asked, now=shop.now)
        assert "重复交易" in shop.sandbox.http.post(form.value, data=dict(form.fields)).text


class TestEnd:
    def test_time_ends_it(self, shop: Shop) -> None:
        asked = shop.asked(expires_at=shop.now + timedelta(minutes=5))
        page = shop.page(asked)
        shop.step(minutes=5)
        shop.decide(page)
        assert "订单已超时" in shop.sandbox.http.get(page).text
        # Nobody tried a card, so UnionPay knows nothing; once its life is over it is known to be closed.
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.UNKNOWN
        shop.step(minutes=121)
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.CLOSED

    def test_a_failed_try_is_the_last_word_once_time_is_over(self, shop: Shop) -> None:
        asked = shop.asked()
        shop.decide(shop.page(asked), "poor")
        shop.step(minutes=126)
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.CLOSED

    def test_it_never_lives_longer_than_the_channel_says(self, shop: Shop) -> None:
        asked = shop.asked(expires_at=shop.now + timedelta(days=3))
        fields = shop.channel.begin_charge(asked, now=shop.now).fields
        assert fields["payTimeout"] == "20261003120000"

    def test_closing_asks_only_whether_it_is_paid(self, shop: Shop) -> None:
        waiting = shop.asked()
        shop.page(waiting)
        shop.channel.close_charge(waiting.number, now=shop.now)
        with pytest.raises(ChannelRefused) as refused:
            shop.channel.close_charge(shop.paid().number, now=shop.now)
        assert refused.value.code == "PAID"


class TestRefusals:
    def test_one_number_with_another_amount(self, shop: Shop) -> None:
        asked = shop.asked()
        shop.page(asked)
        other = shop.channel.begin_charge(shop.asked(1, number=asked.number), now=shop.now)
        assert "重复交易" in shop.sandbox.http.post(other.value, data=dict(other.fields)).text

    def test_a_form_that_was_changed(self, shop: Shop) -> None:
        form = shop.channel.begin_charge(shop.asked(), now=shop.now)
        changed = {**form.fields, "txnAmt": "1"}
        assert "验证签名失败" in shop.sandbox.http.post(form.value, data=changed).text

    def test_a_stranger_s_key(self, shop: Shop) -> None:
        told = shop.sandbox.client
        keys = shop.sandbox.folder / "keys"
        swapped = {
            "merchant_key": (keys / "unionpay_key.pem").read_text(), "merchant_certificate": (keys / "unionpay_cert.pem").read_text(),
        }  # fmt: skip
        channel = make_channel(told["settings"], told["secrets"] | swapped)
        with pytest.raises(ChannelUnclear, match="11"):
            channel.query_charge(shop.number(), now=shop.now)
        channel.close()

    def test_a_time_far_off(self, shop: Shop) -> None:
        asked = shop.asked()
        shop.step(hours=25)
        late = shop.channel.begin_charge(shop.asked(number=asked.number), now=shop.now)
        assert "39" in shop.sandbox.http.post(late.value, data=dict(late.fields)).text


class TestFaults:
    @pytest.mark.parametrize("fault", ["lost", "broken", "wrong_signature", "unsigned"])
    def test_no_answer_that_can_be_believed_is_unclear(self, shop: Shop, fault: str) -> None:
        charge = shop.paid()
        shop.sandbox.fault(fault, path="/gateway/api/queryTrans.do")
        with pytest.raises(ChannelUnclear):
            shop.channel.query_charge(charge.number, now=shop.now)
        assert shop.channel.query_charge(charge.number, now=shop.now) == charge

    def test_a_silent_gateway_is_unclear(self, shop: Shop) -> None:
        told = shop.sandbox.client
        hasty = make_channel(told["settings"] | {"seconds": "1"}, told["secrets"])
        shop.sandbox.fault("silent", path="/gateway/")
        with pytest.raises(ChannelUnclear):
            hasty.query_charge(shop.number(), now=shop.now)
        hasty.close()
        shop.sandbox.steer("DELETE", "held")

    @pytest.mark.parametrize("code", ["03", "05", "37"])
    def test_a_query_that_was_not_answered_is_unclear(self, shop: Shop, code: str) -> None:
        charge = shop.paid()
        shop.sandbox.fault("outcome", of="00", value=code)
        with pytest.raises(ChannelUnclear):
            shop.channel.query_charge(charge.number, now=shop.now)


class TestSteering:
    def test_somebody_pays_without_a_browser(self, shop: Shop) -> None:
        asked = shop.asked()
        shop.page(asked)
        shop.sandbox.steer("POST", "pay", {"orderId": asked.number, "code": "64"})
        assert shop.channel.query_charge(asked.number, now=shop.now).state is ChargeState.WAITING
        shop.sandbox.steer("POST", "pay", {"orderId": asked.number, "off_by": 1})
        assert shop.channel.query_charge(asked.number, now=shop.now).amount_minor == 12346
        assert shop.sandbox.http.post("/sandbox/pay", json={"orderId": asked.number}).status_code == 404
