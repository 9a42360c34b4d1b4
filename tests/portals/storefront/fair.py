"""A small mall to walk through: three shops, a dozen goods with pictures, savings and coupons that run now."""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from zhanggui.parties.models import Party, User
from zhanggui.portals.desk.pictures import picture_folder as folder
from zhanggui.trade.buyers.models import Address, Buyer
from zhanggui.trade.catalogue.models import (
    Attribute,
    Brand,
    Category,
    Picture,
    ProductType,
    Shop,
    Sku,
    SkuPrice,
    Specification,
    Spu,
    SpuPicture,
    SpuStep,
    Stock,
    StockMovement,
    Warehouse,
)  # fmt: skip
from zhanggui.trade.catalogue.operations.index_goods import index_goods
from zhanggui.trade.catalogue.rules.pictures import WIDTHS
from zhanggui.trade.pricing.models import FreightRow, FreightTemplate
from zhanggui.trade.promotions.models import Coupon, SpendAndSave

SHOPS = {
    "tea": ("山前茶舍", "Hillside Tea", "自家茶园，当季现做。", "Tea from our own garden, made in season."),
    "wear": ("棉与线", "Cotton & Thread", "穿得久的日常衣物。", "Everyday clothes that last."),
    "desk": ("桌上小物", "On the Desk", "写字、喝水、放东西。", "For writing, drinking and keeping things."),
}
CATEGORIES = {
    "food": ("食品茶饮", "Food & tea", {"green-tea": ("绿茶", "Green tea"), "snacks": ("零食", "Snacks")}),
    "clothes": ("服饰", "Clothes", {"shirts": ("衬衫", "Shirts"), "socks": ("袜子", "Socks")}),
    "home": ("居家文具", "Home & desk", {"pens": ("笔", "Pens"), "cups": ("杯子", "Cups")}),
}
GOODS = [
    ("tea", "green-tea", "明前龙井 2026 新茶", "Longjing green tea, first picking 2026", 12800, 15800, "#5f8a3a"),
    ("tea", "green-tea", "碧螺春 罐装", "Biluochun in a tin", 9900, 0, "#7aa35a"),
    ("tea", "snacks", "桂花糕 六枚", "Osmanthus cakes, six", 3650, 4200, "#d9a441"),
    ("tea", "snacks", "烤核桃仁 500 克", "Roasted walnuts 500 g", 4590, 0, "#9a6b3f"),
    ("wear", "shirts", "精梳棉牛津纺衬衫 常规版型 四季可穿", "Oxford shirt of combed cotton, regular fit, for all seasons", 19900, 25900, "#7b9ecb"),
    ("wear", "shirts", "亚麻短袖衬衫", "Linen shirt, short sleeves", 15900, 0, "#c9b79c"),
    ("wear", "socks", "长绒棉中筒袜 三双", "Crew socks, three pairs", 4900, 5900, "#c46a5a"),
    ("wear", "socks", "羊毛厚袜", "Thick wool socks", 3900, 0, "#6d5b8f"),
    ("desk", "pens", "黄铜钢笔 EF 尖", "Brass fountain pen, EF nib", 26800, 0, "#b8893b"),
    ("desk", "pens", "中性笔 十支", "Gel pens, ten", 1990, 2500, "#33415c"),
    ("desk", "cups", "手作陶杯 280 毫升", "Hand-thrown cup 280 ml", 6800, 0, "#8c5a4a"),
    ("desk", "cups", "保温杯 480 毫升", "Vacuum flask 480 ml", 11900, 13900, "#4a7c7a"),
]  # fmt: skip


@dataclass
class Fair:
    """What was put up."""

    at: datetime
    parties: dict[str, Party] = field(default_factory=dict)
    goods: list[Spu] = field(default_factory=list)

    def sku(self, place: int, number: int = 0) -> Sku:
        return list(Sku.objects.filter(spu=self.goods[place]).order_by("id"))[number]

    def buyer(self, name: str = "lin", *, shown: str = "林小满", level: str = "") -> Buyer:
        user = User.objects.create_user(name, password="correct-horse-9")
        return Buyer.objects.create(
            number=f"B{user.pk:08d}", user=user, name=shown, level_code=level, created_at=self.at
        )

    def address(self, buyer: Buyer, region: str = "310000") -> Address:
        return Address.objects.create(
            buyer=buyer, recipient="林小满", phone="13800000000", region=region, city="浦东新区", street="世纪大道 1 号 2 单元",
            preferred=not buyer.addresses.filter(preferred=True).exists(),
        )  # fmt: skip


