"""Money goes back: of an order called off, of a return, in pieces; refused, lost, unclear, abnormal."""

import pytest

from tests.mall.shopping import Mall
from zhanggui.journeys.goods_shipped import parcel_taken_back
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.refund_answered import refund_answered
from zhanggui.journeys.return_asked import return_agreed, return_asked
from zhanggui.payments.channel import RefundState as Said
from zhanggui.payments.models import Charge, Refund
from zhanggui.trade.catalogue.models import SkuPrice, Stock
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.orders.errors import GiveBackAbovePaid, OrderNotInState
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import GiveBackKind, Order, OrderLine
from zhanggui.trade.orders.operations.give_back import LineBack, give_back, give_back_again
from zhanggui.trade.returns.models import ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked


def back(order: Order, quantity: int, goods: int, cause: str) -> None:
    line = OrderLine.objects.get(order=order)
    give_back(
        order=hold_order(order.order_no), lines=[LineBack(line.id, quantity, goods, 0)], cause=cause,
        kind=GiveBackKind.RETURN, reason="unwanted", at=order.placed_at,
    )  # fmt: skip


class TestCallingOff:
    def test_all_of_one_order_goes_back_and_the_other_stays(self, mall: Mall) -> None:
        tea, _ = mall.buy(("TEA-1", 2), ("CUP-1", 1))
        order_called_off(order_no=tea.order_no, reason="changed my mind", at=mall.clock(), actor="buyer:1")
        mall.send_refunds()
        refund = Refund.objects.get()
        assert (refund.reference, refund.amount_minor, refund.state) == (tea.order_no, 17600, "succeeded")
        assert [order.state for order in Order.objects.order_by("order_no")] == ["cancelled", "paid"]
        assert Stock.objects.get(sku=mall.skus["TEA-1"]).reserved == 0
        (asked,) = mall.channel.refund_asked
        assert (asked.charge_minor, asked.charge_number[-2:]) == (
            17600,
            "01",
        )  # the part's own number and amount

    def test_only_a_paid_one_can_be(self, mall: Mall) -> None:
        order = mall.orders(mall.place(("TEA-1", 1)))[0]
        with pytest.raises(OrderNotInState):
            order_called_off(order_no=order.order_no, reason="", at=mall.clock(), actor="buyer:1")

    def test_what_else_was_asked_for_ends_with_it(self, mall: Mall) -> None:
        (order,) = mall.buy(("TEA-1", 2))
        SkuPrice.objects.filter(sku=mall.skus["TEA-1"]).update(price_minor=8000)
        line = OrderLine.objects.get(order=order)
        asked = {"kind": ReturnKind.PRICE_PROTECTION, "reason": "price", "text": "", "pictures": []}
        case = return_asked(order_no=order.order_no, asked=[Asked(line.id, 1)], at=mall.clock(), **asked)
        order_called_off(order_no=order.order_no, reason="", at=mall.clock(), actor="buyer:1")
        case.refresh_from_db()
        assert (case.state, Refund.objects.get().amount_minor) == ("withdrawn", 17600)

    def test_undelivered_after_its_refund_it_is_called_off_and_paid_back_once(self, mall: Mall) -> None:
        (order,) = mall.buy(("TEA-1", 2))
        mall.ship(order)
        line = OrderLine.objects.get(order=order)
        asked = {"kind": ReturnKind.REFUND_ONLY, "reason": "not_arrived", "text": "", "pictures": []}
        case = return_asked(order_no=order.order_no, asked=[Asked(line.id, 2)], at=mall.clock(), **asked)
        return_agreed(case_no=case.case_no, at=mall.clock(), actor="tea-owner")
        parcel_taken_back(
            shipper_id=order.merchant_id,
            parcel_no=Parcel.objects.get().parcel_no,
            at=mall.clock(),
            actor="tea-owner",
        )
        with pytest.raises(OrderNotInState):
            order_called_off(order_no=order.order_no, reason="", at=mall.clock(), actor="buyer:1")
        mall.send_refunds()
        stock = Stock.objects.get(sku=mall.skus["TEA-1"])
        assert (Refund.objects.get().amount_minor, stock.on_hand, stock.reserved) == (17600, 100, 0)


