"""The funds view: snapshot, account flow and order flow agree with the ledger, with each other, and down to the rows."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from tests.isolation.market import NOW, ZONE, Market
from tests.portals.platform.reading import column, foot, minor
from zhanggui.journeys.orders_received import batch_received
from zhanggui.journeys.statement_confirmed import statements_confirmed
from zhanggui.parties.models import Role
from zhanggui.parties.tenancy import as_tenant
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.intake.records import RefundRecord
from zhanggui.settlement.monitoring.queries import funds, order_flow

ALL = "ordered=custom&ordered_from=2026-01-01&ordered_to=2026-12-31&size=200"


@pytest.fixture
def busy(market: Market) -> Market:
    """A statement is confirmed, a refund accepted and not yet billed, a late order paid and not yet billed."""
    from tests.isolation.market import order

    held = market.statement("glass")
    statements_confirmed(
        keys=[(held.party_id, held.id)], clock=lambda: NOW, zone=ZONE, actor="tests", reason=""
    )
    records = [
        RefundRecord(
            row=1, refund_no="R-1", order_no="S-1", line_no="1", quantity=0, goods=600, refunded_at=NOW
        ),
        order("S-9", "2026-06-19", [("tea", "TEA-1", 1, 5000)]),
    ]
    batch_received(
        business_line=market.line,
        key="late",
        body=b"late",
        records=records,
        clock=lambda: NOW,
        zone=ZONE,
        actor="tests",
    )
    return market


def figures(body: str) -> list[tuple[str, int]]:
    found = re.findall(
        r'<a class="figure[^"]*" href="([^"]+)">.*?figure-value[^>]*>.*?</span> ([-\d,.]+)</span>',
        body,
        re.DOTALL,
    )
    return [(html.unescape(url), minor(text)) for url, text in found]


class TestSnapshot:
    @pytest.mark.parametrize("day", ["2026-06-20", "2026-05-15"])
    def test_every_figure_leads_to_rows_of_that_sum(self, busy: Market, desk: Client, day: str) -> None:
        body = desk.get(f"/platform/funds/?through={day}").content.decode()
        found = figures(body)
        assert len(found) == len(funds.STANDINGS) and any(amount for _, amount in found)
        for url, amount in found:
            assert foot(desk.get(url), "Balance") == amount, url

    def test_every_balance_leads_to_a_flow_that_ends_there(self, busy: Market, desk: Client) -> None:
        page = desk.get("/platform/funds/balances/?through=2026-05-31&size=200").content.decode()
        rows = re.findall(r'data-label="Balance"><a href="([^"]+)">([^<]+)<', page)
        assert len(rows) > 5
        for url, text in rows:
            flow = desk.get(html.unescape(url))
            assert column(flow, "Balance after")[0] == minor(text), url

    def test_a_typed_day_that_is_none_is_said(self, busy: Market, desk: Client) -> None:
        assert "is not a day" in desk.get("/platform/funds/?through=soon").content.decode()
        assert "is not a day" in desk.get("/platform/funds/balances/?through=soon").content.decode()


class TestFlows:
    def test_hold_everything_the_ledger_has_of_a_party(self, busy: Market, desk: Client) -> None:
        for code in ("tea", "kiln", "glass"):
            party = busy.party(code).id
            standings = funds.snapshot(currency="CNY", party_id=party)
            for account in funds.FLOWS:
                page = desk.get(f"/platform/funds/parties/{party}/?account={account}&size=200")
                expected = standings.get(account, standings["billed"] + standings["available"])
                assert foot(page, "Amount") == expected, (code, account)
                if expected:
                    assert column(page, "Balance after")[0] == expected

    def test_of_a_shop_are_its_own_alone(self, busy: Market) -> None:
        tea, kiln = busy.party("tea").id, busy.party("kiln").id
        asked = "select count(*) as n from settlement_moves_of(%s, 'CNY', array['2202.01', '2202.02'])"
        assert rows_of(asked, [kiln])[0]["n"] > 0
        with as_tenant(tea):
            assert rows_of(asked, [tea])[0]["n"] > 0
            assert rows_of(asked, [kiln])[0]["n"] == 0
            [order_id] = rows_of("select order_id from settlement_staged_line order by 1 desc limit 1", [])
            assert (
                rows_of("select settlement_order_pending(%s, %s) as p", [tea, order_id["order_id"]])[0]["p"]
                == 5300
            )
            assert (
                rows_of("select settlement_order_pending(%s, %s) as p", [kiln, order_id["order_id"]])[0]["p"]
                == 0
            )


class TestOrderFlow:
    def test_stations_add_up_to_what_an_order_yields(self, busy: Market, desk: Client) -> None:
        page = desk.get(f"/platform/funds/orders/?{ALL}")
        yields = column(page, "Yields")
        labels = (
            "Pending",
            "Accruing",
            "To confirm",
            "Confirmed",
            "Being paid out",
            "Paid out",
            "Carried on",
        )
        stations = [column(page, label) for label in labels]
        assert len(yields) == 8 and yields == [sum(one) for one in zip(*stations, strict=True)]
        assert foot(page, "Yields") == sum(yields)

    def test_agrees_with_the_snapshot(self, busy: Market, desk: Client) -> None:
        """Everything in this market is about orders, so the two views come to the same."""
        found = funds.snapshot(currency="CNY")
        page = desk.get(f"/platform/funds/orders/?{ALL}")
        assert foot(page, "Pending") == found["pending"] == 5300 - 600
        assert foot(page, "Confirmed") == found["available"]
        assert foot(page, "Accruing") + foot(page, "To confirm") == found["billed"]

    def test_is_filtered_by_place_and_merchant(self, busy: Market, desk: Client) -> None:
        assert len(column(desk.get(f"/platform/funds/orders/?{ALL}&place=pending"), "Yields")) == 2
        assert len(column(desk.get(f"/platform/funds/orders/?{ALL}&party=glass"), "Yields")) == 1
        assert len(order_flow.PLACES) == 7


class TestShop:
    def test_sees_its_own_figures_down_to_the_movements(self, busy: Market, client: Client) -> None:
        client.force_login(busy.person("tea", Role.MERCHANT_VIEWER))
        client.cookies["django_language"] = "en"
        body = client.get("/merchant/funds/?through=2026-06-20").content.decode()
        found = figures(body)
        own: Any = funds.snapshot(currency="CNY", party_id=busy.party("tea").id)
        assert [amount for _, amount in found] == list(own.values()) and own["pending"] == 4700
        for url, amount in found:
            assert foot(client.get(url), "Amount") == amount, url
        page = client.get(f"/merchant/orders/?{ALL}")
        assert len(column(page, "Yields")) == 4 and foot(page, "Pending") == 4700
