"""python-alipay-sdk talks to the same sandbox: what it asks is understood, what it hears it believes."""

import json
import urllib.parse
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest
from alipay import AliPay, DCAliPay
from alipay.exceptions import AliPayValidationError

from tests.rails.alipay.conftest import Shop
from zhanggui.payments.channel import ChargeState, RefundState
from zhanggui.rails.alipay import signing
from zhanggui.rails.alipay.transfers import TransferState

# What the library leans on of OpenSSL is going away; that is its affair.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")


@pytest.fixture(autouse=True)
def by_the_wall(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The library writes the machine's local time without its zone; Alipay reads Beijing's."""
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    import time

    time.tzset()
    shop.now = datetime.now().astimezone().replace(microsecond=0)
    shop.step()
    yield
    monkeypatch.delenv("TZ")
    time.tzset()


@pytest.fixture
def plain(shop: Shop) -> AliPay:
    """The library in key mode."""
    told = shop.sandbox.client["key_mode"]
    made = AliPay(
        appid=told["settings"]["app_id"], app_private_key_string=told["secrets"]["app_private_key"],
        alipay_public_key_string=told["secrets"]["alipay_public_key"],
    )  # fmt: skip
    made._gateway = told["settings"]["gateway"]
    return made


@pytest.fixture
def certified(shop: Shop) -> DCAliPay:
    """The library in certificate mode."""
    told = shop.sandbox.client
    secrets = told["secrets"]
    made = DCAliPay(
        appid=told["settings"]["app_id"], app_private_key_string=secrets["app_private_key"],
        app_public_key_cert_string=secrets["app_certificate"],
        alipay_public_key_cert_string=secrets["alipay_certificate"],
        alipay_root_cert_string=secrets["alipay_root_certificate"],
    )  # fmt: skip
    made._gateway = told["settings"]["gateway"]
    return made


def test_certificates_are_called_alike(shop: Shop, certified: DCAliPay) -> None:
    keys = shop.channel.gateway.keys
    assert (certified.app_cert_sn, certified.alipay_root_cert_sn) == (keys.app_number, keys.root_number)


def test_its_payment_is_ours_to_query(shop: Shop, certified: DCAliPay) -> None:
    number = shop.number()
    notify = f"{shop.receiver.address}/library"
    order = certified.api_alipay_trade_page_pay("book", number, "88.88", "http://127.0.0.1:9/back", notify)
    shop.pay(shop.opened(f"/gateway.do?{order}"))
    assert certified.api_alipay_trade_query(out_trade_no=number)["trade_status"] == "TRADE_SUCCESS"
    found = shop.channel.query_charge(number, now=shop.now)
    assert (found.state, found.amount_minor) == (ChargeState.PAID, 8888)


def test_our_payment_is_its_to_query_and_refund(shop: Shop, plain: AliPay) -> None:
    asked = shop.paid(10000)
    assert plain.api_alipay_trade_query(out_trade_no=asked.number)["total_amount"] == "100.00"
    said = plain.api_alipay_trade_refund("12.34", out_trade_no=asked.number, out_request_no="LIB1")
    assert (said["fund_change"], said["refund_fee"]) == ("Y", "12.34")
    found = plain.api_alipay_trade_fastpay_refund_query("LIB1", out_trade_no=asked.number)
    assert found["refund_status"] == "REFUND_SUCCESS"
    ours = shop.channel.query_refund("LIB1", charge_number=asked.number, now=shop.now)
    assert (ours.state, ours.amount_minor) == (RefundState.SUCCEEDED, 1234)


def test_our_signatures_are_its_signatures(shop: Shop, plain: AliPay) -> None:
    asked = {"b": "二 &=", "a": "1", "c": json.dumps({"x": "y"})}
    theirs = urllib.parse.parse_qs(plain.sign_data(dict(asked)))["sign"][0]
    assert signing.signature(signing.request_text(asked), shop.channel.gateway.keys.ours) == theirs


def test_it_makes_codes_and_closes(shop: Shop, plain: AliPay) -> None:
    number = shop.number()
    code = plain.api_alipay_trade_precreate("book", number, "1.00")["qr_code"]
    shop.opened(code)
    assert plain.api_alipay_trade_close(out_trade_no=number)["code"] == "10000"
    assert shop.channel.query_charge(number, now=shop.now).state is ChargeState.CLOSED


def test_it_divides(shop: Shop, certified: DCAliPay) -> None:
    asked = shop.paid(10000, splits=True)
    trade = shop.channel.query_charge(asked.number, now=shop.now).channel_number
    one = {"type": "userId", "account": "2088100000000077"}
    certified.server_api(
        "alipay.trade.royalty.relation.bind", {"receiver_list": [one], "out_request_no": "B1"}
    )
    shares = [{"trans_in": one["account"], "trans_in_type": "userId", "amount": "15.00"}]
    settled = certified.api_alipay_trade_order_settle("LS1", trade, shares)
    assert settled["code"] == "10000"
    found = shop.channel.query_split("LS1", charge_channel_number=trade, now=shop.now)
    assert [(share.account, share.amount_minor) for share in found.shares] == [(one["account"], 1500)]
    assert shop.channel.left_to_split(trade, now=shop.now) == 1500


def test_it_pays_out_in_certificate_mode(shop: Shop, certified: DCAliPay) -> None:
    number = shop.number()
    said = certified.api_alipay_fund_trans_uni_transfer(
        number, "ALIPAY_USER_ID", "2088000000000011", "1.50", "张三"
    )
    assert said["status"] == "SUCCESS"
    found = shop.channel.query_transfer(number, now=shop.now)
    assert (found.state, found.amount_minor) == (TransferState.SUCCEEDED, 150)


def test_it_fetches_the_bill(shop: Shop, plain: AliPay) -> None:
    shop.paid(10000)
    day = shop.now.date()
    # The sandbox lives a day ahead; the library goes on by the clock on the wall.
    shop.sandbox.set_clock((shop.now + timedelta(days=1, hours=12)).isoformat())
    said = plain.server_api(
        "alipay.data.dataservice.bill.downloadurl.query", {"bill_type": "trade", "bill_date": f"{day}"}
    )
    assert httpx.get(said["bill_download_url"], trust_env=False).content.startswith(b"PK")


def test_it_believes_the_sandbox_s_notices_as_we_do(shop: Shop, certified: DCAliPay) -> None:
    shop.sandbox.deliver()
    while not shop.receiver.heard.empty():
        shop.receiver.heard.get()
    asked = shop.paid(10000)
    [*_, last] = shop.sandbox.steer("GET", "callbacks")
    shop.sandbox.deliver(last["id"])
    body = shop.receiver.next().body
    form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True))
    signed = form.pop("sign")
    assert certified.verify(form, signed)
    charge = shop.channel.read_notice(headers={}, body=body, now=shop.now).charge
    assert charge is not None and charge.number == asked.number


def test_it_refuses_what_we_refuse(shop: Shop, plain: AliPay) -> None:
    shop.sandbox.fault("wrong_signature", path="/gateway.do")
    with pytest.raises(AliPayValidationError):
        plain.api_alipay_trade_query(out_trade_no="P1")
