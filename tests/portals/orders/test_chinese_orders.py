"""No English on the Chinese pages of orders, for whoever looks at them."""

import pytest

from tests.portals.orders.people import client_of, with_orders
from tests.portals.test_chinese_screens import UNREAD, Walk, names_of

pytestmark = pytest.mark.django_db
OF_ORDERS = ("mall_order", "ship_", "hand_over", "take_back")


@pytest.mark.parametrize(
    ("role", "party", "area", "portal"),
    [
        ("merchant_owner", "tea", "/merchant/mall-orders/", "merchant"),
        ("supplier_owner", "farm", "/supplier/", "supplier"),
        ("platform_operations", "", "/platform/mall-orders/", "platform"),
    ],
)
def test_every_page_of_orders(role: str, party: str, area: str, portal: str) -> None:
    walk = Walk(client_of(with_orders(), role, party, language="zh-hans"), area, [area])
    walk.client.cookies["django_language"] = "zh-hans"
    walk.read()
    assert walk.english == {}
    wanted = {
        name for name in names_of(portal) if portal == "supplier" or any(part in name for part in OF_ORDERS)
    }
    assert wanted - set(walk.forms) - set(UNREAD) == set()
