"""Goods with their SKUs, prices and steps, and files of goods. Read them inside the tenancy of whose they are."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from zhanggui.portals.desk.told.codes import codes_of
from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.models import GoodsUpload, Sku, Spu
from zhanggui.trade.catalogue.queries.stock import units_left
from zhanggui.trade.pricing.models import FreightTemplate

type Document = dict[str, Any]
HEAD = (
    "number", "owner_id", "supply", "kind", "title", "state", "sold", "rating_count", "created_at", "changed_at",
    "listed_at",
)  # fmt: skip
UPLOAD = (
    "id", "owner_id", "name", "dry", "submit", "state", "problem", "problem_code", "created", "changed", "rejected",
    "asked_at", "done_at", "actor",
)  # fmt: skip
SKU = ("code", "specs", "sku_type", "barcode", "weight_grams", "low_stock", "active")
PRICE = ("currency", "price_minor", "market_minor", "member_minor")


def goods_to_tell() -> QuerySet[Spu]:
    """Goods with what is told of them."""
    return Spu.objects.select_related("category", "brand", "source").prefetch_related("skus__prices")


def good_head(row: Spu) -> Document:
    """A good as lists have it; `prices_from` is the lowest price by currency."""
    cheapest: dict[str, int] = {}
    for sku in row.skus.all():
        for one in sku.prices.all() if sku.active else ():
            cheapest[one.currency] = min(one.price_minor, cheapest.get(one.currency, one.price_minor))
    return {name: getattr(row, name) for name in HEAD} | {
        "category": row.category.code, "brand": row.brand.code if row.brand else "",
        "source": row.source.number if row.source else "", "prices_from": cheapest,
    }  # fmt: skip


def good_whole(number: str, rows: QuerySet[Spu]) -> Document:
    """One of these goods with everything but what is left of its SKUs (`with_left`). Raises UnknownGoods."""
    row = rows.filter(number=number).first()
    if row is None:
        raise UnknownGoods(f"there is no good {number}; look at the list of goods", goods=number)
    template = (
        FreightTemplate.objects.filter(id=row.freight_template_id).values_list("code", flat=True).first()
    )
    return good_head(row) | {
        "subtitle": row.subtitle, "description": row.description, "keywords": row.keywords,
        "attributes": row.attributes, "freight_template": template or "",
        "pictures": list(row.pictures.order_by("position").values_list("picture__digest", flat=True)),
        "skus": [
            {"id": sku.id} | {name: getattr(sku, name) for name in SKU}
            | {"prices": [{name: getattr(one, name) for name in PRICE} for one in _prices(sku)]}
            for sku in sorted(row.skus.all(), key=lambda sku: sku.id)
        ],
        "steps": list(row.steps.order_by("id").values("before", "after", "at", "actor", "note")),
    }  # fmt: skip


def _prices(sku: Sku) -> list[Any]:
    return sorted(sku.prices.all(), key=lambda one: one.currency)


def with_left(document: Mapping[str, Any]) -> Document:
    """The same with `left` of every SKU; a listing's stock is its supplier's and counted outside the tenancy."""
    skus = [dict(one) for one in document["skus"]]
    left = units_left([one["id"] for one in skus])
    return dict(document) | {"skus": [one | {"left": left.get(one.pop("id"), 0)} for one in skus]}


def upload_told(row: GoodsUpload) -> Document:
    """A file of goods and how far it is."""
    return {name: getattr(row, name) for name in UPLOAD}


def with_owners(documents: Iterable[Mapping[str, Any]]) -> list[Document]:
    """The same with the owner's code in the place of its number."""
    rows = [dict(one) for one in documents]
    codes = codes_of([row["owner_id"] for row in rows])
    return [row | {"owner": codes[row.pop("owner_id")]} for row in rows]