class TestBounds:
    def test_never_more_than_was_paid_for_the_line(self, mall: Mall) -> None:
        order = mall.ship(mall.buy(("TEA-1", 3))[0])
        back(order, 1, 8800, "goodwill:1")
        back(order, 1, 8800, "goodwill:2")
        with pytest.raises(GiveBackAbovePaid):
            back(order, 1, 8801, "goodwill:3")
        with pytest.raises(GiveBackAbovePaid):
            back(order, 2, 8800, "goodwill:3")
        back(order, 1, 8800, "goodwill:3")
        assert Charge.objects.get().refunded_minor == 26400

    def test_the_same_cause_is_the_same_refund(self, mall: Mall) -> None:
        order = mall.ship(mall.buy(("TEA-1", 1))[0])
        back(order, 1, 8800, "goodwill:1")
        back(order, 1, 8800, "goodwill:1")
        assert Refund.objects.count() == 1


class TestAtTheChannel:
    @pytest.fixture
    def refund(self, mall: Mall) -> Refund:
        order = mall.ship(mall.buy(("TEA-1", 1))[0])
        back(order, 1, 8800, "goodwill:1")
        return Refund.objects.get()

    def test_a_lost_answer_is_sent_again_under_the_same_number(self, mall: Mall, refund: Refund) -> None:
        mall.channel.deaf = True
        mall.send_refunds()
        refund.refresh_from_db()
        assert refund.state == "unclear"
        mall.channel.deaf = False
        mall.clock.later(minutes=2)
        mall.send_refunds()
        refund.refresh_from_db()
        assert (refund.state, {one.number for one in mall.channel.refund_asked}) == (
            "succeeded", {refund.refund_no},
        )  # fmt: skip

    def test_a_refused_one_is_free_to_be_asked_for_under_a_new_number(
        self, mall: Mall, refund: Refund
    ) -> None:
        mall.channel.refuses = "NOT_ENOUGH"
        mall.send_refunds()
        mall.channel.refuses = ""
        assert Charge.objects.get().refunded_minor == 0
        order = hold_order(refund.reference)
        give_back_again(slip=order.given_back.get(), at=mall.clock())
        mall.send_refunds()
        assert list(Refund.objects.order_by("id").values_list("state", flat=True)) == ["failed", "succeeded"]
        assert Charge.objects.get().refunded_minor == 8800

    def test_one_that_may_still_come_through_is_not_asked_for_again(self, mall: Mall, refund: Refund) -> None:
        mall.channel.silent = True
        mall.send_refunds()
        with pytest.raises(OrderNotInState):
            give_back_again(slip=hold_order(refund.reference).given_back.get(), at=mall.clock())

    def test_processing_is_asked_after_until_it_is_there(self, mall: Mall, refund: Refund) -> None:
        mall.channel.refund_state = Said.PROCESSING
        mall.send_refunds()
        mall.clock.later(minutes=2)
        mall.channel.settle_refund(refund.refund_no, Said.SUCCEEDED)
        mall.send_refunds()
        refund.refresh_from_db()
        assert (refund.state, len(mall.channel.refund_asked)) == ("succeeded", 1)

    def test_abnormal_waits_for_people(self, mall: Mall, refund: Refund) -> None:
        mall.channel.refund_state = Said.ABNORMAL
        mall.send_refunds()
        refund.refresh_from_db()
        assert refund.state == "abnormal"
        outcome = mall.channel.settle_refund(refund.refund_no, Said.SUCCEEDED)
        assert refund_answered(refund=refund, outcome=outcome, at=mall.clock())
        refund.refresh_from_db()
        assert refund.state == "succeeded"
