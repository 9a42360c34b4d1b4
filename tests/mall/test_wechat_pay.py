"""The mall and WeChat Pay end to end: our adapter, the sandbox as a process, its callbacks over HTTP, its bills."""

import hashlib
import io
import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.mall.shopping import ZONE, Mall
from tests.mall.till import Till, open_till
from tests.rails.sandboxes import Sandbox, running
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.clockwork.mind_payments import ask_for_charges, send_repairs
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.refund_repaired import refund_repair_proposed
from zhanggui.payments.models import ChannelNotice, Charge, ChargePart, PaymentChannel, Refund
from zhanggui.payments.operations.propose_repair import RepairGiven
from zhanggui.payments.wired import adapter
from zhanggui.rails.wechat_pay.bills import WechatTradeReader
from zhanggui.settlement.reconciliation.kinds import RowKind
from zhanggui.settlement.reconciliation.records import BillFile, Expected
from zhanggui.trade.orders.models import Order, OrderState

_days = itertools.count(1, 4)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running("zhanggui.rails.wechat_pay.sandbox", tmp_path_factory.mktemp("wechat")) as sandbox:
        yield sandbox


@pytest.fixture(params=["no", "yes"], ids=["single", "combined"])
def till(mall: Mall, process: Sandbox, request: pytest.FixtureRequest) -> Iterator[Till]:
    with open_till(mall, process, day=next(_days), combines=request.param) as opened:
        yield opened


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


def test_an_abnormal_refund_goes_to_another_card_though_the_answer_is_lost(till: Till) -> None:
    purchase = till.mall.place(("TEA-1", 1), ("CUP-1", 2))
    till.pay(till.begin(purchase))
    till.hear()
    till.sandbox.fault("outcome", of="refund", value="ABNORMAL")
    order_called_off(
        order_no=till.mall.orders(purchase)[0].order_no, reason="late", at=till.mall.clock(), actor="b"
    )
    till.send_refunds()
    till.later(seconds=2)
    till.hear()
    refund = Refund.objects.get()
    given = RepairGiven("card", "ICBC_DEBIT", "6222020000000000001", "张三")
    row = refund_repair_proposed(refund_no=refund.refund_no, given=given, at=till.mall.clock(), actor="mia")
    approval_decided(
        approval_id=row.approval_id, approve=True, checker="ken", roles={"platform_controller"},
        proof=Proof(retyped_minor=refund.amount_minor), at=till.mall.clock(), zone=ZONE,
    )  # fmt: skip
    till.sandbox.fault("lost", path=f"/v3/refund/domestic/refunds/{refund.channel_number}/apply-abnormal")
    send_repairs(clock=till.mall.clock)
    row.refresh_from_db()
    assert row.state == "approved"
    till.later(minutes=2)
    send_repairs(clock=till.mall.clock)
    row.refresh_from_db()
    refund.refresh_from_db()
    assert (row.state, refund.state) == ("taken", "succeeded")
    assert till.hear() == 204, "its notice comes after all, and changes nothing"
    [sent] = till.sandbox.steer(
        "GET", "requests", path=f"/v3/refund/domestic/refunds/{refund.channel_number}/"
    )
    assert "6222020000000000001" not in sent["body"]


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
