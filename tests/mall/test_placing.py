"""A buyer orders: priced anew, reserved, written down, all or nothing, and once."""

import pytest

from tests.mall.shopping import Mall
from zhanggui.payments.models import Payment
from zhanggui.trade.carts.models import CartItem
from zhanggui.trade.catalogue.errors import OutOfStock
from zhanggui.trade.catalogue.models import SkuPrice, Spu, SpuState, SpuStep, Stock
from zhanggui.trade.orders.errors import (
    AddressMissing,
    GoodsUnavailable,
    NothingWanted,
    PriceChanged,
    RequestKeyReused,
)
from zhanggui.trade.orders.models import Order, OrderLine, Purchase


class TestPlacing:
    def test_one_purchase_becomes_an_order_for_each_merchant(self, mall: Mall) -> None:
        purchase = mall.place(("TEA-1", 2), ("CUP-1", 1), ("TEA-2", 1))
        shown = [
            (order.order_no[-2:], order.merchant_id, order.goods_minor, order.due_minor, order.state)
            for order in mall.orders(purchase)
        ]
        tea, kiln = mall.party("tea").id, mall.party("kiln").id
        assert sorted(shown) == [("01", tea, 19599, 19599, "placed"), ("02", kiln, 4900, 4900, "placed")]
        payment = mall.payment(purchase)
        assert (payment.amount_minor, purchase.due_minor, purchase.payment_no) == (
            24499, 24499, payment.payment_no,
        )  # fmt: skip
        assert sorted(payment.parts.values_list("amount_minor", flat=True)) == [4900, 19599]

    def test_goods_are_reserved_and_leave_the_cart(self, mall: Mall) -> None:
        sku = mall.skus["TEA-1"]
        CartItem.objects.create(
            buyer_id=mall.buyer.id, sku=sku, quantity=2, seen_minor=8800, added_at=mall.clock()
        )
        mall.place(("TEA-1", 2))
        assert (Stock.objects.get(sku=sku).reserved, CartItem.objects.count()) == (2, 0)

    def test_what_an_order_says_is_frozen_whatever_becomes_of_the_goods(self, mall: Mall) -> None:
        order = mall.orders(mall.place(("TEA-1", 1)))[0]
        SkuPrice.objects.filter(sku=mall.skus["TEA-1"]).update(price_minor=1)
        Spu.objects.filter(number="N-TEA-1").update(title={"zh": "换了名字"})
        line = OrderLine.objects.get(order=order)
        assert (line.unit_minor, line.title["zh"], order.due_minor) == (8800, "商品TEA-1", 8800)

    def test_the_same_form_sent_twice_is_one_purchase(self, mall: Mall) -> None:
        first = mall.place(("TEA-1", 1), key="form-1", due=8800)
        again = mall.place(("TEA-1", 1), key="form-1", due=8800)
        assert (first.id, Purchase.objects.count(), Payment.objects.count()) == (again.id, 1, 1)

    def test_a_key_with_something_else_is_refused(self, mall: Mall) -> None:
        mall.place(("TEA-1", 1), key="form-1")
        with pytest.raises(RequestKeyReused):
            mall.place(("TEA-1", 2), key="form-1")


class TestRefusing:
    def test_a_price_changed_since_it_was_shown_is_said_and_nothing_ordered(self, mall: Mall) -> None:
        SkuPrice.objects.filter(sku=mall.skus["TEA-1"]).update(price_minor=9900)
        with pytest.raises(PriceChanged) as refused:
            mall.place(("TEA-1", 1), due=8800)
        assert refused.value.details == {"shown_minor": 8800, "due_minor": 9900}
        assert (Purchase.objects.count(), Stock.objects.get(sku=mall.skus["TEA-1"]).reserved) == (0, 0)

    def test_goods_taken_down_meanwhile_are_named(self, mall: Mall) -> None:
        spu = Spu.objects.get(number="N-TEA-1")
        SpuStep.objects.create(
            spu=spu, before=spu.state, after=SpuState.BANNED, at=mall.clock(), actor="tests"
        )
        Spu.objects.filter(id=spu.id).update(state=SpuState.BANNED)
        with pytest.raises(GoodsUnavailable) as refused:
            mall.place(("TEA-1", 1), ("CUP-1", 1), due=13700)
        assert list(refused.value.details["unavailable"]) == [str(mall.skus["TEA-1"].id)]

    def test_more_than_is_left_is_refused(self, mall: Mall) -> None:
        mall.add_goods("LAST", "tea", 1000, stock=1)
        with pytest.raises((GoodsUnavailable, OutOfStock)):
            mall.place(("LAST", 2), due=2000)
        assert Order.objects.count() == 0

    def test_nothing_wanted_is_nothing(self, mall: Mall) -> None:
        with pytest.raises(NothingWanted):
            mall.place(due=0)

    def test_the_address_of_somebody_else_is_none(self, mall: Mall) -> None:
        mall.address.removed_at = mall.clock()
        mall.address.save()
        with pytest.raises(AddressMissing):
            mall.place(("TEA-1", 1))
