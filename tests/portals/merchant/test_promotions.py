"""A shop makes coupons, spend-and-save rules and freight templates on screen, and closes them."""

from typing import Any

import pytest
from django.utils import timezone

from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Party
from zhanggui.trade.pricing.models import FreightTemplate
from zhanggui.trade.promotions.models import Coupon, SpendAndSave

pytestmark = pytest.mark.django_db
HEAD = {"currency": "CNY", "name_zh": "满减", "name_en": "Autumn"}
COUPON = HEAD | {
    "code": "TEA-10", "kind": "amount", "off": "10.00", "most": "", "from": "58", "total": "200", "per_buyer": "2",
    "claim_from": "2026-01-01", "claim_until": "2126-12-31", "use_from": "2026-01-01", "use_until": "2126-12-31",
    "categories": "", "spus": "",
}  # fmt: skip
SAVING = HEAD | {
    "code": "AUTUMN", "from_1": "99", "off_1": "10", "from_2": "199.00", "off_2": "25.50", "from_3": "", "off_3": "",
    "starts": "2026-01-01", "until": "2126-12-31", "categories": "", "spus": "",
}  # fmt: skip
FREIGHT = HEAD | {
    "code": "usual", "basis": "weight", "free_from": "199", "first_units_0": "1000", "first_0": "8",
    "next_units_0": "500", "next_0": "2.50", "regions_1": "xinjiang, tibet", "first_units_1": "1000",
    "first_1": "20", "next_units_1": "1000", "next_1": "15",
}  # fmt: skip


def tea() -> int:
    return Party.objects.get(code="tea").id


class TestCoupons:
    def test_are_issued_listed_opened_and_closed(self, shop: Any) -> None:
        assert "The shop has no coupon yet" in shop.get("/merchant/coupons/").content.decode()
        assert shop.get("/merchant/coupons/new/").status_code == 200
        assert shop.post("/merchant/coupons/new/", COUPON)["Location"] == "/merchant/coupons/"
        row = Coupon.objects.get()
        assert (row.merchant_id, row.amount_minor, row.from_minor, row.total, row.per_buyer, row.platform_ppm) == (
            tea(), 1000, 5800, 200, 2, 0,
        )  # fmt: skip
        assert timezone.localtime(row.use_ends_before).isoformat() == "2127-01-01T00:00:00+08:00"
        listed = shop.get("/merchant/coupons/").content.decode()
        assert "TEA-10" in listed and "10.00 off from 58.00" in listed and "Running" in listed
        page = shop.get("/merchant/coupons/TEA-10/").content.decode()
        assert "0 of 200" in page and "Close" in page
        assert shop.get("/merchant/coupons/TEA-10/close/").status_code == 405
        shop.post("/merchant/coupons/TEA-10/close/")
        assert not Coupon.objects.get().active
        assert "Closed" in shop.get("/merchant/coupons/?state=closed").content.decode()
        assert AuditRecord.objects.filter(action="coupon.issued", party_id=tea()).exists()

    def test_percentages_have_a_most(self, shop: Any) -> None:
        shop.post(
            "/merchant/coupons/new/", COUPON | {"kind": "percent", "off": "12%", "most": "50", "from": ""}
        )
        row = Coupon.objects.get()
        assert (row.off_ppm, row.amount_minor, row.most_minor, row.from_minor) == (120_000, 0, 5000, 0)
        assert "12% off, at most 50.00" in shop.get("/merchant/coupons/").content.decode()

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"off": "ten"}, "is not an amount"), ({"total": "-1"}, "is not a whole number"),
            ({"kind": "percent", "off": "x"}, "is not a rate"), ({"claim_from": "soon"}, "is not a day"),
            ({"use_until": "9999-12-31"}, "is not a day"), ({"name_zh": "", "name_en": " "}, "needs a name"),
            ({"code": "a b"}, "is no code"), ({"categories": "nothing"}, "there is no category nothing"),
            ({"currency": "XXX"}, "is not a currency"), ({"platform_share": "50%", "code": ""}, "Fill in"),
        ],
    )  # fmt: skip
    def test_say_what_is_wrong_and_keep_what_was_typed(
        self, shop: Any, typed: dict[str, str], said: str
    ) -> None:
        answer = shop.post("/merchant/coupons/new/", COUPON | typed)
        assert answer.status_code == 422
        page = answer.content.decode()
        assert said in page and 'value="2126-12-31"' in page
        assert not Coupon.objects.exists()

    def test_of_others_are_not_there(self, shop: Any, market: Any) -> None:
        shop.post("/merchant/coupons/new/", COUPON)
        Coupon.objects.update(merchant_id=Party.objects.exclude(code="tea").filter(kind="merchant")[0].id)
        assert "TEA-10" not in shop.get("/merchant/coupons/").content.decode()
        assert shop.get("/merchant/coupons/TEA-10/").status_code == 404
        shop.post("/merchant/coupons/TEA-10/close/")
        assert Coupon.objects.get().active

    def test_are_made_by_those_who_may(self, market: Any, client: Any) -> None:
        client.force_login(market.person("tea", "merchant_viewer"))
        assert client.get("/merchant/coupons/").status_code == 200
        assert client.get("/merchant/coupons/new/").status_code == 403
        assert client.post("/merchant/coupons/new/", COUPON).status_code == 403
        client.force_login(market.person("tea", "merchant_staff"))
        assert client.post("/merchant/coupons/new/", COUPON).status_code == 302


