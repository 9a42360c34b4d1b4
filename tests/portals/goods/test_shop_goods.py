"""A shop's goods on screen: written, changed, submitted, taken down; stock entered; supply goods listed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.trade.market import (
    AT,
    goods,
    listing,
    merchant,
    only_sku,
    open_types,
    png,
    state_of,
    stock,
    supplier,
    there,
)
from zhanggui.journeys.stock_ran_low import low_stock_told
from zhanggui.parties.models import Membership, Party, Role, User
from zhanggui.trade.catalogue.models import Shop, Sku, Spu
from zhanggui.trade.pricing.models import FreightTemplate

SCRIPT = "<script>alert(1)</script>茶"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def shop(db: None) -> Party:
    open_types()
    return merchant("m1", "一号店", "Shop one")


def entered(party: Party, role: str = Role.MERCHANT_OWNER) -> Client:
    user = User.objects.create_user(f"{party.code}-{role}", password="x")
    Membership.objects.create(user=user, party=party, role=role)
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"merchant:{name}", args=args)


def shirt(**changed: object) -> dict[str, object]:
    return {
        "category": "shirts", "kind": "physical", "title-zh": "衬衫", "title-en": "Shirt", "attribute-material": "silk",
        "rows": "3", "currencies": "CNY", "act": "save",
        "sku-0-spec-colour": "red", "sku-0-spec-size": "L", "sku-0-price-CNY": "99.00", "sku-0-market-CNY": "129",
        "sku-0-active": "1", "sku-0-low": "3",
        "sku-1-spec-colour": "blue", "sku-1-spec-size": "L", "sku-1-price-CNY": "89.00", "sku-1-active": "1",
    } | changed  # fmt: skip


class TestForm:
    def test_writes_a_good_with_pictures_and_shows_it(self, shop: Party) -> None:
        client = entered(shop)
        assert "Shirts" in client.get(url("new_good")).content.decode()
        assert "Material" in client.get(url("new_good") + "?category=shirts").content.decode()
        response = client.post(url("new_good"), shirt(pictures=[SimpleUploadedFile("a.png", png())]))
        spu = Spu.objects.get()
        assert response["Location"] == url("good", spu.number)
        assert (spu.state, spu.supply, spu.pictures.count()) == ("draft", False, 1)
        assert {sku.specs["colour"]: sku.prices.get().price_minor for sku in spu.skus.all()} == {
            "red": 9900,
            "blue": 8900,
        }
        page = client.get(url("good", spu.number)).content.decode()
        assert "Red · L" in page and "129.00" in page and "Submit for review" in page

    def test_shows_a_script_in_a_name_as_text(self, shop: Party) -> None:
        client = entered(shop)
        client.post(
            url("new_good"), shirt(**{"title-zh": SCRIPT, "title-en": SCRIPT, "description-en": SCRIPT})
        )
        spu = Spu.objects.get()
        for page in (url("goods"), url("good", spu.number), url("edit_good", spu.number), url("stock")):
            text = client.get(page).content.decode()
            assert "<script>alert" not in text and "&lt;script&gt;alert" in text

    def test_says_what_is_wrong_and_keeps_what_was_typed(self, shop: Party) -> None:
        client = entered(shop)
        for changed, said in (
            ({"sku-0-price-CNY": "ten"}, "no amount"), ({"title-zh": "", "title-en": ""}, "title"),
            ({"sku-1-spec-colour": "red"}, "same choices"), ({"sku-0-price-CNY": "", "sku-0-market-CNY": ""}, "no price"),
            ({"pictures": SimpleUploadedFile("virus.png", b"MZ")}, "virus.png"),
        ):  # fmt: skip
            response = client.post(url("new_good"), shirt(**changed))
            page = response.content.decode()
            assert response.status_code == 422 and said in page and "89.00" in page
        assert not Spu.objects.exists()

    def test_adds_rows_and_a_currency_without_scripts(self, shop: Party) -> None:
        page = (
            entered(shop)
            .post(url("new_good"), shirt(act="more", **{"more-currency": "usd"}))
            .content.decode()
        )
        assert "sku-7-price-USD" in page and "sku-8-" not in page and 'value="99.00"' in page

    def test_changes_a_good_and_takes_out_a_picture(self, shop: Party) -> None:
        client = entered(shop)
        client.post(
            url("new_good"),
            shirt(
                pictures=[SimpleUploadedFile("a.png", png()), SimpleUploadedFile("b.png", png(colour="blue"))]
            ),
        )
        spu = Spu.objects.get()
        first, second = [row.picture.digest for row in spu.pictures.order_by("position")]
        client.post(
            url("edit_good", spu.number),
            shirt(shown=f"{first} {second}", **{f"drop-{first}": "1", "sku-0-price-CNY": "95"}),
        )
        assert [row.picture.digest for row in spu.pictures.all()] == [second]
        assert set(spu.skus.values_list("prices__price_minor", flat=True)) == {9500, 8900}

    def test_freight_is_chosen_among_the_shops_own_and_stays(self, shop: Party) -> None:
        templates = [
            FreightTemplate.objects.create(
                owner_id=owner,
                code="light",
                name={"zh": "轻件", "en": "Light"},
                currency="CNY",
                basis="piece",
            )
            for owner in (shop.id, shop.id + 1)
        ]
        client = entered(shop)
        client.post(url("new_good"), shirt(freight=str(templates[0].id)))
        spu = Spu.objects.get()
        assert spu.freight_template_id == templates[0].id
        assert ">Light<" in client.get(url("edit_good", spu.number)).content.decode()
        for sent in ({}, {"freight": str(templates[1].id)}):  # a form of yesterday; somebody else's template
            client.post(url("edit_good", spu.number), shirt(**sent))
            spu.refresh_from_db()
            assert spu.freight_template_id == templates[0].id
        client.post(url("edit_good", spu.number), shirt(freight="0"))
        spu.refresh_from_db()
        assert spu.freight_template_id == 0


class TestActs:
    def test_step_by_step(self, shop: Party) -> None:
        client, spu = entered(shop), goods(shop, listed=False)
        for act, state in (
            ("submit", "submitted"),
            ("withdraw", "draft"),
            ("relist", "draft"),
            ("none", "draft"),
        ):
            client.post(url("good_act", spu.number), {"act": act})
            assert state_of(spu) == state

    def test_are_for_those_who_may_and_for_own_goods(self, shop: Party) -> None:
        spu = goods(shop, listed=False)
        viewer = entered(shop, Role.MERCHANT_VIEWER)
        assert viewer.get(url("good", spu.number)).status_code == 200
        assert viewer.post(url("good_act", spu.number), {"act": "submit"}).status_code == 403
        other = entered(merchant("m2"))
        assert other.get(url("good", spu.number)).status_code == 404
        assert other.get(url("edit_good", spu.number)).status_code == 404
        other.post(url("good_act", spu.number), {"act": "submit"})
        assert state_of(spu) == "draft"


class TestStock:
    def test_is_entered_counted_and_listed(self, shop: Party) -> None:
        client, sku = entered(shop), only_sku(goods(shop, "Tea", units=0))
        sku.low_stock = 5
        sku.save()
        entry = {
            "kind": "received",
            "warehouse": "main",
            "sku": sku.code,
            "quantity": "4",
            "reference": "IN-1",
        }
        for _ in range(2):
            assert client.post(url("enter_stock"), entry).status_code == 302
        assert there(sku) == (4, 0)
        client.post(url("enter_stock"), entry | {"kind": "counted", "quantity": "3", "reference": "COUNT-1"})
        assert there(sku) == (3, 0)
        assert sku.code in client.get(url("stock") + "?tab=low").content.decode()
        assert sku.code not in client.get(url("stock") + "?tab=enough").content.decode()
        assert "COUNT-1" in client.get(url("movements")).content.decode()
        for wrong in (
            {"quantity": "-1"},
            {"quantity": "many"},
            {"sku": "none"},
            {"warehouse": ""},
            {"kind": "x"},
        ):
            assert client.post(url("enter_stock"), entry | wrong).status_code == 422

    def test_of_others_stays_theirs(self, shop: Party) -> None:
        sku = only_sku(goods(merchant("m2"), "Cup"))
        client = entered(shop)
        entry = {
            "kind": "received",
            "warehouse": "main",
            "sku": sku.code,
            "quantity": "4",
            "reference": "IN-1",
        }
        assert client.post(url("enter_stock"), entry).status_code == 422
        assert sku.code not in client.get(url("stock")).content.decode()
        assert "R-1" not in client.get(url("movements")).content.decode()

    def test_opens_a_warehouse(self, shop: Party) -> None:
        client = entered(shop)
        assert client.post(url("new_warehouse"), {"code": "east", "zh": "东仓"}).status_code == 302
        assert client.post(url("new_warehouse"), {"code": "a b", "zh": "东仓"}).status_code == 422


class TestSupplyGoods:
    def test_are_listed_at_own_prices(self, shop: Party) -> None:
        source = goods(supplier("s1"), "Cup", price="7.00")
        client = entered(shop)
        assert source.number in client.get(url("supply")).content.decode()
        page = client.get(url("supply_good", source.number)).content.decode()
        name = f"price-{only_sku(source).code}-CNY"
        assert name in page and "7.00" in page
        assert client.post(url("supply_good", source.number), {name: "x"}).status_code == 422
        assert client.post(url("supply_good", source.number), {name: "19.90"}).status_code == 302
        spu = Spu.objects.get(owner_id=shop.id)
        assert (spu.state, Sku.objects.get(spu=spu).prices.get().price_minor) == ("listed", 1990)
        edit = client.get(url("edit_good", spu.number)).content.decode()
        assert "19.90" in edit
        assert "supplier&#x27;s" in client.get(url("goods")).content.decode()

    def test_that_are_not_on_sale_are_not_shown(self, shop: Party) -> None:
        source = goods(supplier("s1"), "Cup", listed=False)
        client = entered(shop)
        assert client.get(url("supply_good", source.number)).status_code == 404
        assert source.number not in client.get(url("supply")).content.decode()

    def test_a_listing_can_be_edited(self, shop: Party) -> None:
        spu = listing(goods(supplier("s1"), "Cup"), shop)
        told = {"category": "tea", "title-zh": "杯子", "title-en": "Cup", "rows": "1", "currencies": "CNY", "sku-0-price-CNY": "9.90",
                "sku-0-active": "1", "act": "save"}  # fmt: skip
        assert entered(shop).post(url("edit_good", spu.number), told).status_code == 302
        assert (only_sku(spu).prices.get().price_minor, state_of(spu)) == (990, "submitted")


class TestShopSettings:
    def test_are_changed_and_the_shop_closed_for_a_while(self, shop: Party) -> None:
        client = entered(shop)
        told = {"act": "save", "name_zh": "新店", "intro_en": "Since 1920", "hours": "24", "address-city": "杭州",
                "logo": SimpleUploadedFile("a.png", png())}  # fmt: skip
        assert client.post(url("shop_settings"), told).status_code == 302
        row = Shop.objects.get()
        assert (row.name, row.answer_hours, row.return_address["city"]) == (
            {"zh": "新店"},
            24,
            "杭州",
        ) and row.logo
        client.post(url("shop_settings"), {"act": "closed"})
        assert Shop.objects.get().state == "closed"
        client.post(url("shop_settings"), {"act": "open"})
        assert Shop.objects.get().state == "open"
        assert client.post(url("shop_settings"), told | {"hours": "999"}).status_code == 422
        assert entered(shop, Role.MERCHANT_VIEWER).post(url("shop_settings"), told).status_code == 422


def test_running_low_is_told_once_until_something_comes_in(shop: Party) -> None:
    spu = goods(shop, "Cup", units=3)
    sku = only_sku(spu)
    assert low_stock_told(at=AT) == 0
    Sku.objects.filter(id=sku.id).update(low_stock=3)
    assert (low_stock_told(at=AT), low_stock_told(at=AT)) == (1, 0)
    page = entered(shop, Role.MERCHANT_STAFF).get(url("notices")).content.decode()
    assert f"Cup is running low: 3 of {sku.code} left" in page
    stock(sku, units=1, reference="R-2")
    assert low_stock_told(at=AT) == 0  # enough again
    Sku.objects.filter(id=sku.id).update(low_stock=4)
    assert low_stock_told(at=AT) == 1


class TestSupplier:
    def test_writes_its_goods_enters_their_stock_and_sees_no_other_suppliers(self, shop: Party) -> None:
        farm = supplier("farm")
        client = entered(farm, Role.SUPPLIER_OWNER)
        menu = client.get("/supplier/supplies/").content.decode()
        assert all(url(name) in menu for name in ("new_good", "goods_upload", "stock", "codes"))
        client.post(url("new_warehouse"), {"code": "barn", "zh": "仓", "en": "Barn"})
        client.post(url("new_good"), shirt())
        spu = Spu.objects.get(owner_id=farm.id)
        assert spu.supply and "Supply price" in client.get(url("edit_good", spu.number)).content.decode()
        sku = spu.skus.get(specs__colour="red")
        stocked = {
            "kind": "received",
            "warehouse": "barn",
            "sku": sku.code,
            "quantity": "5",
            "reference": "R1",
        }
        assert client.post(url("enter_stock"), stocked).status_code == 302
        assert there(sku) == (5, 0)
        changed = shirt(**{"title-en": "Linen shirt", "sku-0-price-CNY": "1.00", "sku-0-code": sku.code})
        assert client.post(url("edit_good", spu.number), changed).status_code == 302
        sku.refresh_from_db()
        assert (sku.prices.get().price_minor, Spu.objects.get(id=spu.id).title["en"]) == (9900, "Linen shirt")
        client.post(url("good_act", spu.number), {"act": "submit"})
        assert state_of(spu) == "submitted"
        other = goods(supplier("mill"))
        for page in (url("supply"), url("supply_good", other.number)):
            assert client.get(page).status_code == 403
        assert client.get(url("good", other.number)).status_code == 404
