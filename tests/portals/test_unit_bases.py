"""A fee by the piece: its base is a number of units, and reads as one on every screen and in every file."""

import html
import re
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet
import pytest
from django.test import Client
from django.utils.translation import override

from tests.isolation.market import NOW, ZONE, Market, clock, open_market, order, preset, rule
from tests.portals.api.calling import api_of
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.orders_received import batch_received
from zhanggui.parties.models import Role
from zhanggui.portals.desk.exports.writers import write_csv, write_parquet
from zhanggui.portals.desk.lists.columns import BaseColumn
from zhanggui.portals.platform.rule_sets.sentences import formula_text
from zhanggui.portals.shell.exports.tables import TABLES
from zhanggui.portals.shell.exports.writing import write_export
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.fees.operations.publish_rule_set import publish_rule_set

pytestmark = pytest.mark.django_db

STEPS = [{"from": 0, "rate": "5000%"}, {"from": 10, "rate": "2000%"}]


@pytest.fixture
def market() -> Market:
    from django.core.cache import cache

    cache.clear()
    found = open_market()
    rules = preset()["rule_set"]
    rules["rules"].append(rule("packing", "packing_fee", "5000%", formula={"base": "quantity"}))
    publish_rule_set(document=rules, at=NOW, actor="tests")
    batch_received(
        business_line=found.line, key="packed", body=b"packed", clock=clock, zone=ZONE, actor="tests",
        records=[order("P-1", "2026-06-05", [("tea", "TEA-1", 1234, 9900)])],
    )  # fmt: skip
    goods_billable(business_line=found.line, as_of=NOW, clock=clock, zone=ZONE, actor="tests")
    return found


def packing_detail() -> tuple[str, int]:
    """The number of the packing fee's detail, and its order."""
    [row] = rows_of(
        "select d.party_id || '-' || d.line_id || '-' || d.event_id || '-' || d.position as id, d.order_id"
        " from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id"
        " where f.code = 'packing_fee'",
        [],
    )
    return row["id"], row["order_id"]


def visit(client: Client, market: Market, party: str, role: Role, path: str, language: str) -> str:
    client.force_login(market.person(party, role))
    client.cookies["django_language"] = language
    response = client.get(path)
    assert response.status_code == 200, path
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.mark.parametrize(("language", "words"), [("en", "1,234 units"), ("zh-hans", "1,234 件")])
def test_every_screen_says_units(market: Market, client: Client, language: str, words: str) -> None:
    detail, order_id = packing_detail()
    for path in (
        "/platform/details/?order=P-1",
        f"/platform/orders/{order_id}/",
        f"/platform/details/{detail}/",
    ):
        page = visit(client, market, "platform", Role.PLATFORM_ADMIN, path, language)
        assert words in page and "12.34" not in page, path
    for path in ("/merchant/details/?q=P-1", f"/merchant/details/{detail}/"):
        page = visit(client, market, "tea", Role.MERCHANT_OWNER, path, language)
        assert words in page and "12.34" not in page, path


def test_of_money_stays_money(market: Market, client: Client) -> None:
    page = visit(client, market, "platform", Role.PLATFORM_ADMIN, "/platform/details/?order=P-1", "en")
    assert page.count(" units") == 1 and "99.00" in page


def test_the_api_says_what_the_base_counts(market: Market) -> None:
    items = api_of(market, "tea", Role.MERCHANT_OWNER).get("/details", order_no="P-1")["items"]
    assert {(one["fee"], one["base"], one["base_unit"]) for one in items} >= {
        ("packing_fee", 1234, "unit"), ("commission", 9900, "minor"),
    }  # fmt: skip
    told = api_of(market, "platform", Role.PLATFORM_ADMIN).get(f"/details/{packing_detail()[0]}/explanation")
    assert (told["explanation"]["base"], told["explanation"]["base_unit"]) == (1234, "unit")


def test_files_keep_units_and_money_apart(market: Market, tmp_path: Path) -> None:
    write_export(TABLES["details"], tmp_path / "details.parquet", "parquet", lambda rows: None)
    rows = pyarrow.parquet.read_table(tmp_path / "details.parquet").to_pylist()
    units = {
        (row["fee"], row["base_minor"], row["base_units"]) for row in rows if row["base_units"] is not None
    }
    assert units == {("packing_fee", None, 1234)}
    assert all((row["base_minor"] is None) != (row["base_units"] is None) for row in rows)


def test_a_desk_export_writes_units_as_text_and_money_as_money(tmp_path: Path) -> None:
    column = BaseColumn("base", "Base", currency="CNY", units=lambda row: row.kind == 1)
    rows = [SimpleNamespace(kind=1, base=1234), SimpleNamespace(kind=2, base=1234)]
    with override("zh-hans"):
        write_csv(tmp_path / "a.csv", [column], rows, lambda count: None)
        write_parquet(tmp_path / "a.parquet", [column], rows, lambda count: None)
    assert (tmp_path / "a.csv").read_text("utf-8-sig").split() == ["Base", "(CNY)", '"1,234', '件"', "12.34"]
    assert pyarrow.parquet.read_table(tmp_path / "a.parquet")["base"].to_pylist() == ["1,234 件", "12.34"]


def test_tiers_of_units_are_told_in_units(market: Market) -> None:
    tiers = {"kind": "slab", "by": "line_amount", "steps": STEPS}
    formula = {
        "base": "quantity",
        "tiers": tiers,
        "fixed": 0,
        "fixed_per": "line",
        "floor": None,
        "cap": None,
    }
    with override("en"):
        assert "from 10 units 2000%" in formula_text(formula, "CNY")
        by_sales = formula | {"tiers": tiers | {"by": "cumulative_sales"}}
        assert "from 0.10 2000%" in formula_text(by_sales, "CNY")