class TestSavings:
    def test_are_added_listed_opened_and_closed(self, shop: Any) -> None:
        assert shop.post("/merchant/savings/new/", SAVING)["Location"] == "/merchant/savings/"
        assert SpendAndSave.objects.get().steps == [[9900, 1000], [19900, 2550]]
        listed = shop.get("/merchant/savings/").content.decode()
        assert "10.00 off from 99.00 · 25.50 off from 199.00" in listed
        assert "25.50 off from 199.00" in shop.get("/merchant/savings/AUTUMN/").content.decode()
        shop.post("/merchant/savings/AUTUMN/close/")
        assert not SpendAndSave.objects.get().active

    def test_say_what_is_wrong(self, shop: Any) -> None:
        answer = shop.post("/merchant/savings/new/", SAVING | {"off_2": "9"})
        assert answer.status_code == 422
        assert "has to ask for more and save more" in answer.content.decode()
        assert shop.post("/merchant/savings/new/", SAVING | {"off_2": ""}).status_code == 422


class TestFreight:
    def test_is_added_listed_opened_and_closed(self, shop: Any) -> None:
        assert shop.post("/merchant/freight/new/", FREIGHT)["Location"] == "/merchant/freight/"
        template = FreightTemplate.objects.get()
        assert (template.owner_id, template.basis, template.free_from_minor) == (tea(), "weight", 19900)
        assert [row.regions for row in template.rows.order_by("id")] == [[], ["xinjiang", "tibet"]]
        assert "1000 g: 8.00, every 500 g more: 2.50" in shop.get("/merchant/freight/").content.decode()
        page = shop.get("/merchant/freight/usual/").content.decode()
        assert "xinjiang, tibet" in page and "199.00" in page
        shop.post("/merchant/freight/usual/close/")
        assert not FreightTemplate.objects.get().active

    def test_says_what_is_wrong(self, shop: Any) -> None:
        for typed, said in (
            ({"regions_1": ""}, "Name the regions of row 1"), ({"next_units_0": "0"}, "needs units of one or more"),
            ({"first_units_0": "", "first_0": "", "regions_1": "", "first_units_1": "", "first_1": ""}, "one to forty"),
        ):  # fmt: skip
            answer = shop.post("/merchant/freight/new/", FREIGHT | typed)
            assert answer.status_code == 422 and said in answer.content.decode(), said
        assert not FreightTemplate.objects.exists()