def open_fair(*, pictures: bool = True) -> Fair:
    """Put everything up; the same every time but for the day."""
    fair = Fair(timezone.now())
    leaves = _categories()
    for place, (code, (zh, en, intro, english)) in enumerate(SHOPS.items()):
        party = Party.objects.create(kind="merchant", code=code, name={"zh": zh, "en": en})
        fair.parties[code] = party
        Shop.objects.create(
            merchant_id=party.id, code=code, name={"zh": zh, "en": en}, intro={"zh": intro, "en": english},
            logo=_picture(f"logo {code}", ("#b8321f", "#2a6a8f", "#3b7a3a")[place]) if pictures else None,
            opened_at=fair.at - timedelta(days=100 - place),
        )  # fmt: skip
    for place, row in enumerate(GOODS):
        fair.goods.append(_good(fair, leaves, place, row, pictures))
    index_goods(spu_ids=[spu.id for spu in fair.goods])
    _promotions(fair)
    return fair


def _categories() -> dict[str, Category]:
    clothes = ProductType.objects.create(code="clothes", name={"zh": "服饰", "en": "Clothes"})
    plain = ProductType.objects.create(code="plain", name={"zh": "普通", "en": "Plain"})
    Specification.objects.create(
        product_type=clothes, code="colour", name={"zh": "颜色", "en": "Colour"}, position=1,
        choices={"blue": {"zh": "雾蓝", "en": "Mist blue"}, "white": {"zh": "米白", "en": "Off-white"}},
    )  # fmt: skip
    Specification.objects.create(
        product_type=clothes, code="size", name={"zh": "尺码", "en": "Size"}, position=2
    )
    Attribute.objects.create(
        product_type=clothes, code="material", name={"zh": "材质", "en": "Material"}, filterable=True,
        choices={"cotton": {"zh": "棉", "en": "Cotton"}, "linen": {"zh": "亚麻", "en": "Linen"}, "wool": {"zh": "羊毛", "en": "Wool"}},
    )  # fmt: skip
    Brand.objects.create(code="thread", name={"zh": "棉与线", "en": "Cotton & Thread"})
    Brand.objects.create(code="brassman", name={"zh": "铜匠", "en": "Brassman"})
    leaves = {}
    for place, (code, (zh, en, children)) in enumerate(CATEGORIES.items()):
        top = Category.objects.create(code=code, name={"zh": zh, "en": en}, position=place)
        for inner, (child, (child_zh, child_en)) in enumerate(children.items()):
            leaves[child] = Category.objects.create(
                code=child, name={"zh": child_zh, "en": child_en}, parent=top, position=inner,
                product_type=clothes if code == "clothes" else plain,
            )  # fmt: skip
    return leaves


def _good(fair: Fair, leaves: dict[str, Category], place: int, row: Any, pictures: bool) -> Spu:
    shop, category, zh, en, price, market, colour = row
    owner = fair.parties[shop]
    freight = _freight(owner)
    spu = Spu.objects.create(
        number=f"G{place + 1:06d}", owner_id=owner.id, category=leaves[category],
        brand=Brand.objects.filter(code={"wear": "thread"}.get(shop, "brassman" if "黄铜" in zh else "")).first(),
        title={"zh": zh, "en": en}, subtitle={"zh": "本店好物，今日发货", "en": "Sent today by the shop"},
        description={"zh": "用料扎实，做工细致。\n\n收到后有任何问题，都可以联系我们。", "en": "Solid materials, careful work.\n\nTell us if anything is wrong."},
        attributes={"material": "linen" if "亚麻" in zh else "wool" if "羊毛" in zh else "cotton"} if shop == "wear" else {},
        freight_template_id=freight.id, state="listed", sold=(len(GOODS) - place) * 1357 % 20000, created_at=fair.at,
        changed_at=fair.at, listed_at=fair.at - timedelta(days=place),
    )  # fmt: skip
    SpuStep.objects.create(spu=spu, before="submitted", after="listed", at=fair.at, actor="fair")
    specs: list[dict[str, str]] = [{}]
    if category == "shirts":
        specs = [{"colour": tint, "size": size} for tint in ("blue", "white") for size in ("M", "L", "XL")]
    house, _made = Warehouse.objects.get_or_create(
        owner_id=owner.id, code="main", defaults={"name": {"zh": "主仓", "en": "Main"}}
    )
    for inner, spec in enumerate(specs):
        sku = Sku.objects.create(
            code=f"{spu.number}-{inner + 1}", spu=spu, owner_id=owner.id, specs=spec, weight_grams=300
        )
        SkuPrice.objects.create(
            sku=sku, currency="CNY", price_minor=price + inner * 1000, market_minor=market and market + inner * 1000,
            member_minor=price - 500 + inner * 1000 if place % 4 == 0 else 0,
        )  # fmt: skip
        count = 0 if inner == 5 else 50 if inner else 6
        stock = Stock.objects.create(sku=sku, warehouse=house, on_hand=count)
        StockMovement.objects.create(
            stock=stock, kind="received", on_hand_change=count, reference="fair", at=fair.at, actor="fair"
        )
    if pictures:
        for inner in range(3 if place < 6 else 1):
            SpuPicture.objects.create(
                spu=spu, picture=_picture(f"{spu.number} {inner}", colour, inner), position=inner
            )
    return spu


