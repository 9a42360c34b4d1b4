"""What has not left is called off: on the shop's and the platform's screens, by API and command; the buyer's page."""

import pytest
from django.test import Client

from tests.portals.orders.people import client_of, text_of
from tests.portals.orders.test_api_and_commands import at
from tests.portals.shell.running import run_command
from tests.trade.fulfilment.sold import Sold, state_of
from tests.trade.fulfilment.test_ship_lines import ship
from zhanggui.payments.models import Refund
from zhanggui.portals.shell.commands import mall_orders
from zhanggui.trade.orders.errors import OrderNotInState
from zhanggui.trade.returns.models import ReturnCase

pytestmark = pytest.mark.django_db


def given() -> list[int]:
    return list(Refund.objects.order_by("id").values_list("amount_minor", flat=True))


def test_a_shop_calls_one_line_off_and_the_rest_is_shipped() -> None:
    sold = Sold()
    order = sold.order("A tea cup:2 pot:1")
    client, place = client_of(sold, "merchant_staff", "tea"), "/merchant/mall-orders/A/"
    assert "Call off what has not left" in text_of(client.get(place))
    assert client.post(f"{place}call-off/", {"line": "2", "reason": " "}).status_code == 422
    page = text_of(client.post(f"{place}call-off/", {"line": "2", "reason": "断货"}, follow=True))
    assert "The money goes back to the buyer" in page
    ship(sold, "A")
    assert (state_of(order), given()) == ("shipped", [1000])
    assert "Call off what has not left" not in text_of(client.get(place))
    assert client_of(sold, "merchant_owner", "books").post(f"{place}call-off/").status_code == 404
    assert client_of(sold, "merchant_viewer", "tea").get(f"{place}call-off/").status_code in (403, 404)


def test_the_platform_and_programs_do_it_too() -> None:
    sold = Sold()
    sold.order("A tea cup:3")
    sold.order("B tea cup:3")
    ship(sold, ("A", "1", 1), ("B", "1", 1))
    told = {"reason": "out of stock"}
    assert at(sold, "platform_auditor").post("/mall-orders/A/call-off", told).status_code == 403
    assert at(sold, "merchant_staff", "books").post("/mall-orders/A/call-off", told).status_code == 404
    answer = at(sold, "merchant_staff", "tea").post("/mall-orders/A/call-off", told)
    assert (answer.status_code, answer.json()["state"]) == (200, "shipped")
    client = client_of(sold, "platform_operations")
    assert "2</span>" in text_of(client.get("/platform/mall-orders/B/call-off/"))
    words = ("call-off", "B", "--reason", "broken", "--as", "platform_operations-platform")
    assert "shipped" in run_command(mall_orders, *words).text
    with pytest.raises(OrderNotInState):
        run_command(mall_orders, *words)
    assert given() == [1933, 1933]


def test_the_buyer_asks_the_rest_back_on_the_orders_page() -> None:
    sold = Sold()
    order = sold.order("A tea cup:3")
    buyer = Client()
    buyer.force_login(sold.buyers["wang"].user)
    assert "refund_only" not in text_of(buyer.get("/orders/A/after-sale/"))
    ship(sold, ("A", "1", 1))
    page = text_of(buyer.get("/orders/A/"))
    assert "可申请退款" in page and "call_off" not in page
    sent = {"kind": "refund_only", "reason": "late", f"quantity-{order.lines.get().id}": "2"}
    buyer.post("/orders/A/after-sale/", sent)
    assert ReturnCase.objects.get().asked_minor == 1933
