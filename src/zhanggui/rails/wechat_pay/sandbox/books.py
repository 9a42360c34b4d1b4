"""The gateway's own books: what lies on each merchant's account, and how it came there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from zhanggui.rails.sandbox_server.gateway import House
from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.wechat_pay.sandbox.refusals import Refused
from zhanggui.rails.wechat_pay.values import written

FEE_PPM = 6_000
RATIO_PPM = 300_000
MERCHANT = "1900000001"
APPID = "wx5a4db0x0sandbox1"
SUB_MERCHANTS = tuple(str(number) for number in range(1900000101, 1900000110))
BUYER = "oSandboxBuyer0000000000000001"


class Books:
    """Moves on accounts, amounts in cents; and what the parts of the gateway share: numbers and the time."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.store = house.store
        self._acting_at: datetime | None = None

    def now(self) -> datetime:
        """The gateway's time; while it does by itself what was due, the time at which it was due."""
        return self._acting_at or self.house.clock.now()

    @contextmanager
    def acting_at(self, at: datetime) -> Iterator[None]:
        """Let the block happen at a time before now."""
        self._acting_at = at
        try:
            yield
        finally:
            self._acting_at = None

    def stamp(self) -> str:
        """The gateway's time as it writes it."""
        return written(self.now())

    def number(self, series: str) -> str:
        """A number of the gateway's: of a payment (42...), refund (50...), split (30...), transfer (13...)."""
        prefixes = {
            "transaction": "42000",
            "refund": "50000",
            "split": "30000",
            "transfer": "13300",
            "flow": "19000",
        }
        return f"{prefixes[series]}{self.now():%Y%m%d}{self.store.next(series):015d}"

    def move(
        self, account: str, kind: str, amount: int, *, business: str, voucher: str, memo: str = "",
        at: datetime | None = None,
    ) -> None:  # fmt: skip
        """A move on an account; positive came in. `kind` is 业务名称/业务类型 of the fund-flow bill."""
        flow = self.number("flow")
        self.store.put("flow", flow, {
            "flow": flow, "at": written(at or self.now()), "account": account, "kind": kind, "amount": amount,
            "business": business, "voucher": voucher, "memo": memo,
        })  # fmt: skip
        self.store.put("balance", account, {"amount": self.balance(account) + amount})

    def balance(self, account: str) -> int:
        """All that lies on an account, frozen or not."""
        return int((self.store.get("balance", account) or {"amount": 0})["amount"])

    def later(self, at: datetime, what: str, key: str) -> None:
        """Something the gateway does by itself at a time: `what` of the document with this key."""
        self.store.put("later", f"{what}:{key}", {"at": at.isoformat(), "what": what, "key": key})

    def due(self) -> Document | None:
        """The earliest of what is to be done by now, which is taken off the list; None when nothing is."""
        now = self.now()
        ready = [one for one in self.store.every("later") if datetime.fromisoformat(one["at"]) <= now]
        if not ready:
            return None
        first = min(ready, key=lambda one: datetime.fromisoformat(one["at"]))
        self.store.drop("later", f"{first['what']}:{first['key']}")
        return first

    def frozen(self, account: str) -> int:
        """What waits to be split of the account's orders."""
        orders = self.store.every("order", payee=account, split=True, unfrozen=False)
        return sum(self.remainder(one) for one in orders if one["transaction_id"])

    def available(self, account: str) -> int:
        """What can be paid out of an account."""
        return self.balance(account) - self.frozen(account)

    def remainder(self, order: Document) -> int:
        """What is left of a paid order: what was paid, less the fee, shares and refunds."""
        back = self.refunds_of(order)
        return int(
            order["paid_total"] - order["fee"] - self.shared(order)
            - sum(one["amount"] - one["fee_back"] for one in back) + order["subsidy_paid"]
        )  # fmt: skip

    def refunds_of(self, order: Document) -> list[Document]:
        """Its refunds but for those that were closed."""
        found = [self.got("refund", number) for number in order["refunds"]]
        return [one for one in found if one["status"] != "CLOSED"]

    def shared(self, order: Document) -> int:
        """What was given to others of an order and did not come back."""
        given = 0
        for split in (self.got("split", number) for number in order["splits"]):
            given += sum(
                one["amount"] for one in split["receivers"]
                if one["result"] != "CLOSED" and one["account"] != order["payee"]
            )  # fmt: skip
            returns = [self.got("return", number) for number in split["returns"]]
            given -= sum(one["amount"] for one in returns if one["result"] == "SUCCESS")
        return given

    def got(self, kind: str, key: str) -> Document:
        """A document that is there."""
        found = self.store.get(kind, key)
        assert found is not None, (kind, key)
        return found

    def must_have(self, account: str, amount: int) -> None:
        """Refuse what the account cannot pay."""
        if self.available(account) < amount:
            raise Refused(403, "NOT_ENOUGH", "余额不足")

    def paid_order(self, transaction_id: str) -> Document:
        """The order of a payment. Raises Refused."""
        known = self.store.get("transaction", transaction_id)
        order = self.store.get("order", known["out_trade_no"]) if known else None
        if order is None:
            raise Refused(404, "RESOURCE_NOT_EXISTS", "微信订单号不存在")
        return order


def fee_of(amount: int) -> int:
    """The gateway's fee, cents: 0.60 %, half a cent upwards."""
    return (amount * FEE_PPM + 500_000) // 1_000_000
