"""The platform's side of goods: review, taking down, categories, types and brands on screen."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.portals.latin import latin_words
from tests.trade.market import goods, listing, merchant, open_types, state_of, supplier
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.trade.catalogue.models import Brand, Category, ProductType


@pytest.fixture
def shop(db: None) -> Party:
    open_types()
    return merchant("m1", "一号店", "Shop one")


def staff(role: str = Role.PLATFORM_OPERATIONS, language: str = "en") -> Client:
    platform = Party.objects.filter(kind=PartyKind.PLATFORM).first() or Party.objects.create(
        kind=PartyKind.PLATFORM, code="platform", name={"zh": "平台"}
    )
    user = User.objects.create_user(f"{role}-{language}", password="x")
    Membership.objects.create(user=user, party=platform, role=role)
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"platform:{name}", args=args)


class TestReview:
    def test_accepts_refuses_bans_and_lifts(self, shop: Party) -> None:
        from tests.trade.market import ACTOR, AT
        from zhanggui.trade.catalogue.operations.submit_goods import submit_goods

        client, spu = staff(), goods(shop, listed=False)
        submit_goods(number=spu.number, owner_id=shop.id, at=AT, actor=ACTOR)
        assert spu.number in client.get(url("goods") + "?tab=submitted").content.decode()
        page = url("good", spu.number)
        assert client.post(page, {"decision": "refuse"}).status_code == 422
        client.post(page, {"decision": "refuse", "reason": "blurred"})
        assert state_of(spu) == "refused"
        submit_goods(number=spu.number, owner_id=shop.id, at=AT, actor=ACTOR)
        for decision, state in (("accept", "listed"), ("ban", "banned"), ("lift", "draft")):
            assert client.post(page, {"decision": decision, "reason": "because"}).status_code == 302
            assert state_of(spu) == state
        assert client.post(page, {"decision": "accept"}).status_code == 422

    def test_is_for_those_who_may(self, shop: Party) -> None:
        spu = goods(shop)
        client = staff(Role.PLATFORM_AUDITOR)
        assert client.get(url("good", spu.number)).status_code == 200
        assert client.post(url("good", spu.number), {"decision": "ban", "reason": "x"}).status_code == 422
        assert state_of(spu) == "listed"
        assert client.get(url("new_category")).status_code == 403


class TestTypes:
    def test_are_opened_and_changed(self, shop: Party) -> None:
        client = staff()
        told = {
            "code": "shoes", "zh": "鞋", "en": "Shoes", "a-rows": "1", "a-0-code": "sole", "a-0-zh": "鞋底", "a-0-required": "1",
            "a-0-choices": "rubber = 橡胶 / Rubber\nleather = 皮 / Leather", "s-rows": "1", "s-0-code": "size", "s-0-zh": "尺码",
        }  # fmt: skip
        assert client.post(url("new_product_type"), told).status_code == 302
        row = ProductType.objects.get(code="shoes")
        assert row.attributes.get().choices == {
            "rubber": {"zh": "橡胶", "en": "Rubber"},
            "leather": {"zh": "皮", "en": "Leather"},
        }
        assert "rubber = 橡胶 / Rubber" in client.get(url("product_type", "shoes")).content.decode()
        assert client.post(url("product_type", "shoes"), told | {"s-0-code": "sole"}).status_code == 422
        assert (
            client.post(
                url("new_category"),
                {"code": "boots", "zh": "靴子", "parent": "wear", "type": "shoes", "active": "1"},
            ).status_code
            == 302
        )
        assert Category.objects.get(code="boots").parent.code == "wear"
        assert (
            client.post(
                url("new_category"), {"code": "b", "zh": "靴子", "parent": "wear", "active": "1"}
            ).status_code
            == 422
        )
        assert client.post(url("brand", "crane"), {"zh": "白鹤", "active": "0"}).status_code == 302
        assert Brand.objects.get(code="crane").active is False


class TestChinese:
    def test_every_page_of_goods_is_in_chinese(self, shop: Party) -> None:
        """Of the platform and of the shop, with goods in every state."""
        from tests.portals.goods.test_shop_goods import entered
        from tests.portals.goods.test_shop_goods import url as own

        source = goods(supplier("s1"), "茶", zh="茶")
        spu = goods(
            shop,
            "衬衫",
            category="shirts",
            skus={"colour=red size=大": "9.00"},
            attributes={"material": "silk"},
        )
        draft = goods(shop, "草稿", listed=False)
        listed = listing(source, shop)
        platform, owner = staff(language="zh-hans"), entered(shop)
        owner.cookies["django_language"] = "zh-hans"
        english: dict[str, str] = {}
        known = {
            "JPEG",
            "PNG",
            "WebP",
            "MB",
            "USD",
            "shirts",
            "m1",
            "s1",
            "m1-merchant_owner",
            "market",
            "platform_operations-zh-hans",
            "R-1",
            "main",
        }
        known |= {one.number for one in (source, spu, draft, listed)}
        for client, pages in (
            (platform, [url("goods"), url("good", spu.number), url("good", source.number), url("categories"), url("new_category"),
                        url("category", "shirts"), url("product_types"), url("new_product_type"), url("brands"), url("new_brand")]),
            (owner, [own("goods"), own("good", spu.number), own("good", draft.number), own("good", listed.number), own("new_good"),
                     own("new_good") + "?category=shirts", own("edit_good", spu.number), own("edit_good", listed.number),
                     own("supply"), own("supply_good", source.number), own("stock"), own("movements"), own("enter_stock"),
                     own("new_warehouse"), own("shop_settings")]),
        ):  # fmt: skip
            for page in pages:
                response = client.get(page)
                assert response.status_code == 200, page
                for word, text in latin_words(response.content.decode(), known):
                    if not re.fullmatch(r"G\d+(-\d+)?", word):
                        english.setdefault(word, f"{page}: {text}")
        assert english == {}
