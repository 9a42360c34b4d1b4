"""Tracking, receipt, completion, pick-up, codes, transfer, holding and notes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.settlement.story import Story
from tests.trade.fulfilment.sold import NOW, Sold, state_of, steps_of
from tests.trade.fulfilment.test_ship_lines import ask_money_back, ship
from zhanggui.journeys.goods_handed_over import digital_items_added, paid_orders_prepared, pickup_handed_over
from zhanggui.journeys.goods_received import (
    goods_received,
    goods_received_by_time,
    orders_completed_by_time,
    receipt_put_off,
)
from zhanggui.journeys.goods_shipped import parcel_taken_back
from zhanggui.journeys.mall_order_held import mall_order_held, mall_order_released
from zhanggui.journeys.order_transferred import order_noted, order_transferred
from zhanggui.journeys.parcel_tracked import parcel_tracked
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import HoldReason, OrderHold
from zhanggui.trade.catalogue.errors import OutOfStock
from zhanggui.trade.catalogue.models import Stock, Warehouse
from zhanggui.trade.fulfilment.errors import (
    DigitalItemRefused,
    OrderNotToShip,
    OrderOnHold,
    PutOffBefore,
    ReceiptNotPossible,
    TooFewDigitalItems,
    TransferRefused,
    UnknownParcel,
    WrongPickupCode,
)
from zhanggui.trade.fulfilment.models import DigitalItem, Parcel, PickupCode
from zhanggui.trade.fulfilment.operations.add_digital_items import SEALED_AS as ITEM_SEALED_AS
from zhanggui.trade.fulfilment.operations.give_digital import give_digital
from zhanggui.trade.fulfilment.operations.make_pickup_code import SEALED_AS as CODE_SEALED_AS
from zhanggui.trade.fulfilment.rules import TrackingEvent
from zhanggui.trade.orders.errors import NoteRefused, OrderNotInState, UnknownOrder
from zhanggui.trade.orders.models import Order
from zhanggui.vault.sealing import unseal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def sold() -> Sold:
    return Sold()


def event(days: int, text: str, **more: Any) -> TrackingEvent:
    return TrackingEvent(at=NOW + days * DAY, text=text, **more)


class TestTracking:
    def track(self, *events: TrackingEvent, number: str = "SF1001") -> Parcel:
        return parcel_tracked(carrier="sf", tracking_no=number, events=events)

    def test_events_come_in_any_order_and_once(self, sold: Sold) -> None:
        sold.order("A tea cup:1")
        ship(sold, "A")
        out, sent = event(2, "派送中"), event(1, "已揽收", place="杭州")
        for events in ((out,), (sent, out), (out, sent)):
            self.track(*events)
        found = Parcel.objects.get().events.order_by("at").values_list("text", "place")
        assert list(found) == [("已揽收", "杭州"), ("派送中", "")]
        assert Parcel.objects.get().state == "sent"

    def test_it_arrives_at_the_earliest_time_anybody_says(self, sold: Sold) -> None:
        sold.order("A tea cup:1")
        ship(sold, "A")
        self.track(event(4, "签收", code="9", delivered=True))
        self.track(event(3, "已投柜", code="8", delivered=True))
        self.track(event(2, "派送中"))
        parcel = Parcel.objects.get()
        assert (parcel.state, parcel.ended_at) == ("delivered", NOW + 3 * DAY)

    def test_what_is_back_does_not_arrive(self, sold: Sold) -> None:
        sold.order("A tea cup:1")
        ship(sold, "A")
        parcel_taken_back(
            shipper_id=sold.id("tea"), parcel_no=Parcel.objects.get().parcel_no, at=NOW, actor="staff"
        )
        assert self.track(event(3, "签收", delivered=True)).state == "back"

    def test_an_unknown_parcel_is_refused(self, sold: Sold) -> None:
        sold.order("A tea cup:1")
        ship(sold, "A")
        for number in ("SF9999", "", "'; drop"):
            with pytest.raises(UnknownParcel):
                self.track(event(1, "已揽收"), number=number)


class TestReceipt:
    def test_by_the_buyer_once(self, sold: Sold) -> None:
        order = sold.order("A tea cup:1")
        ship(sold, "A")
        for _again in range(2):
            goods_received(order_no="A", buyer_ids=[order.buyer_id], at=NOW + DAY, actor="buyer")
        order.refresh_from_db()
        assert (order.state, order.received_at, order.version) == ("received", NOW + DAY, 3)

    def test_anothers_order_is_unknown(self, sold: Sold) -> None:
        sold.order("A tea cup:1")
        ship(sold, "A")
        for act in (goods_received, receipt_put_off):
            with pytest.raises(UnknownOrder):
                act(order_no="A", buyer_ids=[sold.buyers["li"].id], at=NOW, actor="buyer")

    def test_what_is_not_on_its_way_is_not_received(self, sold: Sold) -> None:
        order = sold.order("A tea cup:1")
        for act in (goods_received, receipt_put_off):
            with pytest.raises(ReceiptNotPossible):
                act(order_no="A", buyer_ids=[order.buyer_id], at=NOW, actor="buyer")

    def test_by_time_then_completed(self, sold: Sold) -> None:
        order = sold.order("A tea cup:1")
        ship(sold, "A")
        assert goods_received_by_time(clock=lambda: NOW + 9 * DAY, actor="clockwork") == 0
        assert goods_received_by_time(clock=lambda: NOW + 10 * DAY, actor="clockwork") == 1
        assert orders_completed_by_time(clock=lambda: NOW + 16 * DAY, actor="clockwork") == 0
        assert orders_completed_by_time(clock=lambda: NOW + 17 * DAY, actor="clockwork") == 1
        assert steps_of(order) == ["placed", "shipped", "received", "completed"]

    def test_put_off_once(self, sold: Sold) -> None:
        order = sold.order("A tea cup:1")
        ship(sold, "A")
        receipt_put_off(order_no="A", buyer_ids=[order.buyer_id], at=NOW, actor="buyer")
        with pytest.raises(PutOffBefore):
            receipt_put_off(order_no="A", buyer_ids=[order.buyer_id], at=NOW, actor="buyer")
        assert goods_received_by_time(clock=lambda: NOW + 14 * DAY, actor="clockwork") == 0
        assert goods_received_by_time(clock=lambda: NOW + 15 * DAY, actor="clockwork") == 1

    def test_orders_with_something_open_and_held_ones_wait(self, sold: Sold) -> None:
        asked, held = sold.order("A tea cup:2"), sold.order("B tea cup:1", buyer="li")
        ship(sold, "A")
        ship(sold, "B", tracking="SF1002")
        case = ask_money_back(asked, 1, hours=5)
        Order.objects.filter(id=held.id).update(held=True)
        later = {"clock": lambda: NOW + 40 * DAY, "actor": "clockwork"}
        assert goods_received_by_time(**later) == 0
        case.ended_at, case.state = NOW, "withdrawn"
        case.save()
        Order.objects.filter(id=held.id).update(held=False)
        assert goods_received_by_time(**later) == 2


class TestPickup:
    def code(self, order: Order) -> str:
        row = PickupCode.objects.get(order=order)
        return unseal(bytes(row.sealed), purpose=CODE_SEALED_AS)

    def test_the_code_hands_the_order_over_once(self, sold: Sold) -> None:
        order = sold.order("A tea cup:2", kind="pickup")
        assert paid_orders_prepared(clock=lambda: NOW, actor="clockwork") == 1
        assert paid_orders_prepared(clock=lambda: NOW, actor="clockwork") == 0
        code = self.code(order)
        assert len(code) == 8
        handed = pickup_handed_over(
            merchant_id=sold.id("tea"), code=f" {code[:4]} {code[4:]}", at=NOW, actor="till"
        )
        assert (handed.state, sold.stock("tea", "cup")) == ("received", (98, 0))
        with pytest.raises(WrongPickupCode):
            pickup_handed_over(merchant_id=sold.id("tea"), code=code, at=NOW, actor="till")

    def test_it_opens_nothing_elsewhere_nor_what_is_held_or_gone(self, sold: Sold) -> None:
        order = sold.order("A tea cup:2", kind="pickup")
        paid_orders_prepared(clock=lambda: NOW, actor="clockwork")
        code = self.code(order)
        for merchant, tried in (("books", code), ("tea", "00000"), ("tea", "")):
            with pytest.raises(WrongPickupCode):
                pickup_handed_over(merchant_id=sold.id(merchant), code=tried, at=NOW, actor="till")
        Order.objects.filter(id=order.id).update(held=True)
        with pytest.raises(OrderOnHold):
            pickup_handed_over(merchant_id=sold.id("tea"), code=code, at=NOW, actor="till")
        assert state_of(order) == "paid"


class TestCodes:
    def add(self, sold: Sold, *codes: str, owner: str = "tea", sku: str = "TEA-CODE") -> int:
        return digital_items_added(owner_id=sold.id(owner), sku_code=sku, items=codes, at=NOW, actor="staff")

    def test_a_paid_order_gets_as_many_as_it_has_units(self, sold: Sold) -> None:
        order = sold.order("A tea code:2", kind="digital")
        assert self.add(sold, "K-1", "K-2", "K-2", " ", "K-3") == 3
        assert self.add(sold, "K-1", "K-4") == 1
        assert paid_orders_prepared(clock=lambda: NOW, actor="clockwork") == 1
        given = DigitalItem.objects.filter(line__order=order).order_by("id")
        assert [unseal(bytes(one.sealed), purpose=ITEM_SEALED_AS) for one in given] == ["K-1", "K-2"]
        assert state_of(order) == "received"
        assert give_digital(order_no="A", at=NOW, actor="again").state == "received"
        assert DigitalItem.objects.filter(line=None).count() == 2

    def test_nothing_is_given_where_there_are_too_few(self, sold: Sold) -> None:
        few, enough = sold.order("A tea code:3", kind="digital"), sold.order("B tea code:2", kind="digital")
        self.add(sold, "K-1", "K-2")
        with pytest.raises(TooFewDigitalItems), transaction.atomic():
            give_digital(order_no="A", at=NOW, actor="staff")
        assert paid_orders_prepared(clock=lambda: NOW, actor="clockwork") == 1
        assert (state_of(few), state_of(enough)) == ("paid", "received")

    def test_a_listing_takes_its_suppliers(self, sold: Sold) -> None:
        order = sold.order("A tea code*:1", kind="digital")
        assert self.add(sold, "K-1", owner="farm", sku="FARM-CODE") == 1
        give_digital(order_no="A", at=NOW, actor="staff")
        assert state_of(order) == "received"
        with pytest.raises(DigitalItemRefused):
            self.add(sold, "K-2", sku="TEA-CODE*")

    def test_what_is_no_code_or_no_digital_good_is_refused(self, sold: Sold) -> None:
        sold.order("A tea code:1", kind="digital")
        sold.sku("tea", "cup")
        for codes, more in (
            (("",), {}),
            (("x" * 501,), {}),
            (("K",), {"sku": "TEA-CUP"}),
            (("K",), {"owner": "books"}),
        ):
            with pytest.raises(DigitalItemRefused):
                self.add(sold, *codes, **more)
        assert not DigitalItem.objects.exists()

    def test_held_or_unpaid_orders_get_none(self, sold: Sold) -> None:
        order = sold.order("A tea code:1", kind="digital")
        sold.order("B tea cup:1")
        self.add(sold, "K-1")
        Order.objects.filter(id=order.id).update(held=True)
        with pytest.raises(OrderOnHold):
            give_digital(order_no="A", at=NOW, actor="staff")
        with pytest.raises(OrderNotToShip):
            give_digital(order_no="B", at=NOW, actor="staff")


class TestTransfer:
    def second(self, sold: Sold, owner: str = "tea", stock: int = 5) -> Warehouse:
        warehouse = Warehouse.objects.create(
            owner_id=sold.id(owner), code=f"{owner}-2", name={"en": "Second"}
        )
        sold.receive(sold.sku(owner, "cup"), warehouse, stock)
        return warehouse

    def test_to_another_warehouse(self, sold: Sold) -> None:
        order, other = sold.order("A tea cup:2"), self.second(sold)
        for _again in range(2):
            order_transferred(
                order_no="A",
                warehouse_id=other.id,
                at=NOW,
                actor="staff",
                note="nearer",
                shipper_id=sold.id("tea"),
            )
        assert sold.stock("tea", "cup") == (100, 0)
        assert Stock.objects.get(warehouse=other).reserved == 2
        assert order.steps.filter(kind="transferred").get().note == "tea/tea-1 → tea/tea-2 nearer"
        order_transferred(order_no="A", warehouse_id=sold.warehouses["tea"].id, at=NOW, actor="staff")
        assert (sold.stock("tea", "cup"), Stock.objects.get(warehouse=other).reserved) == ((100, 2), 0)
        ship(sold, "A")
        assert sold.stock("tea", "cup") == (98, 0)

    def test_from_a_supplier_to_the_merchant(self, sold: Sold) -> None:
        order = sold.order("A tea cup*:2")
        with pytest.raises(TransferRefused):
            order_transferred(order_no="A", warehouse_id=0, at=NOW, actor="staff", shipper_id=sold.id("tea"))
        order_transferred(order_no="A", warehouse_id=0, at=NOW, actor="platform", note="farm is out")
        order.refresh_from_db()
        assert (order.supplier_id, order.warehouse_id, order.version) == (0, None, 2)
        assert sold.stock("farm", "cup") == (100, 0)
        ship(sold, "A", by="tea")
        assert state_of(order) == "shipped"

    def test_what_cannot_be_moved_is_refused(self, sold: Sold) -> None:
        sold.order("A tea cup:20")
        sold.order("B tea cup:2")
        sold.order("C tea cup*:1")
        ship(sold, ("B", "1", 1))
        other, foreign = self.second(sold), self.second(sold, "books")
        asked = [
            ("A", other.id, None, OutOfStock), ("A", foreign.id, None, TransferRefused),
            ("A", 0, None, TransferRefused), ("A", other.id, sold.id("books"), UnknownOrder),
            ("B", other.id, None, OrderNotToShip), ("Z", other.id, None, UnknownOrder),
            ("C", other.id, sold.id("tea"), TransferRefused),
        ]  # fmt: skip
        for order_no, warehouse_id, shipper_id, refusal in asked:
            with pytest.raises(refusal):
                order_transferred(
                    order_no=order_no, warehouse_id=warehouse_id, at=NOW, actor="staff", shipper_id=shipper_id
                )


class TestHolding:
    def test_in_the_mall_and_in_the_settlement_centre(self, sold: Sold) -> None:
        BusinessLine.objects.filter(id=Story().line.id).update(code="mall")
        order = sold.order("A tea cup:2")
        for _again in range(2):
            mall_order_held(order_no="A", reason=HoldReason.RISK, at=NOW, actor="risk", note="odd address")
        assert OrderHold.objects.filter(order_no="A", released_at=None).count() == 1
        with pytest.raises(OrderOnHold):
            ship(sold, "A")
        for _again in range(2):
            mall_order_released(order_no="A", at=NOW, actor="risk", note="it was nothing")
        assert not OrderHold.objects.filter(released_at=None).exists()
        mall_order_held(order_no="A", reason=HoldReason.COMPLAINT, at=NOW, actor="risk")
        mall_order_released(order_no="A", at=NOW, actor="risk")
        ship(sold, "A")
        assert steps_of(order) == ["placed", "held", "released", "held", "released", "shipped"]

    def test_a_mall_without_a_line_holds_alone(self, sold: Sold) -> None:
        order = sold.order("A tea cup:2")
        mall_order_held(order_no="A", reason=HoldReason.RISK, at=NOW, actor="risk")
        order.refresh_from_db()
        assert (order.held, OrderHold.objects.count()) == (True, 0)

    def test_what_is_over_or_unknown_is_not_held(self, sold: Sold) -> None:
        sold.order("GONE tea cup:1", state="cancelled")
        with pytest.raises(OrderNotInState):
            mall_order_held(order_no="GONE", reason=HoldReason.RISK, at=NOW, actor="risk")
        with pytest.raises(UnknownOrder):
            mall_order_held(order_no="Z", reason=HoldReason.RISK, at=NOW, actor="risk")


def test_notes_have_words(sold: Sold) -> None:
    order = sold.order("A tea cup:2")
    order_noted(order_no="A", note=" call before delivery ", at=NOW, actor="staff")
    assert order.steps.get(kind="noted").note == "call before delivery"
    for note in ("", "   ", "x" * 256):
        with pytest.raises(NoteRefused):
            order_noted(order_no="A", note=note, at=NOW, actor="staff")
