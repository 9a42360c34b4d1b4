"""The one shop seen as forty: which shop sells a stock code.

The data has one seller. To be a mall it needs many, so each stock code belongs to one shop by a fixed rule:
its first five digits, modulo 40. Variants of an article (85123A, 85123B) so stay in one shop, the shops are
of like size, and anyone can check the rule in his head. Codes that do not begin with five digits are postage,
charges, vouchers, manual entries: they belong to a shop of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zhanggui.settlement.intake.records import PartyRecord

SERVICES: Final = "shop-services"
_NAMES: Final = (
    ("知更小铺", "Robin & Reed"),
    ("蓝门杂货", "The Blue Door"),
    ("薄荷窗台", "Mint Windowsill"),
    ("白鸽家居", "White Dove Home"),
    ("蜂蜜罐子", "The Honey Jar"),
    ("月桂街九号", "Nine Laurel Street"),
    ("旧邮差", "The Old Postman"),
    ("栗树下", "Under the Chestnut"),
    ("云杉与松", "Spruce & Pine"),
    ("小灯塔", "Little Lighthouse"),
    ("红茶时光", "Black Tea Hours"),
    ("铜铃铛", "Copper Bell"),
    ("燕子窝", "Swallow's Nest"),
    ("苹果阁楼", "Apple Loft"),
    ("海盐与亚麻", "Sea Salt & Linen"),
    ("狐狸尾巴", "Foxtail Goods"),
    ("玻璃温室", "The Glasshouse"),
    ("拾贝人", "Shell Gatherers"),
    ("纸船", "Paper Boat"),
    ("银顶针", "Silver Thimble"),
    ("蓟花坊", "Thistle Works"),
    ("面包与玫瑰", "Bread & Roses"),
    ("橡果铺", "Acorn Stores"),
    ("风车磨坊", "Windmill Lane"),
    ("夜莺", "Nightingale"),
    ("蓝莓山", "Bilberry Hill"),
    ("木马", "Wooden Horse"),
    ("羊毛毯", "Woollen Throw"),
    ("雏菊链", "Daisy Chain"),
    ("火柴盒", "The Matchbox"),
    ("青苔石", "Moss & Stone"),
    ("金丝雀", "Canary Row"),
    ("花园门", "Garden Gate"),
    ("四叶草", "Four-Leaf"),
    ("雨靴", "Rain Boots"),
    ("柳条篮", "Wicker Basket"),
    ("糖纸", "Sweet Wrapper"),
    ("灰雁", "Greylag"),
    ("老钟楼", "Old Clock Tower"),
    ("星期天集市", "Sunday Market"),
)
SHOP_COUNT: Final = len(_NAMES)


def shop_of(stock_code: str) -> str:
    """The code of the shop that sells `stock_code`: "85123A" is of shop-03, since 85123 mod 40 is 3."""
    stem = stock_code[:5]
    if len(stem) == 5 and stem.isascii() and stem.isdigit():
        return f"shop-{int(stem) % SHOP_COUNT:02d}"
    return SERVICES


def shops() -> Iterator[PartyRecord]:
    """All shops by their code, the one of services last."""
    for number, (zh, en) in enumerate(_NAMES):
        yield PartyRecord(f"shop-{number:02d}", "merchant", {"zh": zh, "en": en})
    yield PartyRecord(SERVICES, "merchant", {"zh": "商城服务台", "en": "Shop services"})
