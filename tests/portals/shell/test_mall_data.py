"""What the demonstration mall sells: complete, in both languages, and fitting its own product types."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from zhanggui.portals.shell.demonstration.drawing import hues
from zhanggui.portals.shell.demonstration.drawing.backdrops import BACKDROPS, WALLS
from zhanggui.portals.shell.demonstration.drawing.motifs import FAMILIES, MOTIFS
from zhanggui.portals.shell.demonstration.mall.reading import Good, Vendor, mall_data
from zhanggui.trade.catalogue.rules.texts import (
    CODE,
    DESCRIPTION_LONGEST,
    KEYWORDS_LONGEST,
    NAME_LONGEST,
    SUBTITLE_LONGEST,
    TITLE_LONGEST,
)

DATA = mall_data()
HAN = re.compile(r"[\u4e00-\u9fff]")


def goods() -> Iterator[tuple[Vendor, Good]]:
    return ((vendor, good) for vendor in DATA.vendors for good in vendor.goods)


def type_of(good: Good) -> Mapping[str, Any]:
    [code] = [
        child["type"] for first in DATA.categories for child in first["children"] if child["code"] == good.category
    ]  # fmt: skip
    return DATA.types[code]


def words() -> Iterator[tuple[str, Mapping[str, str], int]]:
    """Every text there is in two languages, with the most characters it may have."""
    for first in DATA.categories:
        yield first["code"], first["name"], NAME_LONGEST
        yield from ((child["code"], child["name"], NAME_LONGEST) for child in first["children"])
    for code, kind in DATA.types.items():
        yield code, kind["name"], NAME_LONGEST
    for axes in (DATA.attributes, DATA.specifications):
        for code, axis in axes.items():
            yield code, axis["name"], NAME_LONGEST
            yield from (
                (f"{code}.{one}", name, NAME_LONGEST) for one, name in axis.get("choices", {}).items()
            )
    yield from ((code, name, NAME_LONGEST) for code, name in DATA.brands.items())
    yield from ((code, row["name"], NAME_LONGEST) for code, row in DATA.freight.items())
    for promotion in (*DATA.coupons, *DATA.savings):
        yield promotion["code"], promotion["name"], NAME_LONGEST
    for vendor in DATA.vendors:
        yield vendor.code, vendor.name, NAME_LONGEST
        yield f"intro of {vendor.code}", vendor.intro, 2000
        yield f"place of {vendor.code}", vendor.city, SUBTITLE_LONGEST
    for _, good in goods():
        yield f"title of {good.code}", good.title, TITLE_LONGEST
        yield f"subtitle of {good.code}", good.subtitle, SUBTITLE_LONGEST
        yield f"text of {good.code}", good.text, DESCRIPTION_LONGEST


def test_there_is_enough_of_everything() -> None:
    shown = sum(len(shop.goods) for shop in DATA.shops) + sum(len(row["supply"]) for row in DATA.listings)
    assert len(DATA.shops) >= 12
    assert len(DATA.suppliers) >= 4
    assert shown >= 160
    assert {good.kind for _, good in goods()} == {"physical", "digital", "pickup"}
    assert all(1 <= len(good.choices) <= 6 for _, good in goods())


def test_every_text_is_there_in_chinese_and_english() -> None:
    for what, text, longest in words():
        assert set(text) == {"zh", "en"}, what
        assert all(0 < len(one.strip()) == len(one) <= longest for one in text.values()), what
        assert not HAN.search(text["en"]), f"{what}: Chinese in the English"
    neutral = {"S", "M", "L", "XL", "USB-C"}
    for what, text, _ in words():
        if text["zh"] not in neutral and not re.fullmatch(r"[\dA-Z ]+|Wi-Fi", text["zh"]):
            assert HAN.search(text["zh"]), f"{what}: no Chinese in the Chinese"


def test_no_two_things_have_one_code() -> None:
    skus = Counter(good.sku_code(choice) for _, good in goods() for choice in good.choices)
    codes = Counter(good.code for _, good in goods())
    parties = Counter(vendor.code for vendor in DATA.vendors)
    categories = Counter(one["code"] for first in DATA.categories for one in (first, *first["children"]))
    promotions = Counter(one["code"] for one in (*DATA.coupons, *DATA.savings))
    for counted in (skus, codes, parties, categories, promotions):
        assert {code: count for code, count in counted.items() if count > 1} == {}
        assert [code for code in counted if not CODE.fullmatch(code)] == []


def test_every_category_has_goods() -> None:
    filled = {good.category for vendor in DATA.shops for good in vendor.goods}
    assert {child["code"] for first in DATA.categories for child in first["children"]} == filled
    assert 8 <= len(DATA.categories) <= 10


def test_goods_say_what_their_type_asks_for_and_nothing_else() -> None:
    for _, good in goods():
        axes = {name.rstrip("*"): name.endswith("*") for name in type_of(good)["attributes"]}
        assert set(good.attributes) <= set(axes), good.code
        assert {name for name, required in axes.items() if required} <= set(good.attributes), good.code
        for name, value in good.attributes.items():
            choices = DATA.attributes[name].get("choices")
            assert choices is None or value in choices, f"{good.code}: {name} {value}"
            assert choices is not None or not HAN.search(value), f"{good.code}: {name} is of one language"


def test_skus_differ_in_the_axes_of_their_type() -> None:
    for _, good in goods():
        axes = type_of(good)["specifications"]
        assert len({tuple(choice.specs) for choice in good.choices}) == 1, good.code
        assert len({tuple(choice.specs.values()) for choice in good.choices}) == len(good.choices), good.code
        for choice in good.choices:
            assert set(choice.specs) <= set(axes), good.code
            for axis, value in choice.specs.items():
                assert value in DATA.specifications[axis]["choices"], f"{good.code}: {axis} {value}"


def test_prices_and_stock_are_believable() -> None:
    for vendor, good in goods():
        assert good.brand in DATA.brands
        assert len(good.keywords) <= KEYWORDS_LONGEST
        for choice in good.choices:
            assert 500 <= choice.price <= 600_000, good.code
            assert choice.stock > 0
            assert not choice.market or choice.market > choice.price, good.code
            assert choice.member <= choice.price
            assert not choice.usd or 5 <= choice.price / choice.usd <= 8, f"{good.code}: yuan for a dollar"
            assert (choice.weight > 0) == (good.kind == "physical"), good.code
            assert bool(choice.supply) == vendor.supplier
            assert not choice.supply or 0.4 <= choice.supply / choice.price <= 0.75, good.code


def test_everything_named_elsewhere_is_there() -> None:
    supply = {good.code for vendor in DATA.suppliers for good in vendor.goods}
    shops = {shop.code for shop in DATA.shops}
    categories = {one["code"] for first in DATA.categories for one in (first, *first["children"])}
    for row in DATA.listings:
        assert row["shop"] in shops
        assert set(row["supply"]) <= supply
    assert {one for row in DATA.listings for one in row["supply"]} <= supply
    for vendor, good in goods():
        assert set(vendor.freight) <= set(DATA.freight)
        assert good.freight in ({""} if good.kind != "physical" else set(vendor.freight))
    for promotion in (*DATA.coupons, *DATA.savings):
        assert promotion.get("shop", "") in shops | {""}
        assert "shop" not in promotion or "platform_ppm" not in promotion, "a shop pays for its own"
        assert set(promotion.get("categories", ())) <= categories


def test_a_listing_earns_its_shop_something() -> None:
    prices = {good.code: good.choices for vendor in DATA.suppliers for good in vendor.goods}
    for row in DATA.listings:
        for code in row["supply"]:
            for choice in prices[code]:
                assert choice.price * row["price_ppm"] // 1_000_000 > choice.supply


def test_pictures_name_motifs_and_colours_that_can_be_drawn() -> None:
    assert len(MOTIFS) >= 30
    assert len(MOTIFS) == sum(len(family.MOTIFS) for family in FAMILIES), "a name is used twice"
    shown = [good.picture for _, good in goods()]
    shown += [tuple(one) for shop in DATA.shops for one in shop.banner["goods"]]
    for motif, *colours in shown:
        assert motif in MOTIFS
        assert [name for name in colours if not hues.known(name)] == []
    assert all(hues.known(name) for name in DATA.specifications["colour"]["choices"])
    assert {first["icon"] for first in DATA.categories} <= set(MOTIFS)
    for vendor in DATA.vendors:
        assert set(vendor.walls) <= set(WALLS)
        assert set(vendor.backdrops) <= set(BACKDROPS)
    assert {shop.banner["wall"] for shop in DATA.shops} <= set(WALLS)
