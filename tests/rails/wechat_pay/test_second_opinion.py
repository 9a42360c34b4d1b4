"""An independent library, wechatpayv3, at the same sandbox: what it signs is accepted, what it gets it verifies."""

import gzip
import hashlib
import json
from typing import Any

import pytest
from wechatpayv3 import WeChatPay, WeChatPayType

from tests.rails.wechat_pay.till import Till


@pytest.fixture
def library(till: Till) -> WeChatPay:
    client = till.sandbox.client
    settings, secrets = client["settings"], client["secrets"]
    made = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE, mchid=settings["mchid"], private_key=_bare(secrets["private_key"]),
        cert_serial_no=settings["serial_no"], apiv3_key=secrets["api_v3_key"], appid=settings["appid"],
        notify_url=f"{till.receiver.address}/notify", public_key=_bare(settings["public_key"]),
        public_key_id=settings["public_key_id"], timeout=(5, 15),
    )  # fmt: skip
    made._core._gate_way = settings["base_url"]
    return made


def _bare(pem: str) -> str:
    return pem.strip()


def _said(answer: tuple[int, Any], status: int = 200) -> dict[str, Any]:
    code, message = answer
    assert code == status, message
    return json.loads(message) if message else {}


def _paid(till: Till, library: WeChatPay, total: int, **more: Any) -> tuple[str, str]:
    number = till.number("L")
    made = library.pay(description="白瓷茶杯", out_trade_no=number, amount={"total": total}, **more)
    assert _said(made)["code_url"].startswith(till.sandbox.address)
    till.pay(number)
    return number, _said(library.query(out_trade_no=number))["transaction_id"]


def test_pays_queries_and_reads_the_callback(till: Till, library: WeChatPay) -> None:
    number, transaction = _paid(till, library, 8800)
    found = _said(library.query(transaction_id=transaction))
    assert (found["trade_state"], found["amount"]["total"], found["out_trade_no"]) == (
        "SUCCESS",
        8800,
        number,
    )
    received = till.receiver.next()
    told = library.callback(received.headers, received.body)
    assert told["event_type"] == "TRANSACTION.SUCCESS" and told["resource"]["out_trade_no"] == number


def test_refuses_the_callbacks_that_are_not_true(till: Till, library: WeChatPay) -> None:
    till.sandbox.fault("callback_never", of="charge")
    _paid(till, library, 8800)
    held = till.sandbox.steer("GET", "callbacks")[-1]["id"]
    for writing in ("forged", "altered"):
        till.sandbox.deliver(held, writing)
        received = till.receiver.next()
        assert not library.callback(received.headers, received.body)


def test_believes_a_year_old_one_where_we_do_not(till: Till, library: WeChatPay) -> None:
    """Why our client looks at the time itself."""
    till.sandbox.fault("callback_never", of="charge")
    number, _ = _paid(till, library, 8800)
    till.sandbox.deliver(till.sandbox.steer("GET", "callbacks")[-1]["id"], "stale")
    received = till.receiver.next()
    assert library.callback(received.headers, received.body)["resource"]["out_trade_no"] == number


def test_closes(till: Till, library: WeChatPay) -> None:
    number = till.number("L")
    _said(library.pay(description="茶杯", out_trade_no=number, amount={"total": 100}))
    assert library.close(out_trade_no=number)[0] == 204
    assert _said(library.query(out_trade_no=number))["trade_state"] == "CLOSED"


def test_refunds(till: Till, library: WeChatPay) -> None:
    number, transaction = _paid(till, library, 8800)
    name = till.number("LR")
    taken = _said(
        library.refund(
            out_refund_no=name, transaction_id=transaction, reason="退货",
            amount={"refund": 800, "total": 8800, "currency": "CNY"},
        )
    )  # fmt: skip
    assert (taken["status"], taken["out_trade_no"]) == ("PROCESSING", number)
    till.step(seconds=2)
    assert _said(library.query_refund(name))["status"] == "SUCCESS"


