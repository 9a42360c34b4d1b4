"""The mall is paid at Alipay and UnionPay: pages, notices and refunds over real HTTP, against their sandboxes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.rails.sandboxes import Receiver, Sandbox, receiving, running

if TYPE_CHECKING:
    from tests.mall.shopping import Mall
    from zhanggui.trade.orders.models import Purchase

RAILS = ("alipay", "unionpay")


@pytest.fixture(scope="module", params=RAILS)
def gateway(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Sandbox]]:
    with running(
        f"zhanggui.rails.{request.param}.sandbox", tmp_path_factory.mktemp(request.param)
    ) as sandbox:
        sandbox.steer("POST", "callbacks", {"sent": False})
        yield request.param, sandbox


@dataclass
class Counter:
    """The mall with a channel whose gateway is another process."""

    mall: "Mall"
    rail: str
    sandbox: Sandbox
    receiver: Receiver

    def begin(self, purchase: "Purchase") -> str:
        """The buyer's browser goes to the gateway; the page it pays on."""
        from zhanggui.journeys.payment_begun import payment_begun
        from zhanggui.payments.channel import Method

        invitation = payment_begun(
            payment=self.mall.payment(purchase), channel_code=self.rail, method=Method.PAGE,
            notify_url=f"{self.receiver.address}/notices/{self.rail}/", return_url="https://mall.example/pay/1/",
            payer="", payer_address="127.0.0.1", clock=self.mall.clock,
        )  # fmt: skip
        if invitation.kind == "redirect":
            return self.sandbox.http.get(invitation.value).headers["location"]
        return self.sandbox.http.post(invitation.value, data=dict(invitation.fields)).headers["location"]

    def pay(self, page: str, **more: str) -> None:
        assert self.sandbox.http.post(page, data={"action": "pay"} | more).status_code == 303

    def told(self, writing: str = "true") -> int:
        """The gateway's newest notice comes to us; the status we answer with."""
        from zhanggui.journeys.channel_notified import channel_notified

        [*_, last] = self.sandbox.steer("GET", "callbacks")
        self.sandbox.deliver(last["id"], writing)
        heard = self.receiver.next()
        return channel_notified(
            channel_code=self.rail, headers=heard.headers, body=heard.body, at=self.mall.clock()
        ).status

    def later(self, **much: float) -> None:
        """Time passes for both."""
        self.sandbox.set_clock(self.mall.clock.later(**much).isoformat())


@pytest.fixture
def counter(mall: "Mall", gateway: tuple[str, Sandbox]) -> Iterator[Counter]:
    from zhanggui.payments.operations.keep_channel import keep_channel

    rail, sandbox = gateway
    sandbox.set_clock(mall.clock().isoformat())
    told = sandbox.client
    keep_channel(
        code=rail, name={"zh": rail, "en": rail}, rail=rail, currency="CNY",
        account=told["settings"].get("seller_id") or told["settings"]["merchant"], settings=told["settings"],
        secrets=told["secrets"], at=mall.clock(), actor="tests",
    )  # fmt: skip
    with receiving() as receiver:
        yield Counter(mall, rail, sandbox, receiver)


def test_paid_told_and_given_back_in_pieces(counter: Counter) -> None:
    from zhanggui.journeys.order_called_off import order_called_off
    from zhanggui.payments.models import ChannelNotice, Charge, Refund

    mall = counter.mall
    purchase = mall.place(("TEA-1", 1), ("CUP-1", 1))
    counter.pay(counter.begin(purchase))
    assert [counter.told(one) for one in ("forged", "altered", "probe", "stale")] == [500] * 4
    assert Charge.objects.count() == 0
    assert [counter.told(), counter.told()] == [200, 200]
    tea, cup = mall.orders(purchase)
    assert (tea.state, cup.state, Charge.objects.get().amount_minor) == ("paid", "paid", 13700)
    assert list(ChannelNotice.objects.order_by("id").values_list("outcome", flat=True)) == [
        "forged", "forged", "forged", "stale", "taken", "repeated",
    ]  # fmt: skip
    for order in (tea, cup):
        order_called_off(order_no=order.order_no, reason="改主意了", at=mall.clock(), actor="buyer:1")
    mall.send_refunds()
    counter.later(minutes=2)
    mall.send_refunds()  # UnionPay takes a refund first and makes it later
    refunds = Refund.objects.order_by("refund_no").values_list("amount_minor", "state")
    assert sorted(refunds) == [(4900, "succeeded"), (8800, "succeeded")]


def test_an_answer_that_was_lost_is_asked_for(counter: Counter) -> None:
    from zhanggui.clockwork.mind_payments import ask_for_charges
    from zhanggui.journeys.order_called_off import order_called_off
    from zhanggui.payments.models import Refund

    mall = counter.mall
    purchase = mall.place(("TEA-1", 1))
    counter.pay(counter.begin(purchase))  # and no notice ever comes
    counter.later(minutes=2)
    ask_for_charges(clock=mall.clock)
    (order,) = mall.orders(purchase)
    assert order.state == "paid"
    order_called_off(order_no=order.order_no, reason="", at=mall.clock(), actor="buyer:1")
    counter.sandbox.fault("lost")
    mall.send_refunds()
    assert Refund.objects.get().state == "unclear"
    for _ in range(2):
        counter.later(minutes=2)
        mall.send_refunds()
    assert Refund.objects.get().state == "succeeded"


def test_another_amount_than_asked_pays_for_nothing(counter: Counter) -> None:
    mall = counter.mall
    purchase = mall.place(("TEA-1", 1))
    counter.pay(counter.begin(purchase), action="pay_other", amount="1")
    counter.told()
    (order,) = mall.orders(purchase)
    assert order.state != "paid"


def test_what_is_paid_after_it_was_called_off_goes_back(counter: Counter) -> None:
    from zhanggui.journeys.purchase_cancelled import purchase_cancelled
    from zhanggui.payments.models import Charge, Refund

    mall = counter.mall
    purchase = mall.place(("TEA-1", 1))
    page = counter.begin(purchase)
    purchase_cancelled(purchase=purchase, clock=mall.clock, actor="buyer:1")
    counter.pay(page)
    if counter.rail == "alipay":  # it was closed there, so nobody could pay it
        assert Charge.objects.count() == 0
        return
    assert counter.told() == 200
    mall.send_refunds()
    counter.later(minutes=2)
    mall.send_refunds()
    assert (Charge.objects.get().use, Refund.objects.get().state) == ("surplus", "succeeded")
