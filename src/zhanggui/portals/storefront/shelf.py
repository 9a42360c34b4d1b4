"""Goods on the shelf: what is on sale, as cards with a price, a face and a shop."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, NullIf

from zhanggui.portals.storefront.offers import Offer
from zhanggui.trade.catalogue.models import Shop, ShopState, SkuPrice, Spu, SpuPicture, SpuState


@dataclass(frozen=True)
class Card:
    """A good in a list. `tags` are what runs for it, in a few words."""

    number: str
    title: dict[str, Any]
    face: str
    price_minor: int
    market_minor: int
    currency: str
    sold: int
    rating: float
    rating_count: int
    kind: str
    shop_code: str
    shop_name: dict[str, Any]
    tags: Sequence[str]
    spu_id: int


def on_sale() -> QuerySet[Spu]:
    """Goods that buyers see: listed, no supply goods, in a shop that is open."""
    open_shops = Shop.objects.filter(state=ShopState.OPEN).values("merchant_id")
    return Spu.objects.filter(state=SpuState.LISTED, supply=False, owner_id__in=open_shops)


def priced(goods: QuerySet[Spu], currency: str) -> QuerySet[Spu]:
    """With the lowest price of a good, the price struck out beside it, and its face; without a price it is not
    sold in this currency and left out."""
    prices = SkuPrice.objects.filter(sku__spu=OuterRef("pk"), sku__active=True, currency=currency).order_by(
        "price_minor"
    )
    faces = SpuPicture.objects.filter(spu=OuterRef("pk")).order_by("position", "id")
    return goods.annotate(
        price_minor=Subquery(prices.values("price_minor")[:1]),
        market_minor=Subquery(prices.values("market_minor")[:1]),
        face=Subquery(faces.values("picture__digest")[:1]),
        mean_rating=Cast(F("rating_sum"), FloatField()) / NullIf(F("rating_count"), 0),
    ).filter(price_minor__isnull=False)


def cards(goods: Iterable[Any], currency: str, offers: Sequence[Offer] = ()) -> list[Card]:
    """The goods (as `priced` gives them) as cards."""
    found = list(goods)
    shops = {
        shop.merchant_id: shop
        for shop in Shop.objects.filter(merchant_id__in={row.owner_id for row in found})
    }
    return [_card(row, shops.get(row.owner_id), currency, offers) for row in found]


def _card(row: Any, shop: Shop | None, currency: str, offers: Sequence[Offer]) -> Card:
    codes = [row.category.code, row.category.parent.code] if row.category.parent else [row.category.code]
    tags = [
        offer.text
        for offer in offers
        if offer.is_for(merchant_id=row.owner_id, categories=codes, spu_number=row.number)
    ]
    return Card(
        number=row.number, title=row.title, face=row.face or "", price_minor=row.price_minor,
        market_minor=row.market_minor or 0, currency=currency, sold=row.sold,
        rating=row.mean_rating or 0, rating_count=row.rating_count, kind=row.kind,
        shop_code=shop.code if shop else "", shop_name=shop.name if shop else {}, tags=tags[:2], spu_id=row.id,
    )  # fmt: skip
