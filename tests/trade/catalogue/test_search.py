"""Goods are found in both languages, by words and parts of words, filtered, counted, sorted and paged."""

from datetime import timedelta

import pytest
from django.db import connection

from tests.trade.market import (
    ACTOR,
    AT,
    goods,
    listing,
    merchant,
    minor,
    only_sku,
    open_types,
    prices,
    supplier,
)
from zhanggui.parties.models import Party
from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.models import ShopState, Spu
from zhanggui.trade.catalogue.operations.change_shop import ShopDraft, change_shop
from zhanggui.trade.catalogue.operations.keep_brand import keep_brand
from zhanggui.trade.catalogue.operations.reserve_stock import reserve_stock
from zhanggui.trade.catalogue.operations.set_prices import set_prices
from zhanggui.trade.catalogue.operations.switch_shop import switch_shop
from zhanggui.trade.catalogue.operations.unlist_goods import unlist_goods
from zhanggui.trade.catalogue.queries.product import good_page
from zhanggui.trade.catalogue.queries.search import found_goods, shown_goods
from zhanggui.trade.catalogue.queries.shapes import FoundGoods, GoodsFilter
from zhanggui.trade.catalogue.queries.stock import low_stock, stock_places, units_left
from zhanggui.trade.catalogue.rules.goods import PriceDraft
from zhanggui.trade.catalogue.rules.stock import StockMove


def find(words: str = "", currency: str = "CNY", **more: object) -> FoundGoods:
    return found_goods(GoodsFilter(words=words, **more), currency=currency)  # type: ignore[arg-type]


def titles(found: FoundGoods) -> list[str]:
    return [one.title["en"] for one in found.goods]


@pytest.fixture
def shop(db: None) -> Party:
    """Two shops with tea, shirts of two colours and materials."""
    open_types()
    first, second = merchant("m1", "云岭茶庄", "Cloud Ridge"), merchant("m2", "江南布衣", "South Cloth")
    goods(
        first,
        "Longjing green tea",
        zh="明前龙井绿茶",
        price="128.00",
        brand_code="crane",
        keywords="杭州 Hangzhou",
        at=AT,
    )
    goods(first, "Black tea", zh="祁门红茶礼盒", price="88.00", at=AT + timedelta(days=2), units=0)
    for title, zh, colour, material, price in (
        ("Red cotton T-shirt", "红色纯棉T恤", "red", "cotton", "59.00"),
        ("Blue silk shirt", "蓝色真丝衬衫", "blue", "silk", "399.00"),
        ("Blue cotton shirt", "蓝色纯棉衬衫", "blue", "cotton", "99.00"),
    ):
        goods(
            second, title, zh=zh, category="shirts", skus={f"colour={colour} size=L": price},
            attributes={"material": material}, at=AT + timedelta(days=1),
        )  # fmt: skip
    return first


WORDS = {
    "龙井": {"Longjing green tea"},
    "绿茶 龙井": {"Longjing green tea"},
    "longjing": {"Longjing green tea"},
    "LONGJING Tea": {"Longjing green tea"},
    "ｌｏｎｇ": {"Longjing green tea"},  # full width, and the beginning of a word
    "jing": {"Longjing green tea"},  # the middle of one
    "纯棉衬衫": {"Blue cotton shirt", "Red cotton T-shirt"},  # the other by its category
    "棉T": {"Red cotton T-shirt"},
    "t-shirt": {"Red cotton T-shirt"},
    "茶": {"Longjing green tea", "Black tea"},
    "茶叶": {"Longjing green tea", "Black tea"},  # by the category
    "云岭": {"Longjing green tea", "Black tea"},  # by the shop
    "仙鹤": {"Longjing green tea"},  # by the brand
    "hangzhou": {"Longjing green tea"},  # by a keyword
    "龙井 衬衫": set(),
    "'; drop table trade_spu; --": set(),
    "100% _ \\ ' \" & | ! ( ) :*": set(),
    "！！！": set(),
}


