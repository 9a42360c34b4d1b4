"""What goes into a parcel, and what does not."""

from datetime import timedelta
from typing import Any

import pytest

from tests.trade.fulfilment.sold import ADDRESS, NOW, Sold, state_of, steps_of
from zhanggui.journeys.goods_shipped import goods_shipped, parcel_taken_back
from zhanggui.trade.fulfilment.errors import (
    FulfilmentError,
    MoreThanOrdered,
    NotSentByParcel,
    NotShippedTogether,
    OrderNotToShip,
    OrderOnHold,
    ParcelEnded,
    ParcelIncomplete,
    ShippedByAnother,
    TrackingNumberTaken,
    UnknownCarrier,
    UnknownOrderLine,
    UnknownParcel,
)
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.operations.ship_lines import Shipped
from zhanggui.trade.fulfilment.rules import Wanted
from zhanggui.trade.orders.errors import UnknownOrder
from zhanggui.trade.orders.models import Order
from zhanggui.trade.returns.models import ReturnCase, ReturnLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold() -> Sold:
    return Sold()


def ship(sold: Sold, *wanted: Any, by: str = "tea", tracking: str = "SF1001", carrier: str = "sf") -> Shipped:
    return goods_shipped(
        shipper_id=sold.id(by), wanted=[Wanted(*((one,) if isinstance(one, str) else one)) for one in wanted],
        carrier=carrier, tracking_no=tracking, at=NOW, actor="staff",
    )  # fmt: skip


def test_a_whole_order_leaves_in_one_parcel(sold: Sold) -> None:
    order = sold.order("A tea cup:2 pot:1")
    shipped = ship(sold, "A", tracking=" sf 10-01 ")
    assert (shipped.new, shipped.parcel.tracking_no) == (True, "SF10-01")
    order.refresh_from_db()
    assert (order.state, order.shipped_at, order.receive_by) == ("shipped", NOW, NOW + timedelta(days=10))
    assert order.version == 2
    assert steps_of(order) == ["placed", "shipped"]
    assert (sold.stock("tea", "cup"), sold.stock("tea", "pot")) == ((98, 0), (99, 0))


def test_an_order_is_shipped_when_its_last_unit_left(sold: Sold) -> None:
    order = sold.order("A tea cup:3")
    ship(sold, ("A", "1", 2))
    assert (state_of(order), steps_of(order)) == ("paid", ["placed", "part_shipped"])
    ship(sold, "A", tracking="SF1002")
    assert (state_of(order), steps_of(order)) == ("shipped", ["placed", "part_shipped", "shipped"])
    assert sold.stock("tea", "cup") == (97, 0)


def test_orders_of_one_buyer_go_in_one_parcel(sold: Sold) -> None:
    orders = [sold.order("A tea cup:1"), sold.order("B tea cup:2")]
    parcel = ship(sold, "A", "B").parcel
    assert [state_of(one) for one in orders] == ["shipped", "shipped"]
    assert parcel.lines.count() == 2
    assert sold.stock("tea", "cup") == (97, 0)


def test_a_supplier_ships_what_two_merchants_sold(sold: Sold) -> None:
    orders = [sold.order("A tea cup*:1"), sold.order("B books cup*:2")]
    ship(sold, "A", "B", by="farm")
    assert [state_of(one) for one in orders] == ["shipped", "shipped"]
    assert sold.stock("farm", "cup") == (97, 0)


def test_the_same_parcel_again_is_the_one_that_is_there(sold: Sold) -> None:
    sold.order("A tea cup:2 pot:1")
    first = ship(sold, "A")
    for again in (("A",), ("A", "1", 2), ("A", "2")):
        second = ship(sold, again)
        assert (second.new, second.parcel) == (False, first.parcel)
    assert Parcel.objects.count() == 1


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ([], ParcelIncomplete),
        ([("A", "", 1)], ParcelIncomplete),
        ([("A", "1", 3)], MoreThanOrdered),
        ([("A", "1", 2), ("A", "1", 1)], MoreThanOrdered),
        ([("A", "9")], UnknownOrderLine),
        (["Z"], UnknownOrder),
        (["FOREIGN"], UnknownOrder),
        (["SUPPLIED"], ShippedByAnother),
        (["HELD"], OrderOnHold),
        (["WAITS"], OrderNotToShip),
        (["GONE"], OrderNotToShip),
        (["CODE"], NotSentByParcel),
        (["A", "ELSEWHERE"], NotShippedTogether),
        (["A", "SOMEBODY"], NotShippedTogether),
    ],
)
def test_what_cannot_be_shipped_so_is_refused_whole(
    sold: Sold, wanted: list[Any], refusal: type[Any]
) -> None:
    order = sold.order("A tea cup:2 pot:1")
    sold.order("FOREIGN books cup:1")
    sold.order("SUPPLIED tea cup*:1")
    Order.objects.filter(id=sold.order("HELD tea cup:1").id).update(held=True)
    sold.order("WAITS tea cup:1", state="placed")
    sold.order("GONE tea cup:1", state="cancelled")
    sold.order("CODE tea code:1", kind="digital")
    sold.order("ELSEWHERE tea cup:1", address={**ADDRESS, "street": "other"})
    sold.order("SOMEBODY tea cup:1", buyer="li")
    with pytest.raises(refusal):
        ship(sold, *wanted)
    assert not Parcel.objects.exists()
    assert (state_of(order), sold.stock("tea", "cup")[0]) == ("paid", 100)


