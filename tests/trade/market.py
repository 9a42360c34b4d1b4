"""A small market for tests of the mall: types, categories, two merchants with shops, a supplier, goods told shortly.

Prices are yuan with two decimals ("12.00"); whoever needs other goods says `goods(...)`.
"""

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from PIL import Image

from zhanggui.parties.models import Party, PartyKind
from zhanggui.parties.operations.open_party import open_party
from zhanggui.trade.catalogue.models import Category, Sku, Spu, SpuState, Stock, Warehouse
from zhanggui.trade.catalogue.operations.draft_goods import draft_goods
from zhanggui.trade.catalogue.operations.keep_brand import keep_brand
from zhanggui.trade.catalogue.operations.keep_category import keep_category
from zhanggui.trade.catalogue.operations.keep_product_type import AxisDraft, keep_product_type
from zhanggui.trade.catalogue.operations.keep_warehouse import keep_warehouse
from zhanggui.trade.catalogue.operations.list_supply_goods import list_supply_goods
from zhanggui.trade.catalogue.operations.open_shop import open_shop
from zhanggui.trade.catalogue.operations.receive_stock import receive_stock
from zhanggui.trade.catalogue.operations.review_goods import review_goods
from zhanggui.trade.catalogue.operations.submit_goods import submit_goods
from zhanggui.trade.catalogue.rules.goods import GoodsDraft, PriceDraft, SkuDraft
from zhanggui.trade.catalogue.rules.stock import StockMove

AT = datetime(2026, 11, 2, 4, tzinfo=UTC)
ACTOR = "market"
COLOURS = {"red": {"zh": "红色", "en": "Red"}, "blue": {"zh": "蓝色", "en": "Blue"}}
MATERIALS = {"cotton": {"zh": "棉", "en": "Cotton"}, "silk": {"zh": "丝", "en": "Silk"}}


def minor(yuan: str) -> int:
    return int(Decimal(yuan) * 100)


def prices(yuan: str, market: str = "0", member: str = "0") -> dict[str, PriceDraft]:
    return {"CNY": PriceDraft(minor(yuan), minor(market), minor(member))}


def png(width: int = 64, height: int = 48, colour: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(target, "PNG")
    return target.getvalue()


def open_types() -> Category:
    """Clothes with a colour and a material, tea that has neither; categories wear > shirts, food > tea."""
    keep_product_type(
        code="clothes", name={"zh": "服装", "en": "Clothes"}, at=AT, actor=ACTOR,
        attributes=[AxisDraft("material", {"zh": "材质", "en": "Material"}, MATERIALS, filterable=True)],
        specifications=[
            AxisDraft("colour", {"zh": "颜色", "en": "Colour"}, COLOURS),
            AxisDraft("size", {"zh": "尺码", "en": "Size"}),
        ],
    )  # fmt: skip
    keep_product_type(
        code="food", name={"zh": "食品", "en": "Food"}, attributes=[], specifications=[], at=AT, actor=ACTOR
    )
    for code, zh, en in (("wear", "服饰", "Wear"), ("eat", "食品", "Food")):
        keep_category(code=code, name={"zh": zh, "en": en}, at=AT, actor=ACTOR)
    keep_category(
        code="tea",
        name={"zh": "茶叶", "en": "Tea"},
        parent_code="eat",
        product_type_code="food",
        at=AT,
        actor=ACTOR,
    )
    keep_brand(code="crane", name={"zh": "仙鹤", "en": "Crane"}, at=AT, actor=ACTOR)
    return keep_category(
        code="shirts", name={"zh": "衬衫", "en": "Shirts"}, parent_code="wear", product_type_code="clothes",
        at=AT, actor=ACTOR,
    )  # fmt: skip


def merchant(code: str, zh: str = "", en: str = "") -> Party:
    """A merchant with an open shop and a warehouse "main"."""
    party = open_party(code=code, kind=PartyKind.MERCHANT, name={"zh": zh or code, "en": en or code})
    open_shop(merchant=party, at=AT, actor=ACTOR)
    keep_warehouse(owner_id=party.id, code="main", name={"zh": "主仓", "en": "Main"}, at=AT, actor=ACTOR)
    return party


def supplier(code: str) -> Party:
    """A supplier with a warehouse "main"."""
    party = open_party(code=code, kind=PartyKind.SUPPLIER, name={"zh": code, "en": code})
    keep_warehouse(owner_id=party.id, code="main", name={"zh": "主仓", "en": "Main"}, at=AT, actor=ACTOR)
    return party


def draft_of(
    title: str = "Tea", *, zh: str = "", price: str = "10.00", category: str = "tea",
    skus: Mapping[str, str] | None = None, **more: object,
) -> GoodsDraft:  # fmt: skip
    """A draft of a good; `skus`: prices by "axis=choice axis=choice"."""
    told = skus or {"": price}
    return GoodsDraft(
        category_code=category, title={"zh": zh or title, "en": title},
        skus=[
            SkuDraft(specs=dict(part.split("=") for part in specs.split()), prices=prices(yuan))
            for specs, yuan in told.items()
        ],
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def goods(
    owner: Party,
    title: str = "Tea",
    *,
    units: int = 10,
    listed: bool = True,
    at: datetime = AT,
    **more: object,
) -> Spu:
    """A good of a merchant, or supply goods of a supplier; on sale unless told otherwise, `units` of each SKU there."""
    spu = draft_goods(
        owner_id=owner.id, draft=draft_of(title, **more), supply=owner.kind == PartyKind.SUPPLIER, at=at,  # type: ignore[arg-type]
        actor=ACTOR,
    )  # fmt: skip
    if listed:
        submit_goods(number=spu.number, owner_id=owner.id, at=at, actor=ACTOR)
        review_goods(number=spu.number, accepted=True, at=at, actor=ACTOR)
    if units:
        stock(*spu.skus.all(), units=units)
    return Spu.objects.get(id=spu.id)


def stock(*skus: Sku, units: int, warehouse: str = "main", reference: str = "R-1") -> None:
    """Take units of SKUs into a warehouse of their owner."""
    receive_stock(
        moves=[StockMove(sku.id, warehouse_of(sku.owner_id, warehouse).id, units, reference) for sku in skus],
        at=AT, actor=ACTOR,
    )  # fmt: skip


def listing(source: Spu, owner: Party, price: str = "20.00") -> Spu:
    """Supply goods put on sale by a merchant, every SKU at one price."""
    return list_supply_goods(
        source_number=source.number, merchant_id=owner.id, at=AT, actor=ACTOR,
        prices={sku.code: prices(price) for sku in source.skus.all()},
    )  # fmt: skip


def warehouse_of(owner_id: int, code: str = "main") -> Warehouse:
    return Warehouse.objects.get(owner_id=owner_id, code=code)


def only_sku(spu: Spu) -> Sku:
    return Sku.objects.get(spu=spu)


def there(sku: Sku) -> tuple[int, int]:
    """Units on hand and reserved, over all warehouses."""
    rows = Stock.objects.filter(sku=sku)
    return sum(row.on_hand for row in rows), sum(row.reserved for row in rows)


def state_of(spu: Spu) -> SpuState:
    return SpuState(Spu.objects.get(id=spu.id).state)