class TestWords:
    def test_find_goods(self, shop: Party) -> None:
        assert {words: set(titles(find(words))) for words in WORDS} == WORDS

    def test_of_the_title_count_more(self, shop: Party) -> None:
        goods(shop, "Tin", zh="铁罐", subtitle={"zh": "装龙井用"})
        assert titles(find("龙井")) == ["Longjing green tea", "Tin"]

    def test_follow_a_new_name_of_shop_and_brand(self, shop: Party) -> None:
        change_shop(merchant_id=shop.id, draft=ShopDraft(name={"zh": "武夷茶行"}), at=AT, actor=ACTOR)
        keep_brand(code="crane", name={"en": "Heron"}, at=AT, actor=ACTOR)
        assert (find("云岭").total, find("武夷").total, find("heron").total, find("仙鹤").total) == (
            0,
            2,
            1,
            0,
        )

    def test_use_the_index_of_parts_where_there_is_one(self, shop: Party) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select indexdef from pg_indexes where indexname = 'spu_parts'")
            [definition] = cursor.fetchone()
        assert "gin_trgm_ops" in definition


class TestFilters:
    def test_by_category_take_in_its_children(self, shop: Party) -> None:
        assert find(category="wear").total == find(category="shirts").total == 3
        assert find(category="eat").total == 2

    def test_by_brand_shop_price_and_attribute(self, shop: Party) -> None:
        assert titles(find(brands=("crane",))) == ["Longjing green tea"]
        assert find(shop="m2").total == 3
        assert set(titles(find(price_from=minor("88"), price_to=minor("128")))) == {
            "Longjing green tea", "Black tea", "Blue cotton shirt",
        }  # fmt: skip
        assert titles(find(attributes={"material": ("silk",)})) == ["Blue silk shirt"]
        assert find(attributes={"material": ("silk", "cotton")}).total == 3

    def test_by_stock(self, shop: Party) -> None:
        assert "Black tea" not in titles(find(in_stock=True))
        tea = Spu.objects.get(title__en="Longjing green tea")
        [place] = stock_places([only_sku(tea).id])[only_sku(tea).id]
        assert place.available == 10
        reserve_stock(
            moves=[StockMove(place.stock_sku_id, place.warehouse_id, 10, "O-1")], at=AT, actor=ACTOR
        )
        assert find(in_stock=True, category="eat").total == 0
        assert [one.in_stock for one in find(category="eat").goods] == [False, False]

    def test_count_what_else_could_be_chosen(self, shop: Party) -> None:
        facets = find(category="shirts", attributes={"material": ("silk",)}).facets
        [(code, name, values)] = facets.attributes
        assert (code, name["en"]) == ("material", "Material")
        assert [(one.code, one.name["zh"], one.count) for one in values] == [
            ("cotton", "棉", 2),
            ("silk", "丝", 1),
        ]
        assert [(one.code, one.count) for one in facets.categories] == [("shirts", 1)]
        assert (facets.cheapest_minor, facets.dearest_minor) == (39900, 39900)
        assert [(one.code, one.count) for one in find("茶").facets.brands] == [("crane", 1)]


class TestOrderAndPages:
    def test_sort(self, shop: Party) -> None:
        Spu.objects.filter(title__en="Blue silk shirt").update(sold=9, rating_count=3, rating_sum=14)
        assert titles(find(sort="price"))[0] == "Red cotton T-shirt"
        assert titles(find(sort="price_down"))[0] == "Blue silk shirt"
        assert titles(find(sort="newest"))[0] == "Black tea"
        assert titles(find())[0] == titles(find(sort="relevance"))[0] == "Blue silk shirt"
        best = find(sort="rating").goods[0]
        assert (best.title["en"], best.rating_tenths, best.rating_count, best.sold) == (
            "Blue silk shirt",
            47,
            3,
            9,
        )
        Spu.objects.update(sold=0, rating_count=0, rating_sum=0)  # nobody has said so

    def test_page(self, shop: Party) -> None:
        pages = [find(sort="price", page=number, on_a_page=2) for number in (1, 2, 3, 99)]
        assert [len(page.goods) for page in pages] == [2, 2, 1, 1]
        assert [(page.total, page.pages, page.page) for page in pages] == [
            (5, 3, 1),
            (5, 3, 2),
            (5, 3, 3),
            (5, 3, 3),
        ]
        assert len({one.number for page in pages for one in page.goods}) == 5


