"""The category of a stock code: a fixed rule on the words of its description, in a tree of two levels.

The description is the first one the code was sold under. The first category of the table below that has one
of its words wins; a final S does not count. Articles without a known word are `other-articles`, and
codes of the shop for services are `services-charges`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from zhanggui.settlement.intake.formats.online_retail.shops import SERVICES, shop_of
from zhanggui.settlement.intake.records import DimensionRecord

OTHER: Final = "other-articles"
CHARGES: Final = "services-charges"
_ROOTS: Final = (
    ("seasonal", "节庆与派对", "Seasons and parties"),
    ("toys", "玩具与手工", "Toys and crafts"),
    ("bags", "包袋与出行", "Bags and travel"),
    ("kitchen", "厨房与餐桌", "Kitchen and table"),
    ("lighting", "烛光与香氛", "Candles, lights and scents"),
    ("paper", "文具与包装", "Stationery and wrapping"),
    ("jewellery", "饰品与穿搭", "Jewellery and dress"),
    ("garden", "花园与户外", "Garden and outdoors"),
    ("home", "家居与装饰", "Home and decoration"),
    ("other", "其他", "Other"),
    ("services", "服务", "Services"),
)


class _Leaf(NamedTuple):
    """A category of the second level with the words that lead to it."""

    code: str
    zh: str
    en: str
    words: str


#: In order of precedence. The parent is the part of the code before the hyphen.
_LEAVES: Final = (
    _Leaf("seasonal-christmas", "圣诞", "Christmas", "CHRISTMAS XMAS ADVENT SANTA REINDEER SNOWMAN BAUBLE"),
    _Leaf("seasonal-easter", "复活节", "Easter", "EASTER"),
    _Leaf(
        "bags-bags",
        "手袋与购物袋",
        "Bags and shoppers",
        "BAG WASHBAG HANDBAG SHOPPER RUCKSACK BACKPACK PURSE",
    ),
    _Leaf("bags-travel", "出行用品", "Travel", "TRAVEL LUGGAGE PASSPORT UMBRELLA SUITCASE"),
    _Leaf("seasonal-party", "派对", "Parties", "PARTY BIRTHDAY BUNTING BALLOON GARLAND CONFETTI STREAMER"),
    _Leaf(
        "jewellery-jewellery",
        "首饰",
        "Jewellery",
        "NECKLACE NECKL BRACELET BRACLET EARRING RING BROOCH BEAD CHARM BANGLE DIAMANTE TRINKET PENDANT",
    ),
    _Leaf(
        "jewellery-dress", "穿搭", "Dress", "SCARF HAIR SLIPPER APRON GLOVE SOCK HAT TIARA PONCHO RAINCOAT"
    ),
    _Leaf(
        "kitchen-baking",
        "烘焙",
        "Baking",
        "CAKE CAKESTAND BAKING CUPCAKE COOKIE RECIPE PANTRY JELLY PASTRY JAM MOULD MEASURING",
    ),
    _Leaf(
        "kitchen-tableware",
        "餐具与茶具",
        "Tableware and tea",
        "MUG CUP PLATE BOWL TEA TEAPOT TEACUP COFFEE SAUCER CUTLERY DISH TRAY NAPKIN JUG "
        "COASTER PLACEMAT TABLE "
        "DINNER EGG TUMBLER SPOON FORK BREAD WINE CHAMPAGNE GOBLET BEAKER PLATTER SUGAR STRAW",
    ),
    _Leaf(
        "kitchen-storage",
        "厨房收纳",
        "Kitchen storage",
        "LUNCH SNACK BOTTLE JAR TIN KITCHEN CANISTER FLASK PAN CHOPPING BISCUIT",
    ),
    _Leaf(
        "lighting-candles",
        "蜡烛与烛台",
        "Candles and holders",
        "CANDLE T-LIGHT TLIGHT CANDLESTICK CANDLEHOLDER VOTIVE",
    ),
    _Leaf(
        "lighting-lights", "灯具", "Lights", "LIGHT LANTERN LAMP LED TORCH NIGHTLIGHT CHANDELIER LAMPSHADE"
    ),
    _Leaf(
        "lighting-scents", "香氛与沐浴", "Scents and bath", "INCENSE SCENTED SCENT SOAP BATH BATHROOM PERFUME"
    ),
    _Leaf(
        "toys-games",
        "玩具与游戏",
        "Toys and games",
        "TOY GAME JIGSAW PUZZLE DOMINO LUDO DOLL DOLLY PLAYHOUSE SKITTLE SOLDIER MAGIC "
        "TEDDY SPINNING KITE CHILDREN "
        "CHILDRENS CHILD GLIDER",
    ),
    _Leaf(
        "toys-crafts",
        "手工",
        "Crafts",
        "KIT FELTCRAFT SEWING KNITTING RIBBON PATCH BUTTON CROCHET CRAFT WOOL FELT",
    ),
    _Leaf(
        "paper-stationery",
        "文具",
        "Stationery",
        "PENCIL PEN NOTEBOOK STICKER BOOK PAPER ERASER RULER CHALK CHALKBOARD BLACKBOARD "
        "STAMP CALENDAR MAGNET "
        "CRAYON DIARY LETTER SHARPENER STATIONERY JOURNAL SKETCHBOOK NOTEPAD WRITING MAGNETIC",
    ),
    _Leaf(
        "paper-wrapping",
        "贺卡与包装",
        "Cards and wrapping",
        "CARD POSTCARD WRAP GIFT TISSUE TAPE ENVELOPE TAG",
    ),
    _Leaf(
        "garden-garden",
        "花园",
        "Garden",
        "GARDEN PLANT FLOWER HERB WATERING PARASOL PICNIC GNOME SEED BIRDHOUSE GREENHOUSE TROWEL POT PLANTER",
    ),
    _Leaf(
        "home-storage",
        "收纳",
        "Storage",
        "DRAWER BOX BOXES CHEST CABINET BASKET STORAGE RACK HOOK HANGER CRATE SHELF KNOB STAND HOLDER",
    ),
    _Leaf(
        "home-textiles",
        "布艺",
        "Textiles",
        "CUSHION DOORMAT QUILT THROW RUG BLANKET WARMER TOWEL CURTAIN COVER BEDSPREAD STOOL CHAIR",
    ),
    _Leaf("home-clocks-mirrors", "钟与镜", "Clocks and mirrors", "CLOCK MIRROR THERMOMETER TIMER"),
    _Leaf(
        "home-decoration",
        "装饰",
        "Decoration",
        "FRAME SIGN DECORATION WALL ART HEART STAR ORNAMENT WREATH BIRD BELL BUTTERFLY "
        "ANGEL TREE ROSE PICTURE "
        "PHOTO VASE MOBILE BLOCK HANGING HOME DOORSTOP DOORSIGN PAPERWEIGHT TILE WINDMILL",
    ),
    _Leaf(OTHER, "其他商品", "Other articles", ""),
    _Leaf(CHARGES, "邮费与手续费", "Postage and charges", ""),
)
_LEAF_OF_WORD: Final = {word: rank for rank, leaf in enumerate(_LEAVES) for word in leaf.words.split()}
_WORD: Final = re.compile(r"[A-Z](?:[A-Z-]*[A-Z])?")


def category_of(stock_code: str, description: str) -> str:
    """The category's code: "WHITE HANGING HEART T-LIGHT HOLDER" is of `lighting-candles`."""
    if shop_of(stock_code) == SERVICES:
        return CHARGES
    ranks = [
        rank
        for word in _WORD.findall(description.upper())
        for rank in (_LEAF_OF_WORD.get(word), _LEAF_OF_WORD.get(word.removesuffix("S")))
        if rank is not None
    ]
    return _LEAVES[min(ranks)].code if ranks else OTHER


def categories() -> Iterator[DimensionRecord]:
    """The whole tree, parents before children."""
    for code, zh, en in _ROOTS:
        yield DimensionRecord("category", code, {"zh": zh, "en": en})
    for leaf in _LEAVES:
        names = {"zh": leaf.zh, "en": leaf.en}
        yield DimensionRecord("category", leaf.code, names, parent=leaf.code.split("-", 1)[0])
