"""Trades: made, paid, closed, given back."""

from datetime import datetime, timedelta
from typing import Any

from zhanggui.rails.alipay.sandbox.wire import Refused, cents, read_time, written, yuan
from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.store import Document

FEE_PPM = 6_000
LIFE = timedelta(days=15)
REFUNDABLE = timedelta(days=365)
PRODUCTS = {
    "alipay.trade.page.pay": ("FAST_INSTANT_TRADE_PAY",),
    "alipay.trade.wap.pay": ("QUICK_WAP_PAY", "QUICK_WAP_WAY"),
    "alipay.trade.app.pay": ("QUICK_MSECURITY_PAY",),
    "alipay.trade.precreate": ("FACE_TO_FACE_PAYMENT", ""),
}
BUYER = "2088502900001234"
# A precreated trade is not there for queries until somebody scanned its code.
UNSCANNED, WAITING, CLOSED, PAID, FINISHED = (
    "UNSCANNED",
    "WAIT_BUYER_PAY",
    "TRADE_CLOSED",
    "TRADE_SUCCESS",
    "TRADE_FINISHED",
)


class Trades:
    """The trades of the seller, by its own numbers."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def now(self) -> datetime:
        """The gateway's time."""
        return self.house.clock.now()

    def make(self, app: str, method: str, asked: Document, common: Document, *, seller: str) -> Document:
        """The trade of a request for payment: a new one, or the one of before when it is asked for again."""
        number = _text(asked, "out_trade_no", 64)
        subject, total = _text(asked, "subject", 256), cents(asked.get("total_amount", ""))
        if str(asked.get("product_code", "")) not in PRODUCTS[method]:
            raise Refused("ACQ.INVALID_PARAMETER", f"product_code does not go with {method}")
        if asked.get("seller_id", seller) != seller:
            raise Refused("ACQ.INVALID_PARAMETER", "seller_id is not the application's")
        if not 1 <= total <= 10_000_000_000:
            raise Refused("ACQ.TOTAL_FEE_EXCEED", "the amount is out of bounds")
        try:
            expires = read_time(str(asked["time_expire"])) if asked.get("time_expire") else self.now + LIFE
        except ValueError:
            raise Refused("ACQ.INVALID_PARAMETER", "time_expire is yyyy-MM-dd HH:mm:ss") from None
        if kept := self.get(number):
            if (kept["total"], kept["subject"]) != (total, subject):
                raise Refused("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
            if kept["status"] in (PAID, FINISHED) or kept["paid_at"]:
                raise Refused("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
            if kept["status"] == CLOSED:
                raise Refused("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
            return kept
        if expires <= self.now:
            raise Refused("ACQ.INVALID_PARAMETER", "time_expire is over")
        count = self.house.store.next("trades")
        extend = asked.get("extend_params") or {}
        made = {
            "number": number, "trade_no": f"{self.now:%Y%m%d}22001{count:011d}1234", "app": app, "total": total,
            "subject": subject, "status": UNSCANNED if method == "alipay.trade.precreate" else WAITING,
            "method": method, "made_at": self.now.isoformat(), "expires_at": expires.isoformat(), "paid_at": "",
            "buyer": "", "refunds": [], "fee": 0, "notify_url": common.get("notify_url", ""),
            "return_url": common.get("return_url", ""), "token": f"T{count:06d}",
            "freezes": str(extend.get("royalty_freeze", "")) == "true", "settles": [], "finished": False,
        }  # fmt: skip
        self.put(made)
        self.house.store.put("trade_no", made["trade_no"], {"number": number})
        self.house.store.put("token", made["token"], {"number": number})
        return made

    def put(self, trade: Document) -> None:
        """Keep a trade."""
        self.house.store.put("trade", trade["number"], trade)

    def get(self, number: str) -> Document | None:
        """A trade as it is now: time closes it unpaid, makes its divisions, and ends it a year after it was paid."""
        trade = self.house.store.get("trade", number)
        if trade is None:
            return None
        if trade["status"] in (WAITING, UNSCANNED) and self.now >= datetime.fromisoformat(
            trade["expires_at"]
        ):
            trade["status"] = CLOSED
        elif trade["status"] == PAID and self.now >= datetime.fromisoformat(trade["paid_at"]) + REFUNDABLE:
            trade["status"] = FINISHED
        for share in [one for settle in trade["settles"] for one in settle["shares"]]:
            if share["state"] == "PROCESSING" and datetime.fromisoformat(share["done_at"]) <= self.now:
                share["state"] = "FAIL" if share["reason"] else "SUCCESS"
        self.put(trade)
        return trade

    def by_token(self, token: str) -> Document | None:
        """The trade of a pay page."""
        found = self.house.store.get("token", token)
        return self.get(found["number"]) if found else None

    def every(self) -> list[Document]:
        """All trades."""
        numbers = [one["number"] for one in self.house.store.every("trade")]
        return [trade for number in numbers if (trade := self.get(number))]

    def found(self, asked: Document) -> Document:
        """The trade that a request names, by Alipay's number first. Raises Refused."""
        number = str(asked.get("out_trade_no", ""))
        if theirs := asked.get("trade_no"):
            number = str((self.house.store.get("trade_no", str(theirs)) or {"number": ""})["number"])
        elif not number:
            raise Refused("ACQ.INVALID_PARAMETER", "out_trade_no or trade_no is needed")
        trade = self.get(number)
        if trade is None or trade["status"] == UNSCANNED:
            raise Refused("ACQ.TRADE_NOT_EXIST", "交易不存在")
        return trade

    def pay(self, trade: Document, *, amount: int, buyer: str = BUYER) -> None:
        """The buyer pays; an `amount` that was not asked for is what a gateway gone wrong would report."""
        trade |= {
            "status": PAID, "paid_at": self.now.isoformat(), "buyer": buyer, "total": amount,
            "fee": (amount * FEE_PPM + 500_000) // 1_000_000,
        }  # fmt: skip
        self.put(trade)
        self.notify(trade)

    def notify(self, trade: Document, *, refund: Document | None = None) -> None:
        """Owe a notice of what a trade has come to."""
        strange = self.house.faults.take(FaultKind.OUTCOME, of="notice")
        self.house.callbacks.owe(
            "refund" if refund else "payment", trade["notify_url"],
            {
                "app": trade["app"], "notify_id": f"{self.now:%Y%m%d}{self.house.store.next('notices'):024d}",
                "signing": strange.value if strange else "", "form": self._form(trade, refund),
            },
        )  # fmt: skip

    def _form(self, trade: Document, refund: Document | None) -> Document:
        paid = yuan(trade["total"])
        form = {
            "notify_type": "trade_status_sync", "charset": "utf-8", "version": "1.0", "app_id": trade["app"],
            "auth_app_id": trade["app"], "trade_no": trade["trade_no"], "out_trade_no": trade["number"],
            "buyer_id": trade["buyer"], "trade_status": trade["status"], "total_amount": paid,
            "receipt_amount": paid, "invoice_amount": paid, "buyer_pay_amount": paid, "point_amount": "0.00",
            "subject": trade["subject"], "gmt_create": written(trade["made_at"]),
            "gmt_payment": written(trade["paid_at"]),
            "fund_bill_list": f'[{{"amount":"{paid}","fundChannel":"ALIPAYACCOUNT"}}]',
        }  # fmt: skip
        if refund:
            form |= {
                "out_biz_no": refund["number"], "refund_fee": yuan(refunded(trade)),
                "gmt_refund": f"{written(refund['done_at'])}.000",
            }  # fmt: skip
        return {name: value for name, value in form.items() if value}

    def query(self, asked: Document) -> Document:
        """alipay.trade.query"""
        trade = self.found(asked)
        said = {
            "trade_no": trade["trade_no"], "out_trade_no": trade["number"], "trade_status": trade["status"],
            "total_amount": yuan(trade["total"]), "buyer_logon_id": "tes***@sandbox.com",
        }  # fmt: skip
        if trade["paid_at"]:
            said |= {
                "buyer_user_id": trade["buyer"], "send_pay_date": written(trade["paid_at"]),
                "receipt_amount": yuan(trade["total"]), "buyer_pay_amount": yuan(trade["total"]),
                "invoice_amount": yuan(trade["total"]), "point_amount": "0.00",
                "fund_bill_list": [{"amount": yuan(trade["total"]), "fund_channel": "ALIPAYACCOUNT"}],
            }  # fmt: skip
        return said

    def close(self, asked: Document) -> Document:
        """alipay.trade.close"""
        trade = self.found(asked)
        if trade["status"] != WAITING:
            raise Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        self.put(trade | {"status": CLOSED})
        return {"trade_no": trade["trade_no"], "out_trade_no": trade["number"]}

    def cancel(self, asked: Document) -> tuple[Document, int]:
        """alipay.trade.cancel: closes what is unpaid; what is paid is to be given back, so much."""
        trade = self.get(str(asked.get("out_trade_no", "")))
        if trade is None:
            raise Refused("ACQ.TRADE_NOT_EXIST", "交易不存在")
        left = trade["total"] - refunded(trade) if trade["paid_at"] else 0
        if not trade["paid_at"]:
            self.put(trade | {"status": CLOSED})
        elif datetime.fromisoformat(trade["paid_at"]) + timedelta(days=1) < self.now:
            raise Refused("ACQ.CANCEL_TIME_OUT", "撤销时间超过限制")
        said: dict[str, Any] = {
            "trade_no": trade["trade_no"],
            "out_trade_no": trade["number"],
            "retry_flag": "N",
        }
        return said | {"action": "refund" if left else "close"}, left


def refunded(trade: Document) -> int:
    """Cents given back of a trade, or on their way."""
    return sum(one["amount"] for one in trade["refunds"])


def _text(asked: Document, name: str, most: int) -> str:
    value = str(asked.get(name) or "")
    if not 0 < len(value) <= most:
        raise Refused("ACQ.INVALID_PARAMETER", f"{name} has 1 to {most} characters")
    if name == "out_trade_no" and not (value.isascii() and value.replace("_", "a").isalnum()):
        raise Refused("ACQ.INVALID_PARAMETER", "out_trade_no has letters, digits and _ alone")
    return value
