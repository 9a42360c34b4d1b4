"""Orders as the platform sees them: all of them, held and released, transferred."""

import pytest

from tests.portals.orders.people import busy, client_of, text_of
from tests.trade.fulfilment.sold import Sold, state_of
from zhanggui.trade.orders.models import Order

pytestmark = pytest.mark.django_db
LIST = "/platform/mall-orders/"


@pytest.fixture
def sold() -> Sold:
    return busy(Sold())


@pytest.mark.parametrize(
    ("query", "there", "missing"),
    [
        ("", "B-1", "nothing"), ("party=books", "B-1", "T-1"), ("party=farm", "T-4", "T-1"),
        ("buyer=13800001111", "T-1", "nothing"), ("tab=shipped", "T-2", "B-1"), ("q=SF2002", "T-2", "T-1"),
    ],
)  # fmt: skip
def test_the_list_has_everybodys(sold: Sold, query: str, there: str, missing: str) -> None:
    page = text_of(client_of(sold, "platform_auditor").get(f"{LIST}?{query}"))
    assert f"{there}</a>" in page
    assert f"{missing}</a>" not in page


def test_one_order(sold: Sold) -> None:
    client = client_of(sold, "platform_auditor")
    page = text_of(client.get(f"{LIST}T-4/"))
    assert "Wuyi Farm" in page and "Cloud Tea" in page
    assert f"{LIST}T-4/hold/" not in page
    assert client.get(f"{LIST}Z/").status_code == 404
    assert client.get(f"{LIST}print/?order=T-2").status_code == 200
    assert client.get(f"{LIST}print/").status_code == 404


def test_holding_and_releasing(sold: Sold) -> None:
    client = client_of(sold, "platform_operations")
    place = f"{LIST}T-1/hold/"
    assert place in text_of(client.get(f"{LIST}T-1/"))
    assert client.post(place, {"act": "hold", "reason": "spite"}).status_code == 422
    assert client.post(place, {"act": "hold", "reason": "risk", "note": "odd"}).status_code == 302
    assert Order.objects.get(order_no="T-1").held
    assert "T-1</a>" in text_of(client.get(f"{LIST}?held=1"))
    shop = client_of(sold, "merchant_owner", "tea")
    assert "on hold" in text_of(shop.get("/merchant/mall-orders/T-1/"))
    assert client.post(place, {"act": "release"}).status_code == 302
    assert not Order.objects.get(order_no="T-1").held


def test_transfer_from_the_supplier_to_the_merchant(sold: Sold) -> None:
    client = client_of(sold, "platform_operations")
    place = f"{LIST}T-4/transfer/"
    assert client.post(place, {"act": "transfer", "place": "999"}).status_code == 422
    assert client.post(place, {"act": "transfer", "place": "0", "note": "out"}).status_code == 302
    assert Order.objects.get(order_no="T-4").supplier_id == 0
    assert client.post(f"{LIST}T-2/transfer/", {"act": "transfer", "place": "0"}).status_code == 422


def test_who_may_not_act_does_not(sold: Sold) -> None:
    client = client_of(sold, "platform_auditor")
    for path in ("hold", "transfer", "note"):
        assert client.post(f"{LIST}T-1/{path}/", {"note": "x"}).status_code == 403
    assert client_of(sold, "merchant_owner", "tea").get(LIST).status_code == 403
    assert state_of(Order.objects.get(order_no="T-1")) == "paid"
