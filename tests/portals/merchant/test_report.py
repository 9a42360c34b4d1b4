"""The shop's settlement report: parts add up to the net, and every figure leads to rows of that very sum."""

import csv
import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.isolation.market import Market
from tests.portals.documents import with_documents
from tests.portals.platform.reading import foot, minor
from zhanggui.portals.desk.exports.running import run_export
from zhanggui.portals.desk.models import Export
from zhanggui.settlement.details.queries import rows_of

DAYS = "days=custom&days_from=2026-04-01&days_to=2026-06-30"
CELL = re.compile(r'<td class="num[^"]*" data-label="([^"]*)"><a href="([^"]+)">([^<]+)</a>')
PARTS = ("Sales", "Commission and service fees", "Refunds", "Corrections")


@pytest.fixture
def paid(market: Market, tmp_path: Path) -> Market:
    """April, May and June of the tea house; May is paid."""
    return with_documents(market, tmp_path)


def listed(page: Any) -> str:
    """The list of the page, without the picture over it."""
    return re.sub(r"<figure.*?</figure>", "", page.content.decode(), flags=re.DOTALL)


def figures(page: Any) -> list[tuple[str, str, int]]:
    """(column, where it leads, minor units) of every figure of the list."""
    return [(label, html.unescape(url), minor(text)) for label, url, text in CELL.findall(listed(page))]


def column(page: Any, wanted: str) -> list[int]:
    """The amounts of a column, row by row."""
    return [amount for label, _, amount in figures(page) if label == wanted]


@pytest.mark.parametrize("step", ["month", "week", "day"])
def test_every_figure_leads_to_rows_of_that_sum(paid: Market, shop: Client, step: str) -> None:
    found = figures(shop.get(f"/merchant/report/?{DAYS}&step={step}"))
    assert {"Net", "Paid to you", *PARTS} <= {label for label, _, _ in found}
    for label, url, amount in found:
        if amount or step == "month":
            assert foot(shop.get(url), "Amount") == amount, (label, url)


def test_parts_come_to_the_net_and_months_to_the_whole(paid: Market, shop: Client) -> None:
    page = shop.get(f"/merchant/report/?{DAYS}")
    nets = column(page, "Net")
    assert len(nets) == 3
    parts = [column(page, label) for label in PARTS]
    assert [sum(month) for month in zip(*parts, strict=True)] == nets
    [own] = rows_of(
        "select sum(amount)::bigint as net from settlement_detail where party_id = %(party)s",
        {"party": paid.party("tea").id},
    )
    [out] = rows_of(
        "select sum(amount_minor)::bigint as paid from settlement_payout where state = 'paid' and party_id = %(party)s",
        {"party": paid.party("tea").id},
    )
    assert (foot(page, "Net"), foot(page, "Paid to you")) == (own["net"], out["paid"])


def test_the_picture_has_the_figures_of_the_list(paid: Market, shop: Client) -> None:
    body = shop.get(f"/merchant/report/?{DAYS}").content.decode()
    drawn = {html.unescape(url) for url in re.findall(r'<a href="([^"]+)" tabindex="-1"><rect', body)}
    assert len(drawn) == 6 and drawn <= {url for _, url, _ in figures(shop.get(f"/merchant/report/?{DAYS}"))}


def test_steps_are_cut_to_the_days_asked_for(market: Market, shop: Client) -> None:
    asked = "days=custom&days_from=2026-05-05&days_to=2026-05-31&step=week"
    body = shop.get(f"/merchant/report/?{asked}").content.decode()
    assert "2026-05-05 ~ 2026-05-10" in body and "S-1" not in body
    assert "2026-05" in shop.get("/merchant/report/?step=month").content.decode()


def test_exports_what_is_shown(paid: Market, shop: Client, tmp_path: Path) -> None:
    page = shop.get(f"/merchant/report/?{DAYS}")
    scope = re.search(r'name="scope" value="([^"]+)"', page.content.decode())
    assert scope
    wanted = {
        "list": "merchant.report",
        "query": DAYS,
        "format": "csv",
        "scope": html.unescape(scope.group(1)),
    }
    assert shop.post("/exports/new/", wanted).status_code == 302
    row = Export.objects.get()
    run_export(row.id)
    row.refresh_from_db()
    assert (row.state, row.rows_done) == ("done", 3)
    [file] = [one for one in tmp_path.rglob("*.csv") if one.name != "own.csv"]
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [minor(one["Net (CNY)"]) for one in rows] == column(page, "Net")


def test_is_of_the_shop_alone(market: Market, shop: Client, client: Client) -> None:
    kiln = shop.get(f"/merchant/report/?{DAYS}&party=kiln")
    assert foot(kiln, "Net") == foot(shop.get(f"/merchant/report/?{DAYS}"), "Net")
    client.force_login(market.person("platform", "platform_admin"))  # type: ignore[arg-type]
    assert client.get("/merchant/report/").status_code in (302, 403)
