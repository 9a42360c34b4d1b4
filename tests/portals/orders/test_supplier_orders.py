"""Orders as a supplier sees them: those it ships, without what buyers pay; and its statements."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.portals.orders.people import busy, client_of, text_of
from tests.trade.fulfilment.sold import Sold, state_of
from zhanggui.parties.models import User
from zhanggui.portals.desk.lists.registry import find
from zhanggui.trade.orders.models import Order

pytestmark = pytest.mark.django_db
LIST = "/supplier/mall-orders/"


@pytest.fixture
def sold() -> Sold:
    return busy(Sold())


def test_home_says_what_waits(sold: Sold) -> None:
    client = client_of(sold, "supplier_owner", "farm")
    page = text_of(client.get("/supplier/"))
    assert "Wuyi Farm" in page and "12.00" in page and "T-4</span>" in page and "T-1" not in page


def test_the_list_has_what_it_ships_without_retail_prices(sold: Sold) -> None:
    page = text_of(client_of(sold, "supplier_staff", "farm").get(LIST))
    assert "T-4</a>" in page and "Cloud Tea" in page and "12.00" in page
    for hidden in ("T-1</a>", "B-1</a>", "20.00", "19.00"):
        assert hidden not in page


@pytest.mark.parametrize("tab", ["lines", "parcels", "history"])
def test_an_order_shows_no_retail_price(sold: Sold, tab: str) -> None:
    page = text_of(client_of(sold, "supplier_owner", "farm").get(f"{LIST}T-4/?tab={tab}"))
    assert "12.00" in page
    for hidden in ("20.00", "19.00", "10.00", "JUNE"):
        assert hidden not in page


def test_exports_have_none_either(sold: Sold) -> None:
    client_of(sold, "supplier_owner", "farm")
    list_page = find("supplier.mall_orders")
    assert list_page is not None
    person = User.objects.get(username="supplier_owner-farm")
    page = list_page(user=person, scope={"party_id": sold.id("farm")})
    assert not {"goods", "due", "discounts"} & {column.key for column in page.get_columns()}


def test_what_it_does_not_ship_is_not_there(sold: Sold) -> None:
    client = client_of(sold, "supplier_owner", "farm")
    for path in ("T-1/", "T-1/ship/", "print/?order=T-1"):
        assert client.get(f"{LIST}{path}").status_code == 404
    assert client.post(f"{LIST}T-1/note/", {"note": "x"}).status_code == 404
    assert client_of(sold, "merchant_owner", "tea").get(LIST).status_code == 403


def test_it_ships_by_hand_and_by_file(sold: Sold) -> None:
    client = client_of(sold, "supplier_staff", "farm")
    sent = {"units-T-4-1": "1", "carrier": "sf", "tracking_no": "SF5001"}
    assert client.post(f"{LIST}T-4/ship/", sent).status_code == 302
    assert client.get(f"{LIST}ship/to-ship.xlsx").status_code == 200
    assert client.get(f"{LIST}print/?format=pdf").content.startswith(b"%PDF-")
    text = "order_no,carrier,tracking_no\nT-4,sf,SF5002\nT-1,sf,SF5003\n"
    page = text_of(
        client.post(f"{LIST}ship/", {"file": SimpleUploadedFile("p.csv", text.encode()), "act": "ship"})
    )
    assert "1 rows shipped" in page and "1 refused" in page
    assert [state_of(Order.objects.get(order_no=one)) for one in ("T-4", "T-1")] == ["shipped", "paid"]


def test_statements_are_read_in_its_own_frame(sold: Sold) -> None:
    client = client_of(sold, "supplier_owner", "farm")
    for path in ("statements/", "details/", "payouts/", "receivers/"):
        page = text_of(client.get(f"/merchant/{path}"))
        assert "/supplier/mall-orders/" in page
        assert "/merchant/mall-orders/" not in page
    staff = client_of(sold, "supplier_staff", "farm")
    assert staff.get("/merchant/statements/").status_code == 403
    assert "/merchant/statements/" not in text_of(staff.get(LIST))


def test_live_counts(sold: Sold) -> None:
    client = client_of(sold, "supplier_staff", "farm")
    assert "tab=paid" in text_of(client.get(f"{LIST}live/parts/?since=0"))