def test_an_order_is_not_shipped_twice(sold: Sold) -> None:
    sold.order("A tea cup:1")
    ship(sold, "A")
    with pytest.raises(OrderNotToShip):
        ship(sold, "A", tracking="SF1002")


@pytest.mark.parametrize("tracking", ["", "12", "SF 单号", "x" * 65, "<script>"])
def test_what_is_no_tracking_number_is_refused(sold: Sold, tracking: str) -> None:
    sold.order("A tea cup:1")
    with pytest.raises(ParcelIncomplete):
        ship(sold, "A", tracking=tracking)


def test_a_carrier_is_one_of_the_malls(sold: Sold) -> None:
    sold.order("A tea cup:1")
    for carrier in ("tea", "pigeon", ""):
        with pytest.raises(UnknownCarrier):
            ship(sold, "A", carrier=carrier)


def test_a_tracking_number_is_on_one_parcel_alone(sold: Sold) -> None:
    sold.order("A tea cup:2")
    sold.order("B tea cup:1")
    sold.order("C books cup:1")
    ship(sold, ("A", "1", 1))
    for wanted, by in (("B", "tea"), (("A", "1", 2), "tea"), ("C", "books")):
        with pytest.raises(TrackingNumberTaken):
            ship(sold, wanted, by=by)
    assert ship(sold, "B", carrier="yto").new


def ask_money_back(order: Order, units: int, *, hours: int = 0, state: str = "asked") -> ReturnCase:
    """A buyer asks for the money of so many of the first line, some hours after NOW."""
    case = ReturnCase.objects.create(
        case_no=f"R-{order.order_no}-{hours}", order=order, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
        kind="refund_only", state=state, reason="unwanted", freight_bearer="merchant", currency="CNY",
        asked_minor=1000 * units, asked_at=NOW + timedelta(hours=hours),
    )  # fmt: skip
    line = order.lines.order_by("id").first()
    ReturnLine.objects.create(case=case, line=line, merchant_id=order.merchant_id, quantity=units)
    return case


def test_what_the_buyer_wants_the_money_back_for_is_not_shipped(sold: Sold) -> None:
    order = sold.order("A tea cup:3")
    ask_money_back(order, 1)
    with pytest.raises(MoreThanOrdered):
        ship(sold, ("A", "1", 3))
    parcel = ship(sold, "A").parcel
    assert [one.quantity for one in parcel.lines.all()] == [2]
    assert state_of(order) == "paid"  # the shop may still refuse, and has to ship it then


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_money_that_is_not_given_keeps_nothing_back(sold: Sold, state: str) -> None:
    order = sold.order("A tea cup:3")
    ship(sold, ("A", "1", 1))
    ask_money_back(order, 1, state=state)
    ship(sold, ("A", "1", 2), tracking="SF1002")
    assert state_of(order) == "shipped"


class TestTakingBack:
    def test_its_units_wait_to_be_shipped_again(self, sold: Sold) -> None:
        order = sold.order("A tea cup:2")
        paid_at = order.paid_at
        parcel = ship(sold, "A").parcel
        for _again in range(2):
            back = parcel_taken_back(
                shipper_id=sold.id("tea"),
                parcel_no=parcel.parcel_no,
                at=NOW,
                actor="staff",
                note="wrong number",
            )
            assert back.state == "back"
        order.refresh_from_db()
        assert (order.state, order.paid_at, order.shipped_at, order.receive_by) == (
            "paid",
            paid_at,
            None,
            None,
        )
        assert sold.stock("tea", "cup") == (100, 2)
        ship(sold, "A", tracking="SF1002")
        assert (state_of(order), sold.stock("tea", "cup")) == ("shipped", (98, 0))
        assert steps_of(order) == ["placed", "shipped", "parcel_back", "paid", "shipped"]

    def test_anothers_parcel_is_unknown(self, sold: Sold) -> None:
        sold.order("A tea cup:2")
        parcel = ship(sold, "A").parcel
        with pytest.raises(UnknownParcel):
            parcel_taken_back(shipper_id=sold.id("books"), parcel_no=parcel.parcel_no, at=NOW, actor="staff")

    def test_what_the_buyer_has_is_after_sale(self, sold: Sold) -> None:
        order = sold.order("A tea cup:2")
        parcel = ship(sold, "A").parcel
        Order.objects.filter(id=order.id).update(state="received", received_at=NOW)
        with pytest.raises(ParcelEnded):
            parcel_taken_back(shipper_id=sold.id("tea"), parcel_no=parcel.parcel_no, at=NOW, actor="staff")


def test_every_refusal_has_its_code() -> None:
    codes = [one.code for one in FulfilmentError.__subclasses__()]
    assert len(set(codes)) == len(codes)
