"""Promotions and freight over the API: a merchant's own, the platform's, and nobody else's."""

from typing import Any

import pytest

from tests.isolation.market import Market
from tests.portals.api.calling import api_of
from zhanggui.parties.models import Role
from zhanggui.trade.promotions.models import Coupon

pytestmark = pytest.mark.django_db
COUPON: dict[str, Any] = {
    "code": "TEN", "name": {"zh": "十元券", "en": "Ten off"}, "kind": "amount", "currency": "CNY",
    "amount_minor": 1000, "from_minor": 5000, "total": 10, "claim_starts_at": "2026-01-01T00:00:00Z",
    "claim_ends_before": "2126-01-01T00:00:00Z", "use_starts_at": "2026-01-01T00:00:00Z",
    "use_ends_before": "2126-01-01T00:00:00Z",
}  # fmt: skip
SAVING = {
    "code": "MORE", "name": {"en": "More"}, "currency": "CNY", "steps": [[9900, 1000], [19900, 2500]],
    "starts_at": "2026-01-01T00:00:00Z", "ends_before": "2126-01-01T00:00:00Z",
}  # fmt: skip
FREIGHT = {
    "code": "usual", "name": {"en": "Usual"}, "currency": "CNY", "basis": "piece", "free_from_minor": 9900,
    "rows": [{"first_units": 1, "first_minor": 800, "next_units": 1, "next_minor": 200},
             {"regions": ["tibet"], "first_units": 1, "first_minor": 2000, "next_units": 1, "next_minor": 1500}],
}  # fmt: skip


class TestCoupons:
    def test_are_a_merchants_own(self, market: Market) -> None:
        tea = api_of(market, "tea", Role.MERCHANT_OWNER)
        made = tea.post("/coupons", COUPON, status=201)
        assert (made["code"], made["platform_ppm"], made["active"]) == ("TEN", 0, True)
        other = api_of(market, "kiln", Role.MERCHANT_OWNER)
        assert other.get("/coupons")["items"] == []
        assert other.post("/coupons/TEN/closing", {}, status=404)["error"]["code"] == "unknown_coupon"
        assert other.post("/coupons", COUPON, status=409)["error"]["code"] == "promotion_taken"
        assert tea.post("/coupons/TEN/closing", {})["active"] is False
        assert tea.get("/coupons", active="false")["items"][0]["code"] == "TEN"
        assert tea.get("/coupons", active="true")["items"] == []

    def test_of_the_platform_name_their_funding(self, market: Market) -> None:
        operations = api_of(market, "platform", Role.PLATFORM_OPERATIONS)
        operations.post("/coupons", COUPON | {"platform_ppm": 600_000}, status=201)
        assert (Coupon.objects.get().merchant_id, Coupon.objects.get().platform_ppm) == (0, 600_000)
        assert [row["code"] for row in operations.get("/coupons")["items"]] == ["TEN"]
        auditor = api_of(market, "platform", Role.PLATFORM_AUDITOR)
        assert auditor.get("/coupons")["items"]
        assert auditor.post("/coupons", COUPON, status=403)["error"]["code"] == "not_allowed"

    def test_that_cannot_be_are_refused(self, market: Market) -> None:
        tea = api_of(market, "tea", Role.MERCHANT_OWNER)
        for wrong in ({"platform_ppm": 5}, {"amount_minor": 0}, {"total": 0}, {"categories": ["none"]}):
            assert tea.post("/coupons", COUPON | wrong, status=422)["error"]["code"] == "promotion_wrong"
        assert tea.post("/coupons", COUPON | {"amount_minor": 1.5}, status=422)
        assert not Coupon.objects.exists()


class TestSavings:
    def test_are_added_listed_and_closed(self, market: Market) -> None:
        tea = api_of(market, "tea", Role.MERCHANT_STAFF)
        assert tea.post("/spend-and-save", SAVING, status=201)["steps"] == [[9900, 1000], [19900, 2500]]
        wrong = SAVING | {"code": "W", "steps": [[100, 200]]}
        assert tea.post("/spend-and-save", wrong, status=422)["error"]["code"] == "promotion_wrong"
        assert tea.post("/spend-and-save/MORE/closing", {})["active"] is False
        assert [row["code"] for row in tea.get("/spend-and-save")["items"]] == ["MORE"]


class TestFreight:
    def test_is_a_merchants(self, market: Market) -> None:
        tea = api_of(market, "tea", Role.MERCHANT_OWNER)
        assert len(tea.post("/freight-templates", FREIGHT, status=201)["rows"]) == 2
        assert tea.get("/freight-templates")["items"][0]["rows"][1]["regions"] == ["tibet"]
        assert api_of(market, "kiln", Role.MERCHANT_OWNER).get("/freight-templates")["items"] == []
        assert tea.post("/freight-templates/usual/closing", {})["active"] is False
        platform = api_of(market, "platform", Role.PLATFORM_ADMIN)
        assert platform.get("/freight-templates", status=403)["error"]["code"] == "not_allowed"
