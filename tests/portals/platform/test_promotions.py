"""The platform's coupons and rules on screen: made, closed, and what each gave at which shop and who funded it."""

from typing import Any

import pytest
from django.utils import timezone

from tests.portals.merchant.test_promotions import COUPON, SAVING
from zhanggui.parties.models import Party
from zhanggui.trade.promotions.models import Coupon, SpendAndSave

pytestmark = pytest.mark.django_db
SHARED = {"platform_share": "60%"}


class TestCoupons:
    def test_are_issued_with_their_funding_and_closed(self, desk: Any) -> None:
        assert "There is no coupon yet" in desk.get("/platform/coupons/").content.decode()
        assert desk.get("/platform/coupons/new/").status_code == 200
        assert desk.post("/platform/coupons/new/", COUPON | SHARED)["Location"] == "/platform/coupons/"
        row = Coupon.objects.get()
        assert (row.merchant_id, row.platform_ppm) == (0, 600_000)
        listed = desk.get("/platform/coupons/").content.decode()
        assert "60%" in listed and "10.00 off from 58.00" in listed
        page = desk.get("/platform/coupons/TEA-10/").content.decode()
        assert "No order has used it yet." in page
        desk.post("/platform/coupons/TEA-10/close/")
        assert not Coupon.objects.get().active

    def test_of_shops_are_seen_and_left_alone(self, desk: Any) -> None:
        desk.post("/platform/coupons/new/", COUPON | SHARED)
        tea = Party.objects.get(code="tea")
        Coupon.objects.update(merchant_id=tea.id, platform_ppm=0)
        assert tea.name_in("en") in desk.get("/platform/coupons/").content.decode()
        assert "/close/" not in desk.get("/platform/coupons/TEA-10/").content.decode()
        desk.post("/platform/coupons/TEA-10/close/")
        assert Coupon.objects.get().active

    def test_are_made_by_those_who_may(self, as_role: Any) -> None:
        auditor = as_role("platform_auditor")
        assert auditor.get("/platform/coupons/").status_code == 200
        assert auditor.post("/platform/coupons/new/", COUPON | SHARED).status_code == 403
        assert auditor.post("/platform/coupons/none/close/").status_code == 403
        assert (
            as_role("platform_operations").post("/platform/coupons/new/", COUPON | SHARED).status_code == 302
        )

    def test_say_what_is_wrong(self, desk: Any) -> None:
        answer = desk.post("/platform/coupons/new/", COUPON | {"platform_share": "160%"})
        assert answer.status_code == 422
        assert desk.get("/platform/coupons/none/").status_code == 404


class TestSavings:
    def test_are_added_listed_opened_and_closed(self, desk: Any) -> None:
        assert desk.post("/platform/savings/new/", SAVING | SHARED)["Location"] == "/platform/savings/"
        assert SpendAndSave.objects.get().platform_ppm == 600_000
        assert "25.50 off from 199.00" in desk.get("/platform/savings/").content.decode()
        assert "No order has used it yet." in desk.get("/platform/savings/AUTUMN/").content.decode()
        desk.post("/platform/savings/AUTUMN/close/")
        assert not SpendAndSave.objects.get().active


class TestWhatItGave:
    def test_is_shown_by_shop_with_both_sides_parts(self, desk: Any) -> None:
        from tests.trade.promotions.placing import place_sale

        place_sale(at=timezone.now())
        page = desk.get("/platform/coupons/MALL/").content.decode()
        assert "What it gave" in page
        # 10.00 over the 65.00 left of alpha and 40.00 of beta: 6.19 and 3.81; the shops fund 40 %, rounded down.
        for text in ("6.19", "3.72", "2.47", "3.81", "2.29", "1.52"):
            assert text in page, text
        assert "5.00" in desk.get("/platform/coupons/ALPHA/").content.decode()
