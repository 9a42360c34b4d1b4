"""What the tests of WeChat Pay share: a till that knows the sandbox, our client, and the time."""

import itertools
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.rails.sandboxes import Received, Receiver, Sandbox
from zhanggui.payments.channel import ChargeAsked, Invitation, Method, Part, RefundAsked
from zhanggui.rails.wechat_pay.channel import WechatPay
from zhanggui.rails.wechat_pay.values import BEIJING

_numbers = itertools.count(1)


@dataclass
class Till:
    """One day at the sandbox: nothing of other tests happened on it."""

    sandbox: Sandbox
    receiver: Receiver
    now: datetime
    channel: WechatPay

    def step(self, **step: int) -> datetime:
        self.now += timedelta(**step)
        self.sandbox.set_clock(self.now.isoformat())
        return self.now

    def number(self, prefix: str = "P") -> str:
        return f"{prefix}{self.now.astimezone(BEIJING):%Y%m%d%H%M%S}{next(_numbers):06d}"

    def asked(self, amount: int = 10000, method: Method = Method.QR, **more: Any) -> ChargeAsked:
        told: dict[str, Any] = {
            "number": self.number(), "amount_minor": amount, "currency": "CNY", "title": "白瓷茶杯", "method": method,
            "expires_at": self.now + timedelta(minutes=30), "notify_url": f"{self.receiver.address}/notify",
        }  # fmt: skip
        return ChargeAsked(**(told | more))

    def begin(self, asked: ChargeAsked) -> Invitation:
        return self.channel.begin_charge(asked, now=self.now)

    def pay(self, number: str, **how: Any) -> None:
        self.sandbox.steer("POST", "pay", {"out_trade_no": number} | how)

    def paid(self, amount: int = 10000, *, splits: bool = False) -> tuple[str, str]:
        """A paid charge: our number and theirs."""
        asked = self.asked(amount, splits=splits, notify_url="http://127.0.0.1:9/")
        self.begin(asked)
        self.pay(asked.number)
        return asked.number, self.channel.query_charge(asked.number, now=self.now).channel_number

    def refund_asked(self, charge: tuple[str, str], total: int, amount: int, **more: Any) -> RefundAsked:
        told: dict[str, Any] = {
            "number": self.number("R"), "charge_number": charge[0], "charge_channel_number": charge[1],
            "charge_minor": total, "amount_minor": amount, "currency": "CNY", "reason": "七天无理由退货",
        }  # fmt: skip
        return RefundAsked(**(told | more))

    def parts(self, *amounts: int) -> list[Part]:
        merchants = self.sandbox.client["sub_merchants"]
        return [
            Part(self.number("S"), merchant, amount, f"店铺 {merchant}")
            for merchant, amount in zip(merchants, amounts, strict=False)
        ]

    def read(self, received: Received, **more: Any) -> Any:
        told = {"headers": received.headers, "body": received.body, "now": self.now} | more
        return self.channel.read_notice(**told)

    def balance(self, account: str = "1900000001") -> dict[str, int]:
        return self.sandbox.steer("GET", "balances")[account]

    def requests(self, path: str) -> list[dict[str, Any]]:
        return self.sandbox.steer("GET", "requests", path=path)


def document(received: Received) -> dict[str, Any]:
    return json.loads(received.body)
