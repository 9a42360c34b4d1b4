"""Screens of orders are accessible, at both widths, in both languages and both themes."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.portals.orders.people import busy, client_of
from tests.portals.test_money_screens import AXE, LOOKS, enter, seen
from tests.trade.fulfilment.sold import Sold

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
OF_SHIPPERS = (
    "mall-orders/", "mall-orders/{own}/", "mall-orders/{own}/?tab=parcels", "mall-orders/{own}/?tab=history",
    "mall-orders/{own}/ship/", "mall-orders/ship/", "mall-orders/print/",
)  # fmt: skip
PEOPLE = (
    ("merchant_owner", "tea", "/merchant/", "T-1", (*OF_SHIPPERS, "mall-orders/T-2/?tab=parcels", "mall-orders/hand-over/")),
    ("supplier_owner", "farm", "/supplier/", "T-4", ("", *OF_SHIPPERS)),
    ("platform_operations", "", "/platform/", "T-1",
     ("mall-orders/", "mall-orders/{own}/", "mall-orders/{own}/hold/", "mall-orders/{own}/transfer/")),
)  # fmt: skip


def counts_once(page: Page) -> None:
    """The stream of counts brings them once and is over: the server of tests cannot leave one open."""

    def answer(route: Route) -> None:
        parts = route.fetch(url=route.request.url.replace("/live/?", "/live/parts/?"))
        lines = "".join(f"data: {line}\n" for line in parts.text().splitlines())
        route.fulfill(body=f"{lines}\n", content_type="text/event-stream")

    page.route("**/mall-orders/live/?*", answer)


def test_every_screen_of_orders_is_accessible(live_server: Any, page: Page) -> None:
    sold = busy(Sold())
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    page.context.add_init_script(AXE.read_text())
    counts_once(page)
    found: dict[str, list[str]] = {}
    for role, party, root, own, paths in PEOPLE:
        client = client_of(sold, role, party)
        enter(page, live_server.url, sessionid=client.cookies["sessionid"].value)
        for place, path in enumerate(paths):
            look = LOOKS[place % len(LOOKS)]
            if broken := seen(page, live_server.url, root + path.format(own=own), look):
                found[f"{root}{path} in {look}"] = broken
    assert found == {}
    assert said == []
