"""The mall and WeChat Pay end to end: our adapter, the sandbox as a process, its callbacks over HTTP, its bills."""

import hashlib
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.mall.shopping import Mall
from tests.rails.sandboxes import Receiver, Sandbox, receiving, running
from zhanggui.clockwork.mind_payments import ask_for_charges, send_refunds
from zhanggui.journeys.channel_notified import channel_notified
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.payment_begun import payment_begun
from zhanggui.payments.channel import Invitation, Method
from zhanggui.payments.models import ChannelNotice, Charge, ChargePart, PaymentChannel, Refund
from zhanggui.payments.operations.keep_channel import keep_channel
from zhanggui.payments.wired import adapter
from zhanggui.rails.wechat_pay.bills import WechatTradeReader
from zhanggui.settlement.reconciliation.kinds import RowKind
from zhanggui.settlement.reconciliation.records import BillFile, Expected
from zhanggui.trade.orders.models import Order, OrderState, Purchase

_days = itertools.count(1, 4)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.wechat_pay.sandbox", tmp_path_factory.mktemp("wechat")) as sandbox:
        yield sandbox


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


@pytest.fixture(params=["no", "yes"], ids=["single", "combined"])
def till(mall: Mall, process: Sandbox, request: pytest.FixtureRequest) -> Iterator[Till]:
    client = process.client
    keep_channel(
        code="wechat", name={"zh": "微信支付", "en": "WeChat Pay"}, rail="wechat_pay", currency="CNY",
        account=client["settings"]["mchid"], settings=client["settings"] | {"combines": request.param},
        secrets=client["secrets"], at=mall.clock(), actor="tests",
    )  # fmt: skip
    process.steer("DELETE", "callbacks")
    # The sandbox outlives a test: each has days of its own.
    mall.clock.later(days=next(_days))
    process.set_clock(mall.clock().isoformat())
    with receiving() as receiver:
        yield Till(mall, process, receiver)
    adapter(PaymentChannel.objects.get(code="wechat")).close()  # type: ignore[attr-defined]


def test_a_purchase_is_paid_by_a_callback_and_an_order_of_it_given_back(till: Till) -> None:
    purchase = till.mall.place(("TEA-1", 1), ("CUP-1", 2))
    till.pay(till.begin(purchase))
    assert till.hear() == 204
    purchase.refresh_from_db()
    charge = Charge.objects.get()
    assert (charge.amount_minor, charge.charged_at) == (purchase.due_minor, till.mall.clock())
    assert sum(ChargePart.objects.values_list("amount_minor", flat=True)) == charge.amount_minor
    orders = till.mall.orders(purchase)
    assert {order.state for order in orders} == {OrderState.PAID}

    off: Order = orders[0]
    order_called_off(order_no=off.order_no, reason="不想要了", at=till.mall.clock(), actor="buyer:1")
    till.send_refunds()
    assert Refund.objects.get().state == "processing"
    till.later(seconds=2)
    assert till.hear() == 204
    refund = Refund.objects.get()
    assert (refund.state, refund.amount_minor) == ("succeeded", off.due_minor)
    assert set(ChannelNotice.objects.values_list("outcome", flat=True)) == {"taken"}


def test_what_is_forged_tried_or_sent_twice_changes_nothing(till: Till) -> None:
    for kind in ("callback_forged", "callback_probe", "callback_twice"):
        till.sandbox.fault(kind, of="charge")
    till.pay(till.begin(till.mall.place(("TEA-1", 1), ("CUP-1", 1))))
    assert [till.hear() for _ in range(4)] == [500, 500, 204, 204]
    assert Charge.objects.count() == 1
    assert sorted(ChannelNotice.objects.values_list("outcome", flat=True)) == [
        "forged", "forged", "repeated", "taken",
    ]  # fmt: skip


def test_another_amount_pays_nothing_and_all_of_it_goes_back(till: Till) -> None:
    purchase = till.mall.place(("TEA-1", 1), ("CUP-1", 1))
    till.pay(till.begin(purchase), "other_amount")
    assert till.hear() == 204
    charge = Charge.objects.get()
    assert (charge.use, charge.amount_minor) == ("surplus", purchase.due_minor + 1)
    till.send_refunds()
    till.later(minutes=2)
    till.send_refunds()
    refund = Refund.objects.get()
    assert (refund.state, refund.amount_minor) == ("succeeded", charge.amount_minor)


def test_a_callback_that_never_comes_is_asked_for(till: Till) -> None:
    till.sandbox.fault("callback_never", of="charge")
    purchase = till.mall.place(("TEA-1", 1), ("CUP-1", 1))
    till.pay(till.begin(purchase))
    till.later(minutes=2)
    assert ask_for_charges(clock=till.mall.clock).done == 1
    assert {order.state for order in till.mall.orders(purchase)} == {OrderState.PAID}


def test_its_bill_is_what_we_charged(till: Till) -> None:
    till.later(days=1)
    day = till.mall.clock().date()
    till.pay(till.begin(till.mall.place(("TEA-1", 1), ("CUP-1", 2))))
    assert till.hear() == 204
    till.later(days=1)
    channel = adapter(PaymentChannel.objects.get(code="wechat"))
    bill = channel.fetch_bill(kind="trade", day=day, now=till.mall.clock() + timedelta(minutes=1))
    file = BillFile(
        bill.name,
        lambda: io.BytesIO(bill.content),
        hashlib.sha256(bill.content).digest(),
        len(bill.content),
        b"",
    )
    content = WechatTradeReader().read([file], Expected(currency="CNY", merchant_number="1900000001"))
    rows = [row for row in content.rows if row.kind == RowKind.PAYMENT]
    assert sum(row.amount for row in rows) == Charge.objects.get().amount_minor
    charge = Charge.objects.get()
    parts = set(ChargePart.objects.values_list("channel_number", flat=True))
    assert {row.channel_number for row in rows} == (
        parts if charge.attempt.combined else {charge.channel_number}
    )
