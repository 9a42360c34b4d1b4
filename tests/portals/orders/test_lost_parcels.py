"""A parcel is lost: who says so, what time no longer does, what the buyer may ask, and that it may turn up."""

from datetime import timedelta

import pytest

from tests.portals.orders.people import client_of, text_of
from tests.portals.orders.test_api_and_commands import at
from tests.portals.shell.running import run_command
from tests.trade.fulfilment.sold import NOW, Sold, state_of, steps_of
from tests.trade.fulfilment.test_ship_lines import ship
from zhanggui.journeys.goods_received import goods_received_by_time
from zhanggui.journeys.parcel_lost import parcel_lost
from zhanggui.journeys.parcel_tracked import parcel_tracked
from zhanggui.journeys.return_asked import return_asked
from zhanggui.portals.shell.commands import mall_orders
from zhanggui.trade.fulfilment.errors import ParcelEnded, UnknownParcel
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.rules import TrackingEvent
from zhanggui.trade.orders.models import Order
from zhanggui.trade.returns.models import ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def parcel() -> tuple[Sold, Order, Parcel]:
    sold = Sold()
    order = sold.order("A tea cup:1")
    ship(sold, "A")
    return sold, order, Parcel.objects.get()


def test_its_shipper_says_so_on_the_orders_page(parcel: tuple[Sold, Order, Parcel]) -> None:
    sold, order, there = parcel
    client, place = client_of(sold, "merchant_staff", "tea"), "/merchant/mall-orders/A/"
    assert "It is lost" in text_of(client.get(f"{place}?tab=parcels"))
    address = f"{place}parcels/{there.parcel_no}/lost/"
    page = text_of(client.post(address, follow=True))
    assert "may ask the money back" in page and "Lost</span>" in page
    client.post(address)
    assert steps_of(order).count("parcel_lost") == 1
    other = client_of(sold, "merchant_owner", "books")
    assert other.post(f"/merchant/mall-orders/A/parcels/{there.parcel_no}/lost/").status_code == 404


def test_the_platform_says_so_by_screen_api_and_command(parcel: tuple[Sold, Order, Parcel]) -> None:
    sold, _order, there = parcel
    assert at(sold, "platform_auditor").post(f"/parcels/{there.parcel_no}/lost").status_code == 403
    assert at(sold, "merchant_staff", "books").post(f"/parcels/{there.parcel_no}/lost").status_code == 404
    answer = at(sold, "platform_operations").post(f"/parcels/{there.parcel_no}/lost")
    assert answer.json()["state"] == "lost"
    said = run_command(mall_orders, "lost", there.parcel_no, "--as", "platform_operations-platform")
    assert "lost" in said.text
    page = text_of(client_of(sold, "platform_admin").get("/platform/mall-orders/A/?tab=parcels"))
    assert "Lost</span>" in page and "It is lost" not in page


def test_time_does_not_receive_it_and_the_buyer_may_ask(parcel: tuple[Sold, Order, Parcel]) -> None:
    _sold, order, there = parcel
    parcel_lost(shipper_id=None, parcel_no=there.parcel_no, at=NOW + DAY, actor="tests")
    assert goods_received_by_time(clock=lambda: NOW + 100 * DAY, actor="clockwork") == 0
    case = return_asked(
        order_no="A", kind=ReturnKind.REFUND_ONLY, reason="not_arrived", text="", pictures=[], at=NOW + 2 * DAY,
        asked=[Asked(order.lines.get().id, 1)],
    )  # fmt: skip
    assert case.asked_minor == order.due_minor


def test_one_that_turns_up_leaves_the_buyer_the_whole_time(parcel: tuple[Sold, Order, Parcel]) -> None:
    _sold, order, there = parcel
    parcel_lost(shipper_id=None, parcel_no=there.parcel_no, at=NOW + DAY, actor="tests")
    arrived = TrackingEvent(at=NOW + 90 * DAY, text="签收", delivered=True)
    parcel_tracked(carrier=there.carrier, tracking_no=there.tracking_no, events=[arrived])
    assert goods_received_by_time(clock=lambda: NOW + 91 * DAY, actor="clockwork") == 0
    assert goods_received_by_time(clock=lambda: NOW + 120 * DAY, actor="clockwork") == 1
    assert state_of(order) == "received"
    with pytest.raises(ParcelEnded):
        parcel_lost(shipper_id=None, parcel_no=there.parcel_no, at=NOW, actor="tests")
    with pytest.raises(UnknownParcel):
        parcel_lost(shipper_id=1, parcel_no=there.parcel_no, at=NOW, actor="tests")


def test_staff_say_what_a_carrier_says_on_screen_and_by_command(parcel: tuple[Sold, Order, Parcel]) -> None:
    sold, _order, there = parcel
    staff = client_of(sold, "platform_operations")
    place = "/platform/mall-orders/A/"
    assert "Tell the buyer" in text_of(staff.get(f"{place}?tab=parcels"))
    address = f"{place}parcels/{there.parcel_no}/said/"
    assert "<b>Hangzhou" not in text_of(
        staff.post(address, {"text": "<b>Hangzhou", "place": "x"}, follow=True)
    )
    assert client_of(sold, "platform_auditor").post(address, {"text": "no"}).status_code == 403
    assert staff.post(f"{place}parcels/S1/said/", {"text": "no"}).status_code == 404
    there.refresh_from_db()
    assert (there.state, there.events.get().text) == ("sent", "<b>Hangzhou")
    told = ("track", there.carrier, there.tracking_no, "Signed", "--delivered")
    run_command(mall_orders, *told, "--as", "platform_operations-platform")
    there.refresh_from_db()
    assert (there.state, there.events.count()) == ("delivered", 2)
    assert "Tell the buyer" not in text_of(staff.get(f"{place}?tab=parcels"))