def test_sends_an_abnormal_refund_to_another_card(till: Till, library: WeChatPay) -> None:
    _, transaction = _paid(till, library, 8800)
    name, amount = till.number("LR"), {"refund": 8800, "total": 8800, "currency": "CNY"}
    till.sandbox.fault("outcome", of="refund", value="ABNORMAL")
    taken = _said(
        library.refund(out_refund_no=name, transaction_id=transaction, reason="退货", amount=amount)
    )
    till.step(seconds=2)
    card = {"bank_type": "ICBC_DEBIT", "bank_account": "6222020000000000001", "real_name": "张三"}
    sent = _said(library.abnormal_refund(taken["refund_id"], name, "USER_BANK_CARD", **card))
    assert (sent["status"], sent["channel"]) == ("PROCESSING", "OTHER_BANKCARD")
    again = library.abnormal_refund(taken["refund_id"], name, "USER_BANK_CARD", **card)
    assert _said(again, 400)["code"] == "INVALID_REQUEST"
    till.step(seconds=2)
    assert _said(library.query_refund(name))["status"] == "SUCCESS"


def test_splits_asks_what_is_left_takes_back_and_unfreezes(till: Till, library: WeChatPay) -> None:
    _, transaction = _paid(till, library, 10000, settle_info={"profit_sharing": True})
    _said(library.profitsharing_add_receiver("MERCHANT_ID", "1900000103", "SUPPLIER", name="供应商"))
    till.step(seconds=60)
    name = till.number("LF")
    receivers = [{"type": "MERCHANT_ID", "account": "1900000103", "amount": 2000, "description": "分账"}]
    _said(library.profitsharing_order(transaction, name, receivers, unfreeze_unsplit=False))
    till.step(seconds=2)
    done = _said(library.profitsharing_order_query(transaction, name))
    assert (done["state"], done["receivers"][0]["result"]) == ("FINISHED", "SUCCESS")
    assert _said(library.profitsharing_amount_query(transaction))["unsplit_amount"] == 1000
    back = till.number("LG")
    returned = library.profitsharing_return(back, "1900000103", 500, "退货", out_order_no=name)
    assert _said(returned)["result"] == "SUCCESS"
    assert _said(library.profitsharing_return_query(name, back))["amount"] == 500
    _said(library.profitsharing_unfreeze(transaction, till.number("LU"), "解冻"))


def test_fetches_a_bill(till: Till, library: WeChatPay) -> None:
    day = till.now.date().isoformat()
    number, _ = _paid(till, library, 8800)
    till.step(days=1)
    told = _said(library.trade_bill(day))
    code, packed = library.download_bill(told["download_url"])
    content = gzip.decompress(packed)
    assert code == 200 and hashlib.sha1(content, usedforsecurity=False).hexdigest() == told["hash_value"]
    assert number in content.decode("utf-8-sig")
    assert _said(library.fundflow_bill(day))["hash_type"] == "SHA1"


def test_transfers(till: Till, library: WeChatPay) -> None:
    till.sandbox.steer("POST", "top_up", {"amount": 1_000_000})
    name = till.number("LT")
    made = library.mch_transfer_bills(
        out_bill_no=name, transfer_scene_id="1005", openid="oA", transfer_amount=5000, transfer_remark="佣金",
        user_name="李四", transfer_scene_report_infos=[{"info_type": "岗位类型", "info_content": "分销员"}],
    )  # fmt: skip
    assert _said(made)["state"] == "WAIT_USER_CONFIRM"
    till.sandbox.steer("POST", "confirm", {"out_bill_no": name})
    assert _said(library.mch_transfer_bills_query(out_bill_no=name))["state"] == "SUCCESS"


def test_combines(till: Till, library: WeChatPay) -> None:
    number, parts = till.number("LC"), till.parts(3000, 7000)
    orders = [
        {
            "mchid": "1900000001", "sub_mchid": part.account, "out_trade_no": part.number, "attach": "x",
            "description": part.title, "amount": {"total_amount": part.amount_minor, "currency": "CNY"},
        } for part in parts
    ]  # fmt: skip
    assert "code_url" in _said(library.combine_pay(number, orders))
    till.pay(number)
    found = _said(library.combine_query(number))
    assert [one["trade_state"] for one in found["sub_orders"]] == ["SUCCESS", "SUCCESS"]


def test_a_wrong_signature_is_401(till: Till, library: WeChatPay) -> None:
    library._core._cert_serial_no = "0" * 40
    code, message = library.query(out_trade_no="P1")
    assert code == 401 and json.loads(message)["code"] == "SIGN_ERROR"
