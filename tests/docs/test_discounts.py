"""The discount page: its table of lines is what the rules give, and its order carries just that."""

import json
import re

from tests.docs.flows import PAGES, block
from zhanggui.money import Money
from zhanggui.trade.promotions.rules.giving import PLATFORM_COUPON, SHOP_COUPON, give
from zhanggui.trade.promotions.rules.terms import CouponTerms, Goods, Scope
from zhanggui.trade.promotions.shapes import Share

SHOP = 1
TEXT = (PAGES / "order-discounted.md").read_text("utf-8")


def given() -> list[tuple[str, int, dict[str, Share]]]:
    told = json.loads(block(TEXT, "json"))
    lines = [
        Goods((place,), SHOP, minor, frozenset(), name) for place, (name, minor) in enumerate(told["goods"])
    ]
    coupons = [
        CouponTerms(one["code"], Scope(SHOP if one["shop"] else 0), amount_minor=one["off"],
                    from_minor=one["from"], platform_ppm=one.get("platform_ppm", 0))
        for one in told["coupons"]
    ]  # fmt: skip
    shares = give(lines, savings=[], coupons=coupons)
    return [
        (line.spu_number, line.goods_minor, {share.kind: share for share in shares[line.key]})
        for line in lines
    ]


def rows() -> list[list[int | str]]:
    found: list[list[int | str]] = []
    for name, goods, shares in given():
        shop, platform = shares[SHOP_COUPON], shares[PLATFORM_COUPON]
        left = goods - shop.amount_minor
        found.append([
            name, goods, shop.amount_minor, left, platform.amount_minor, platform.platform_minor,
            platform.amount_minor - platform.platform_minor, left - platform.amount_minor,
        ])  # fmt: skip
    sums = [sum(int(row[place]) for row in found) for place in range(1, 8)]
    return [*found, ["together", *sums]]


def test_every_line_of_the_table_is_what_the_rules_give() -> None:
    table = [
        "| " + " | ".join(one if isinstance(one, str) else Money(one, "CNY").grouped() for one in row) + " |"
        for row in rows()
    ]
    assert "\n".join(table) in TEXT, "the page should say:\n" + "\n".join(table)


def test_the_order_carries_the_discounts_of_each_side() -> None:
    order = json.loads(block(TEXT, "jsonl"))
    assert [
        (line["sku"], line["goods_minor"], line["shop_discount_minor"], line["platform_discount_minor"])
        for line in order["lines"]
    ] == [
        (
            name, goods,
            shares[SHOP_COUPON].amount_minor + shares[PLATFORM_COUPON].amount_minor
            - shares[PLATFORM_COUPON].platform_minor,
            shares[PLATFORM_COUPON].platform_minor,
        )
        for name, goods, shares in given()
    ]  # fmt: skip
    assert order["payments"][0]["amount_minor"] == rows()[-1][-1]


def test_the_words_name_the_figures_of_the_table() -> None:
    assert re.search(r"The platform's coupon looks at what is left, 199\.80", TEXT)
    assert rows()[-1][3] == 19980
