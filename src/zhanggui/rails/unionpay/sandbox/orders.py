"""Orders at the gateway: payments, revocations, refunds. Each is known by its number and its time."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from zhanggui.rails.sandbox_server.faults import FaultKind
from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.unionpay.sandbox.wire import SAID, Refused, clearing_day, read_stamp, stamp

FEE_PPM = 6_000
REFUNDABLE = timedelta(days=330)
UNPAID = ""
PAYOUT = "12"
# What an answer repeats of its question.
REPEATED = (
    "version", "encoding", "signMethod", "txnType", "txnSubType", "bizType", "accessType", "merId", "orderId",
    "txnTime", "reqReserved",
)  # fmt: skip


class Orders:
    """The orders of the merchant. An order's `code` is empty until it was tried, then what came of it."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def now(self) -> datetime:
        """The gateway's time."""
        return self.house.clock.now()

    def get(self, number: str, sent: str) -> Document | None:
        """An order by number and time."""
        return self.house.store.get("order", f"{number}|{sent}")

    def put(self, order: Document) -> None:
        """Keep an order."""
        self.house.store.put("order", f"{order['number']}|{order['sent']}", order)

    def every(self) -> list[Document]:
        """All orders."""
        return self.house.store.every("order")

    def begin(self, asked: Mapping[str, str]) -> Document:
        """A payment that somebody is to make; asked for again it is the same one. Raises Refused."""
        number, amount = _number(asked), _amount(asked)
        if asked.get("txnSubType") != "01" or asked.get("bizType") != "000201" or not asked.get("backUrl"):
            raise Refused("13", "txnSubType 01, bizType 000201 and backUrl are needed")
        if asked.get("channelType") not in ("07", "08") or asked.get("currencyCode") != "156":
            raise Refused("10", "channelType 07 or 08, currencyCode 156")
        ends = read_stamp(asked["payTimeout"]) if asked.get("payTimeout") else self.now + timedelta(hours=24)
        if self.now >= ends:
            raise Refused("39", "payTimeout is over")
        if kept := self.get(number, asked["txnTime"]):
            if kept["kind"] != "01" or kept["amount"] != amount or kept["code"] == "00":
                raise Refused("12")
            return kept
        made = self._made(asked, amount) | {
            "ends_at": ends.isoformat(),
            "front_url": asked.get("frontUrl", ""),
        }
        self.put(made)
        self.house.store.put("token", made["token"], {"number": number, "sent": asked["txnTime"]})
        return made

    def _made(self, asked: Mapping[str, str], amount: int) -> Document:
        count = self.house.store.next("orders")
        return {
            "number": asked["orderId"], "sent": asked["txnTime"], "kind": asked["txnType"], "amount": amount,
            "code": UNPAID, "query_id": "", "traced_at": "", "trace_no": f"{count % 1_000_000:06d}", "day": "",
            "back_url": asked.get("backUrl", ""), "token": f"U{count:06d}", "fee": 0, "of": "", "done_at": "",
            "said": {name: asked[name] for name in REPEATED if asked.get(name)},
        }  # fmt: skip

    def by_token(self, token: str) -> Document | None:
        """The order of a pay page."""
        found = self.house.store.get("token", token)
        return self.get(found["number"], found["sent"]) if found else None

    def is_over(self, order: Document) -> bool:
        """Whether it is too late to pay."""
        return self.now >= datetime.fromisoformat(order["ends_at"])

    def pay(self, order: Document, *, amount: int, code: str = "00") -> None:
        """The buyer pays, or his card is refused; after that he may try another."""
        self._trace(order, code)
        if code == "00":
            order |= {"amount": amount, "fee": (amount * FEE_PPM + 500_000) // 1_000_000}
        self.put(order)
        if code == "00":
            self.notify(order)

    def _trace(self, order: Document, code: str) -> None:
        count = self.house.store.next("queries")
        order |= {
            "code": code, "traced_at": self.now.isoformat(), "day": clearing_day(self.now),
            "query_id": f"{stamp(self.now)}{count:07d}",
        }  # fmt: skip

    def _paid(self, query_id: str) -> Document | None:
        found = [one for one in self.every() if one["query_id"] == query_id and one["kind"] == "01"]
        return found[0] if found and found[0]["code"] == "00" else None

    def given_back(self, paid: Document) -> int:
        """Cents given back of a payment, or on their way."""
        return sum(one["amount"] for one in self._back(paid))

    def _back(self, paid: Document) -> list[Document]:
        return [
            one for one in self.every() if one["of"] == paid["query_id"] and self.code(one) in ("00", "05")
        ]

    def code(self, order: Document) -> str:
        """What came of an order by now: 05 while it is on its way."""
        if order["done_at"] and self.now < datetime.fromisoformat(order["done_at"]):
            return "05"
        return str(order["code"])

    def give_back(self, asked: Mapping[str, str]) -> Document:
        """A refund (04), or a revocation (31) of a whole payment on its own clearing day. Raises Refused."""
        number, amount = _number(asked), _amount(asked)
        if asked.get("bizType") != "000201" or not asked.get("origQryId"):
            raise Refused("13", "bizType 000201 and origQryId are needed")
        if self.get(number, asked["txnTime"]):
            raise Refused("12")
        paid = self._paid(asked["origQryId"])
        if paid is None:
            raise Refused("35")
        before = self.given_back(paid)
        if asked["txnType"] == "31" and (amount != paid["amount"] or before):
            raise Refused("36", "a payment is revoked as a whole")
        if asked["txnType"] == "31" and paid["day"] != clearing_day(self.now):
            raise Refused("39", "its clearing day is over")
        if before + amount > paid["amount"]:
            raise Refused("36", "more than was paid")
        if self.now > datetime.fromisoformat(paid["traced_at"]) + REFUNDABLE:
            raise Refused("39", "it was paid too long ago")
        faults = self.house.faults
        fails = faults.take(FaultKind.OUTCOME, of="refund")
        slow = faults.take(FaultKind.SLOW, of="refund")
        made = self._made(asked, amount)
        self._trace(made, fails.value if fails else "00")
        kept = sum(one["fee"] for one in self._back(paid))
        made |= {
            "of": paid["query_id"], "fee": paid["fee"] * (before + amount) // paid["amount"] - kept,
            "done_at": (self.now + timedelta(seconds=slow.seconds or 0)).isoformat() if slow else "",
        }  # fmt: skip
        self.put(made)
        if made["code"] == "00":
            self.notify(made)
        return made

    def pay_out(
        self, asked: Mapping[str, str], *, number: str, amount: int, code: str, ends_at: datetime
    ) -> Document:
        """One payment of a batch (代付): 05 until `ends_at`, then `code`. No notice is ever sent of it."""
        made = self._made({**asked, "orderId": number, "txnType": PAYOUT, "txnSubType": "00"}, amount)
        self._trace(made, code)
        made["done_at"] = ends_at.isoformat()
        self.put(made)
        return made

    def notify(self, order: Document) -> None:
        """Owe a notice; UnionPay sends them of what went well alone."""
        kind = "payment" if order["kind"] == "01" else "refund"
        self.house.callbacks.owe(kind, order["back_url"], self.well(order))

    def well(self, order: Document) -> Document:
        """What the gateway says by itself of an order that went well."""
        return self.told(order) | {"respCode": "00", "respMsg": SAID["00"]}

    def told(self, order: Document) -> Document:
        """What the gateway says of an order that it did."""
        said: Document = order["said"]
        return said | {
            "queryId": order["query_id"], "traceNo": order["trace_no"], "traceTime": stamp_short(order["traced_at"]),
            "settleDate": order["day"][5:].replace("-", ""), "txnAmt": str(order["amount"]), "currencyCode": "156",
            "settleAmt": str(order["amount"]), "settleCurrencyCode": "156", "accNo": "6216***********0018",
            "payType": "0201", "payCardType": "01", **({"origQryId": order["of"]} if order["of"] else {}),
        }  # fmt: skip

    def query(self, asked: Mapping[str, str]) -> Document:
        """What came of an order. One whose page nobody paid on is not found. Raises Refused."""
        order = self.get(asked.get("orderId", ""), asked["txnTime"])
        if order is None or order["code"] == UNPAID:
            raise Refused("34")
        code = self.code(order)
        return self.told(order) | {"origRespCode": code, "origRespMsg": SAID.get(code, code)}


def stamp_short(at: str) -> str:
    """A time as traceTime: without its year."""
    return stamp(datetime.fromisoformat(at))[4:]


def _number(asked: Mapping[str, str]) -> str:
    number = asked.get("orderId", "")
    if not (8 <= len(number) <= 40 and number.isascii() and number.isalnum()):
        raise Refused("10", "orderId has 8 to 40 letters and digits")
    return number


def _amount(asked: Mapping[str, str]) -> int:
    text = asked.get("txnAmt", "")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 12 and int(text)):
        raise Refused("10", "txnAmt is in cents")
    return int(text)
