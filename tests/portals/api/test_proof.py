"""The calendar, a statement's history and parts, double insurance and the log over the API."""

from itertools import pairwise
from typing import Any

import pytest

from tests.isolation.market import NOW, Market
from tests.portals.api.calling import Api
from zhanggui.audit.models import AuditRecord
from zhanggui.settlement.fees.models import FeeType
from zhanggui.settlement.intake.models import ShadowDifference

pytestmark = pytest.mark.django_db


def every_page(api: Api, path: str, **params: Any) -> list[dict[str, Any]]:
    """All rows, two at a time."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = api.get(path, limit=2, cursor=cursor, **params)
        found += answer["items"]
        if answer["next_cursor"] is None:
            return found
        cursor = answer["next_cursor"]


@pytest.mark.parametrize("by", ["fee", "order", "spu", "sku", "sku_type"])
def test_parts_of_every_granularity_are_the_net(market: Market, platform: Api, tea: Api, by: str) -> None:
    row = market.statement("tea")
    for api in (platform, tea):
        parts = every_page(api, f"/statements/{row.id}/parts", by=by)
        assert sum(one["amount_minor"] for one in parts) == row.net_minor
        assert sum(one["details"] for one in parts) == row.detail_count
    if by == "sku":
        assert {one["sku"] for one in parts} == {"TEA-1", "TEA-2"} and parts[0]["fee"] is None


def test_history_leads_to_the_state_and_is_ones_own(market: Market, platform: Api, tea: Api) -> None:
    row, other = market.statement("tea"), market.statement("kiln")
    steps = every_page(tea, f"/statements/{row.id}/events")
    assert steps == every_page(platform, f"/statements/{row.id}/events")
    assert steps[-1]["after"] == row.state
    for path in ("events", "parts"):
        tea.get(f"/statements/{other.id}/{path}", 404)


def test_the_calendar_adds_up(platform: Api, tea: Api) -> None:
    told = platform.get("/periods", year=2026)
    assert [one["statements"] for one in told["items"]] == [3, 3]
    for one in told["items"]:
        assert one["statements"] == one["open"] + one["confirming"] + one["confirmed"] + one["ended"]
    assert platform.get("/periods", year=1999)["items"] == []
    tea.get("/periods", 403)


def test_double_insurance_is_listed_by_page(market: Market, platform: Api, tea: Api) -> None:
    fee = FeeType.objects.get(code="commission")
    for place in range(3):
        ShadowDifference.objects.create(
            business_line_id=market.line.id, party_id=market.party("tea").id, order_no=f"S-{place}", line_no="1",
            fee_type_id=fee.id, kind="amount", pushed_minor=-900, computed_minor=-880, found_at=NOW,
        )  # fmt: skip
    rows = every_page(platform, "/shadow-differences", party="tea", business_line="market")
    assert [one["order_no"] for one in rows] == ["S-0", "S-1", "S-2"]
    assert (rows[0]["fee"], rows[0]["pushed_minor"], rows[0]["currency"]) == ("commission", -900, "CNY")
    assert platform.get("/shadow-differences", kind="missing_here")["items"] == []
    tea.get("/shadow-differences", 403)


def test_the_log_is_read_in_pages_and_verified(platform: Api, tea: Api) -> None:
    rows = every_page(platform, "/audit-log")
    assert [one["id"] for one in rows] == list(
        AuditRecord.objects.order_by("id").values_list("id", flat=True)
    )
    for before, after in pairwise(rows):
        assert after["previous_hash"] == before["hash"]
    assert {one["action"] for one in platform.get("/audit-log", action="terms.set")["items"]} == {"terms.set"}
    assert platform.get("/audit-log/chain") == {"records": len(rows), "whole": True, "broken": []}
    for path in ("/audit-log", "/audit-log/chain"):
        tea.get(path, 403)
