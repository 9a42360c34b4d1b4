"""The mall at the sandbox of WeChat Pay: a till that pays, hears callbacks, and lets time pass on both sides."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.mall.shopping import Mall
from tests.rails.sandboxes import Receiver, Sandbox, receiving
from zhanggui.clockwork.mind_payments import send_refunds
from zhanggui.journeys.channel_notified import channel_notified
from zhanggui.journeys.payment_begun import payment_begun
from zhanggui.payments.channel import Invitation, Method
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.operations.keep_channel import keep_channel
from zhanggui.payments.wired import adapter
from zhanggui.trade.orders.models import Purchase


@dataclass
class Till:
    """The mall, its sandbox, and where callbacks come in."""

    mall: Mall
    sandbox: Sandbox
    receiver: Receiver

    def begin(self, purchase: Purchase) -> Invitation:
        return payment_begun(
            payment=self.mall.payment(purchase), channel_code="wechat", method=Method.QR,
            notify_url=f"{self.receiver.address}/notices/wechat/", return_url="", payer="", payer_address="127.0.0.1",
            clock=self.mall.clock,
        )  # fmt: skip

    def pay(self, invitation: Invitation, act: str = "pay") -> None:
        """The buyer presses a button on the page of the code."""
        self.sandbox.http.post(invitation.value, data={"act": act, "back": ""})

    def later(self, **time: float) -> None:
        self.mall.clock.later(**time)
        self.sandbox.set_clock(self.mall.clock().isoformat())

    def hear(self) -> int:
        """Take the next callback in, and the status that the channel hears."""
        received = self.receiver.next()
        return channel_notified(
            channel_code="wechat", headers=received.headers, body=received.body, at=self.mall.clock()
        ).status

    def send_refunds(self) -> None:
        send_refunds(
            clock=self.mall.clock, notify_url=lambda code: f"{self.receiver.address}/notices/{code}/"
        )


@contextmanager
def open_till(mall: Mall, process: Sandbox, *, day: int, combines: str, splits: str = "no") -> Iterator[Till]:
    """A till at a running sandbox, which outlives a test: on the mall's `day` nothing of other tests happened there."""
    client = process.client
    keep_channel(
        code="wechat", name={"zh": "微信支付", "en": "WeChat Pay"}, rail="wechat_pay", currency="CNY",
        account=client["settings"]["mchid"],
        settings=client["settings"] | {"combines": combines, "splits": splits}, secrets=client["secrets"],
        at=mall.clock(), actor="tests",
    )  # fmt: skip
    process.steer("DELETE", "callbacks")
    mall.clock.later(days=day)
    process.set_clock(mall.clock().isoformat())
    with receiving() as receiver:
        yield Till(mall, process, receiver)
    adapter(PaymentChannel.objects.get(code="wechat")).close()  # type: ignore[attr-defined]
