"""The mall at the sandbox of a channel: a till that pays, hears callbacks, and lets time pass on both sides."""

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
    channel: str = "wechat"

    def begin(self, purchase: Purchase, method: Method | None = None) -> Invitation:
        method = method or (Method.QR if self.channel == "wechat" else Method.PAGE)
        return payment_begun(
            payment=self.mall.payment(purchase), channel_code=self.channel, method=method,
            notify_url=f"{self.receiver.address}/notices/{self.channel}/", return_url="", payer="", payer_address="127.0.0.1",
            clock=self.mall.clock,
        )  # fmt: skip

    def pay(self, invitation: Invitation, act: str = "pay") -> None:
        """The buyer presses a button on the channel's page."""
        page = invitation.value
        if self.channel == "alipay":
            page = self.sandbox.http.get(page).headers["location"]
        self.sandbox.http.post(page, data={"act": act, "action": act, "back": ""})

    def later(self, **time: float) -> None:
        self.mall.clock.later(**time)
        self.sandbox.set_clock(self.mall.clock().isoformat())

    def hear(self) -> int:
        """Take the next callback in, and the status that the channel hears."""
        received = self.receiver.next()
        return channel_notified(
            channel_code=self.channel, headers=received.headers, body=received.body, at=self.mall.clock()
        ).status

    def send_refunds(self) -> None:
        send_refunds(
            clock=self.mall.clock, notify_url=lambda code: f"{self.receiver.address}/notices/{code}/"
        )


@contextmanager
def open_till(
    mall: Mall, process: Sandbox, *, day: int, combines: str = "no", splits: str = "no", channel: str = "wechat",
    **settings: str,
) -> Iterator[Till]:  # fmt: skip
    """A till at a running sandbox, which outlives a test: on the mall's `day` nothing of other tests happened there."""
    client = process.client
    wechat = channel == "wechat"
    keep_channel(
        code=channel, name={"zh": "微信支付", "en": "WeChat Pay"} if wechat else {"zh": "支付宝", "en": "Alipay"},
        rail="wechat_pay" if wechat else "alipay", currency="CNY",
        account=client["settings"]["mchid" if wechat else "seller_id"],
        settings=client["settings"] | {"combines": combines, "splits": splits} | settings,
        secrets=client["secrets"], at=mall.clock(), actor="tests",
    )  # fmt: skip
    process.steer("DELETE", "callbacks")
    process.steer("DELETE", "faults")
    mall.clock.later(days=day)
    process.set_clock(mall.clock().isoformat())
    with receiving() as receiver:
        yield Till(mall, process, receiver, channel)
    adapter(PaymentChannel.objects.get(code=channel)).close()  # type: ignore[attr-defined]