def _freight(owner: Party) -> FreightTemplate:
    found, made = FreightTemplate.objects.get_or_create(
        owner_id=owner.id, code="usual",
        defaults={"name": {"zh": "通用", "en": "Usual"}, "currency": "CNY", "basis": "piece", "free_from_minor": 20000},
    )  # fmt: skip
    if made:
        FreightRow.objects.create(
            template=found, regions=[], first_units=1, first_minor=800, next_units=1, next_minor=200
        )
    return found


def _promotions(fair: Fair) -> None:
    span = {"starts_at": fair.at - timedelta(days=1), "ends_before": fair.at + timedelta(days=20)}
    SpendAndSave.objects.create(
        code="winter", name={"zh": "初冬好物节", "en": "Early winter fair"}, currency="CNY", platform_ppm=500_000,
        steps=[[20000, 2000], [50000, 6000]], **span,
    )  # fmt: skip
    SpendAndSave.objects.create(
        code="tea-save", name={"zh": "新茶满减", "en": "New tea, save more"}, merchant_id=fair.parties["tea"].id,
        currency="CNY", steps=[[10000, 1000]], **span,
    )  # fmt: skip
    window = {
        "claim_starts_at": span["starts_at"], "claim_ends_before": span["ends_before"],
        "use_starts_at": span["starts_at"], "use_ends_before": span["ends_before"], "created_at": fair.at,
    }  # fmt: skip
    Coupon.objects.create(
        code="hello", name={"zh": "新人见面礼", "en": "A small welcome"}, kind="amount", currency="CNY",
        amount_minor=1000, from_minor=9900, platform_ppm=1_000_000, total=100, **window,
    )  # fmt: skip
    Coupon.objects.create(
        code="wear-ten", name={"zh": "全店九折", "en": "Ten per cent off"}, kind="percent", currency="CNY",
        merchant_id=fair.parties["wear"].id, off_ppm=100_000, most_minor=5000, from_minor=10000, total=50, **window,
    )  # fmt: skip


def _picture(name: str, colour: str, turn: int = 0) -> Picture:
    whole, smaller = _drawn(colour, turn)
    digest = hashlib.sha256(name.encode() + whole).hexdigest()
    place = folder() / digest[:2]
    place.mkdir(parents=True, exist_ok=True)
    for width, packed in smaller.items():
        (place / f"{digest}-{width}.webp").write_bytes(packed)
    return Picture.objects.create(
        digest=digest, width=800, height=800, size_bytes=len(whole), added_at=timezone.now()
    )


@cache  # packing the fair's 27 pictures takes longer than all the rest of it
def _drawn(colour: str, turn: int) -> tuple[bytes, dict[int, bytes]]:
    drawn = Image.new("RGB", (800, 800), colour)
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((120 + turn * 60, 120, 680, 680 - turn * 60), fill="#f7f2ea")
    pen.rounded_rectangle((270, 260 + turn * 40, 530, 620), 40, fill=colour, outline="#2b2b2b", width=8)
    return _webp(drawn, 60), {width: _webp(drawn.resize((width, width)), 70) for width in WIDTHS}


def _webp(drawn: Image.Image, quality: int) -> bytes:
    kept = io.BytesIO()
    drawn.save(kept, "WEBP", quality=quality)
    return kept.getvalue()