class TestWhatIsShown:
    def test_leaves_out_what_cannot_be_bought(self, shop: Party) -> None:
        unlisted = Spu.objects.get(title__en="Black tea")
        unlist_goods(number=unlisted.number, owner_id=unlisted.owner_id, at=AT, actor=ACTOR)
        goods(shop, "Draft", listed=False)
        goods(supplier("s1"), "Supply cup", zh="供货杯")
        assert set(titles(find(category="eat"))) == {"Longjing green tea"}
        switch_shop(merchant_id=shop.id, state=ShopState.CLOSED, at=AT, actor=ACTOR)
        assert find(category="eat").total == 0
        assert shown_goods([unlisted.id], currency="CNY") == []

    def test_is_priced_in_the_currency_asked_for(self, shop: Party) -> None:
        sku = only_sku(Spu.objects.get(title__en="Black tea"))
        set_prices(
            owner_id=shop.id,
            prices={sku.code: prices("88.00", "99.00") | {"USD": PriceDraft(1299)}},
            at=AT,
            actor=ACTOR,
        )
        [shown] = find(currency="USD").goods
        assert (shown.currency, shown.price_minor, shown.market_minor) == ("USD", 1299, 0)
        [tea] = find("black").goods
        assert (tea.price_minor, tea.market_minor) == (8800, 9900)

    def test_of_a_listing_is_there_as_long_as_its_source_has_units(self, shop: Party) -> None:
        source = goods(supplier("s1"), "Cup", units=3)
        spu = listing(source, shop)
        sku = only_sku(spu)
        assert find("cup", in_stock=True).total == 1
        [place] = stock_places([sku.id])[sku.id]
        assert (place.stock_sku_id, place.owner_id, place.available) == (
            only_sku(source).id,
            source.owner_id,
            3,
        )
        assert units_left([sku.id]) == {sku.id: 3}


class TestPage:
    def test_shows_the_whole_of_a_good(self, shop: Party) -> None:
        owner = merchant("m3")
        spu = goods(
            owner, "Shirt", category="shirts", attributes={"material": "silk"}, units=120, brand_code="crane",
            skus={"size=M colour=blue": "10.00", "size=L colour=red": "12.00", "size=L colour=blue": "11.00"},
        )  # fmt: skip
        page = good_page(spu.number, currency="CNY")
        assert [axis.code for axis in page.axes] == ["colour", "size"]
        assert [value for value, _ in page.axes[0].choices] == ["red", "blue"]
        assert [(one.price_minor, one.left) for one in page.skus] == [(1000, 99), (1200, 99), (1100, 99)]
        assert [(one.name["en"], one.value_name["zh"]) for one in page.attributes] == [("Material", "丝")]
        assert [
            one.value_name["en" if one.code == "colour" else ""]
            for one in page.named_specs(page.skus[1].specs)
        ] == ["Red", "L"]
        assert [code for code, _ in page.category_path] == ["wear", "shirts"]
        assert page.on_sale and page.brand is not None and page.brand[0] == "crane"

    def test_says_that_a_good_is_not_on_sale(self, shop: Party) -> None:
        spu = Spu.objects.get(title__en="Black tea")
        unlist_goods(number=spu.number, owner_id=shop.id, at=AT, actor=ACTOR)
        assert not good_page(spu.number, currency="CNY").on_sale

    def test_hides_drafts_and_supply_goods_from_buyers(self, shop: Party) -> None:
        for spu in (goods(shop, "Draft", listed=False), goods(supplier("s1"), "Cup")):
            with pytest.raises(UnknownGoods):
                good_page(spu.number, currency="CNY")
            assert good_page(spu.number, currency="CNY", preview=True).number == spu.number


class TestLowStock:
    def test_lists_what_runs_out_the_fewest_first(self, shop: Party) -> None:
        sku = only_sku(Spu.objects.get(title__en="Longjing green tea"))
        assert low_stock(shop.id) == []
        sku.low_stock = 10
        sku.save()
        [row] = low_stock(shop.id)
        assert (row["code"], row["available"]) == (sku.code, 10)
