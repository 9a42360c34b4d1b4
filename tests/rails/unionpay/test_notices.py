"""Notices of UnionPay: carried over real HTTP, verified, and every way in which they lie."""

import urllib.parse
from datetime import timedelta

import pytest

from tests.rails.unionpay.conftest import Shop
from zhanggui.payments.channel import ChargeState, Notice, NoticeForged, NoticeStale, RefundState


def read(shop: Shop, body: bytes) -> Notice:
    return shop.channel.read_notice(headers={}, body=body, now=shop.now)


class TestTruth:
    def test_says_what_was_paid(self, shop: Shop) -> None:
        charge = shop.paid()
        notice = read(shop, shop.delivered())
        assert notice.id and notice.refund is None
        assert notice.charge is not None
        assert (notice.charge.number, notice.charge.state) == (charge.number, ChargeState.PAID)
        assert (notice.charge.amount_minor, notice.charge.currency) == (12345, "CNY")
        assert (notice.charge.channel_number, notice.charge.paid_at) == (
            charge.channel_number,
            charge.paid_at,
        )
        assert notice.charge.account == shop.channel.gateway.merchant

    def test_says_what_was_given_back(self, shop: Shop) -> None:
        charge = shop.paid()
        wanted = shop.refund(charge, 45)
        shop.channel.refund(wanted, now=shop.now)
        notice = read(shop, shop.delivered())
        assert notice.charge is None and notice.refund is not None
        assert (notice.refund.number, notice.refund.state, notice.refund.amount_minor) == (
            wanted.number, RefundState.SUCCEEDED, 45,
        )  # fmt: skip

    def test_another_amount_comes_as_it_was_paid(self, shop: Shop) -> None:
        shop.decide(shop.page(shop.asked()), "pay_other", amount="1")
        charge = read(shop, shop.delivered()).charge
        assert charge is not None and charge.amount_minor == 1

    def test_a_year_ends_between_number_and_trade(self, shop: Shop) -> None:
        shop.now = shop.now.replace(month=12, day=31, hour=23, minute=50)
        shop.step()
        asked = shop.asked()
        page = shop.page(asked)
        shop.step(minutes=20)
        shop.decide(page)
        charge = read(shop, shop.delivered()).charge
        assert charge is not None and charge.paid_at == shop.now
        assert shop.now.year == 2027


class TestLies:
    @pytest.mark.parametrize("writing", ["forged", "probe", "altered"])
    def test_are_seen(self, shop: Shop, writing: str) -> None:
        shop.paid()
        with pytest.raises(NoticeForged):
            read(shop, shop.delivered(writing))

    def test_an_old_one_is_stale(self, shop: Shop) -> None:
        shop.paid()
        with pytest.raises(NoticeStale):
            read(shop, shop.delivered("stale"))

    def test_a_true_one_goes_stale(self, shop: Shop) -> None:
        shop.paid()
        body = shop.delivered()
        shop.now += timedelta(hours=25)
        with pytest.raises(NoticeStale):
            read(shop, body)

    @pytest.mark.parametrize(
        "change",
        [
            lambda form: form[:-40],
            lambda form: form + b"&txnAmt=1",
            lambda form: form + b"&extra=1",
            lambda form: form.replace(b"version=5.1.0", b"version=5.0.0"),
            lambda form: form.replace(b"signMethod=01", b"signMethod=11"),
            lambda form: form.replace(b"BEGIN+CERTIFICATE", b"BEGIN+NOTHING"),
            lambda form: b"\xff\xfe",
            lambda form: b"",
        ],
    )
    def test_a_changed_one_says_nothing(self, shop: Shop, change: object) -> None:
        shop.paid()
        with pytest.raises(NoticeForged):
            read(shop, change(shop.delivered()))  # type: ignore[operator]

    def test_the_merchant_s_own_certificate_is_not_unionpay_s(self, shop: Shop) -> None:
        """The chain holds, the name does not: whoever has a certificate of the same issuer is not UnionPay."""
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        from zhanggui.rails.unionpay import signing

        shop.paid()
        form = dict(urllib.parse.parse_qsl(shop.delivered().decode()))
        keys = shop.sandbox.folder / "keys"
        form["signPubKeyCert"] = (keys / "merchant_cert.pem").read_text().strip()
        key = load_pem_private_key((keys / "merchant_key.pem").read_bytes(), None)
        form["signature"] = signing.signature(form, key)  # type: ignore[arg-type]
        with pytest.raises(NoticeForged, match="中国银联股份有限公司"):
            read(shop, urllib.parse.urlencode(form).encode())


class TestRepetition:
    def test_goes_on_until_the_status_is_200(self, shop: Shop) -> None:
        while not shop.receiver.heard.empty():
            shop.receiver.heard.get()
        shop.sandbox.steer("POST", "callbacks", {"sent": True})
        shop.receiver.answers[:] = [(500, b""), (302, b""), (200, b"")]
        shop.paid()
        bodies = [shop.receiver.next().body]
        for seconds in (60, 120):
            shop.step(seconds=seconds)
            bodies.append(shop.receiver.next().body)
        assert len({read(shop, body).id for body in bodies}) == 1
        answers = [shop.channel.answer_notice(taken=taken).status for taken in (True, False)]
        assert answers == [200, 500]
