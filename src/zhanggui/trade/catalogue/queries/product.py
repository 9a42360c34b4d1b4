"""The whole of one good, as its page shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.models import Attribute, ShopState, Spu, SpuState
from zhanggui.trade.catalogue.queries.reading import rows_of
from zhanggui.trade.catalogue.queries.shapes import (
    MOST_SHOWN_LEFT,
    GoodPage,
    NamedValue,
    ShownAxis,
    ShownSku,
)


def good_page(number: str, *, currency: str, preview: bool = False) -> GoodPage:
    """This function will return the whole of a good. Buyers see what is on sale or was (`on_sale` tells); drafts,
    refused and banned goods only as a `preview` of their owner or the platform. Raises UnknownGoods."""
    spu = (
        Spu.objects.select_related("category__parent", "category__product_type", "brand")
        .filter(number=number)
        .first()
    )
    shown = spu is not None and not spu.supply and spu.state in (SpuState.LISTED, SpuState.UNLISTED)
    if spu is None or not (shown or preview):
        raise UnknownGoods(f"there is no good {number}; look for another one", goods=number)
    shop = _shop(spu.owner_id)
    skus = _skus(spu.id, currency)
    kind = spu.category.product_type
    assert kind is not None and spu.category.parent is not None
    count = spu.rating_count
    tenths = (spu.rating_sum * 20 + count) // (2 * count) if count else 0
    return GoodPage(
        id=spu.id, number=spu.number, kind=spu.kind, owner_id=spu.owner_id, supplier_id=spu.supplier_id,
        on_sale=spu.state == SpuState.LISTED and shop.get("state") == ShopState.OPEN and bool(skus),
        title=spu.title, subtitle=spu.subtitle, description=spu.description, currency=currency,
        category_path=(
            (spu.category.parent.code, spu.category.parent.name), (spu.category.code, spu.category.name),
        ),
        brand=(spu.brand.code, spu.brand.name) if spu.brand else None,
        attributes=named_attributes(spu, kind.attributes.order_by("position", "id")),
        axes=_axes(kind.specifications.order_by("position", "id"), skus), skus=tuple(skus),
        pictures=tuple(spu.pictures.order_by("position").values_list("picture__digest", flat=True)),
        shop_code=shop.get("code", ""), shop_name=shop.get("name", {}), shop_logo=shop.get("logo", ""),
        freight_template_id=spu.freight_template_id, sold=spu.sold, rating_tenths=tenths,
        rating_count=spu.rating_count, listed_at=spu.listed_at,
    )  # fmt: skip


def named_attributes(spu: Spu, attributes: Sequence[Attribute] | Any) -> tuple[NamedValue, ...]:
    """This function will return what a good says of itself, with names, in the order of its type."""
    return tuple(
        NamedValue(row.code, row.name, value, row.choices.get(value) or {"": value})
        for row in attributes
        if (value := spu.attributes.get(row.code))
    )


def _shop(merchant_id: int) -> dict[str, Any]:
    rows = rows_of(
        "select h.code, h.name, h.state, coalesce(i.digest, '') as logo from trade_shop h"
        " left join trade_picture i on i.id = h.logo_id where h.merchant_id = %s",
        [merchant_id],
    )
    return rows[0] if rows else {}


def _skus(spu_id: int, currency: str) -> list[ShownSku]:
    rows = rows_of(
        "select k.id, k.code, k.specs, r.price_minor, r.market_minor, r.member_minor,"
        " least(coalesce(t.available, 0), %s)::int as left, coalesce(k.source_id, k.id) as stock_sku_id"
        " from trade_sku k join trade_sku_price r on r.sku_id = k.id and r.currency = %s"
        " left join lateral (select sum(t.on_hand - t.reserved) as available from trade_stock t"
        "  join trade_warehouse w on w.id = t.warehouse_id and w.active"
        "  where t.sku_id = coalesce(k.source_id, k.id)) t on true"
        " where k.spu_id = %s and k.active order by k.id",
        [MOST_SHOWN_LEFT, currency, spu_id],
    )
    return [ShownSku(**row) for row in rows]


def _axes(specifications: Any, skus: Sequence[ShownSku]) -> tuple[ShownAxis, ...]:
    found = []
    for row in specifications:
        values = list(dict.fromkeys(sku.specs[row.code] for sku in skus if row.code in sku.specs))
        if values:
            known = list(row.choices)
            values.sort(key=lambda value: known.index(value) if value in known else len(known))
            found.append(
                ShownAxis(row.code, row.name, tuple((value, _named(row.choices, value)) for value in values))
            )
    return tuple(found)


def _named(choices: Mapping[str, Any], value: str) -> Mapping[str, str]:
    names: Mapping[str, str] = choices.get(value) or {"": value}
    return names
