"""Notices of Alipay: carried over real HTTP, verified, and every way in which they lie."""

import urllib.parse
from datetime import timedelta

import pytest

from tests.rails.alipay.conftest import Shop
from zhanggui.payments.channel import ChargeState, Notice, NoticeForged, NoticeStale, RefundState
from zhanggui.rails.alipay.channel import AlipayChannel


@pytest.fixture(autouse=True)
def quiet(shop: Shop) -> None:
    """Only the callbacks of this test."""
    shop.sandbox.deliver()
    while not shop.receiver.heard.empty():
        shop.receiver.heard.get()
    shop.receiver.answers.clear()


def delivered(shop: Shop, writing: str = "true") -> bytes:
    """The newest callback, sent now; what came."""
    [*_, last] = shop.sandbox.steer("GET", "callbacks")
    shop.sandbox.deliver(last["id"], writing)
    return shop.receiver.next().body


def read(shop: Shop, body: bytes, channel: AlipayChannel | None = None) -> Notice:
    return (channel or shop.channel).read_notice(headers={}, body=body, now=shop.now)


class TestTruth:
    def test_says_what_was_paid(self, shop: Shop) -> None:
        asked = shop.paid()
        notice = read(shop, delivered(shop))
        assert notice.id and notice.refund is None and notice.charge is not None
        assert (notice.charge.number, notice.charge.state) == (asked.number, ChargeState.PAID)
        assert (notice.charge.amount_minor, notice.charge.currency) == (12345, "CNY")
        assert (notice.charge.account, notice.charge.paid_at) == (shop.channel.seller_id, shop.now)
        queried = shop.channel.query_charge(asked.number, now=shop.now)
        assert notice.charge.channel_number == queried.channel_number

    @pytest.mark.parametrize("signing", ["empty", "empty_not_counted"])
    def test_holds_whether_or_not_empty_values_are_signed(self, shop: Shop, signing: str) -> None:
        shop.sandbox.fault("outcome", of="notice", value=signing)
        asked = shop.paid()
        body = delivered(shop)
        assert b"body=&" in body
        charge = read(shop, body).charge
        assert charge is not None and charge.number == asked.number

    def test_another_amount_comes_as_it_was_paid(self, shop: Shop) -> None:
        page = shop.opened(shop.channel.begin_charge(shop.asked(), now=shop.now).value)
        shop.sandbox.http.post(page, data={"action": "pay_other", "amount": "1.00"})
        charge = read(shop, delivered(shop)).charge
        assert charge is not None and charge.amount_minor == 100

    def test_of_a_refund_the_amount_has_to_be_asked_for(self, shop: Shop) -> None:
        asked = shop.paid()
        shop.channel.refund(shop.refund(asked, 45), now=shop.now)
        wanted = shop.refund(asked, 12300)
        shop.channel.refund(wanted, now=shop.now)
        notice = read(shop, delivered(shop))
        assert notice.refund is not None and notice.charge is not None
        assert (notice.refund.number, notice.refund.state) == (wanted.number, RefundState.PROCESSING)
        assert (notice.refund.amount_minor, notice.refund.said) == (0, "refund_fee 123.45 in all")
        # TRADE_CLOSED by refunds: it was paid.
        assert notice.charge.state is ChargeState.PAID


class TestLies:
    @pytest.mark.parametrize("writing", ["forged", "probe", "altered"])
    def test_are_seen(self, shop: Shop, writing: str) -> None:
        shop.paid()
        with pytest.raises(NoticeForged):
            read(shop, delivered(shop, writing))

    def test_an_old_one_is_stale(self, shop: Shop) -> None:
        shop.paid()
        with pytest.raises(NoticeStale):
            read(shop, delivered(shop, "stale"))

    def test_a_true_one_goes_stale(self, shop: Shop) -> None:
        shop.paid()
        body = delivered(shop)
        shop.now += timedelta(hours=27)
        with pytest.raises(NoticeStale):
            read(shop, body)

    def test_one_for_another_application_says_nothing(self, shop: Shop, key_mode: AlipayChannel) -> None:
        shop.paid()
        with pytest.raises(NoticeForged, match="application"):
            read(shop, delivered(shop), key_mode)

    @pytest.mark.parametrize(
        "change",
        [
            lambda form: form[:-20],
            lambda form: form + b"&total_amount=0.01",
            lambda form: form.replace(b"sign_type=RSA2", b"sign_type=RSA"),
            lambda form: form + b"&extra=1",
            lambda form: b"\xff\xfe",
            lambda form: b"",
            lambda form: b"{}",
        ],
    )  # fmt: skip
    def test_a_changed_one_says_nothing(self, shop: Shop, change: object) -> None:
        shop.paid()
        with pytest.raises(NoticeForged):
            read(shop, change(delivered(shop)))  # type: ignore[operator]

    def test_the_way_back_of_the_browser_proves_nothing(self, shop: Shop) -> None:
        """It is signed too, but has no notify_time, and anybody may replay it."""
        page = shop.opened(shop.channel.begin_charge(shop.asked(), now=shop.now).value)
        query = urllib.parse.urlsplit(shop.pay(page).headers["location"]).query.removeprefix("order=1&")
        with pytest.raises(NoticeForged):
            read(shop, query.encode())


class TestRepetition:
    def test_goes_on_until_success_is_said(self, shop: Shop) -> None:
        shop.sandbox.steer("POST", "callbacks", {"sent": True})
        shop.receiver.answers[:] = [(200, b"fail"), (500, b"success"), (200, b"success")]
        shop.paid()
        bodies = [shop.receiver.next().body]
        for seconds in (240, 600):
            shop.step(seconds=seconds)
            bodies.append(shop.receiver.next().body)
        notices = [read(shop, body) for body in bodies]
        assert len({notice.id for notice in notices}) == 1
        answers = [shop.channel.answer_notice(taken=taken) for taken in (True, False)]
        assert [(one.status, one.body) for one in answers] == [(200, b"success"), (500, b"fail")]

    def test_twice_it_is_one_notice(self, shop: Shop) -> None:
        shop.sandbox.fault("callback_twice")
        shop.sandbox.steer("POST", "callbacks", {"sent": True})
        shop.paid()
        first, second = (read(shop, shop.receiver.next().body) for _ in range(2))
        assert first == second
