"""What the Alipay sandbox does at its own addresses, for whoever has no browser at hand."""

from tests.rails.alipay.conftest import Shop
from zhanggui.payments.channel import ChargeState, Method


def test_somebody_pays(shop: Shop) -> None:
    asked = shop.asked(Method.QR)
    shop.channel.begin_charge(asked, now=shop.now)
    shop.sandbox.steer("POST", "pay", {"out_trade_no": asked.number, "off_by": -45})
    found = shop.channel.query_charge(asked.number, now=shop.now)
    assert (found.state, found.amount_minor) == (ChargeState.PAID, 12300)
    again = shop.sandbox.http.post("/sandbox/pay", json={"out_trade_no": asked.number})
    assert again.status_code == 404


def test_the_seller_takes_money_home(shop: Shop) -> None:
    before = shop.sandbox.steer("POST", "withdraw", {"amount": 1})["balance"]
    assert shop.sandbox.steer("POST", "withdraw", {"amount": 100})["balance"] == before - 100
    assert shop.sandbox.http.post("/sandbox/withdraw", json={"amount": 10**12}).status_code == 400
