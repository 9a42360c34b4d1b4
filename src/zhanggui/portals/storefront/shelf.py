"""Goods on the shelf, as cards: what the catalogue found, with what runs for each in a few words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from zhanggui.portals.storefront.offers import Offer
from zhanggui.trade.catalogue.models import Shop, ShopState, Spu, SpuState
from zhanggui.trade.catalogue.queries.shapes import ShownGood

MOST_TAGS = 2


@dataclass(frozen=True)
class Card:
    """A good in a list and the offers it takes part in."""

    good: ShownGood
    tags: Sequence[str]


def on_sale() -> QuerySet[Spu]:
    """Goods that have a page: listed, no supply goods, in a shop that is open."""
    open_shops = Shop.objects.filter(state=ShopState.OPEN).values("merchant_id")
    return Spu.objects.filter(state=SpuState.LISTED, supply=False, owner_id__in=open_shops)


def cards(goods: Sequence[ShownGood], offers: Sequence[Offer] = ()) -> list[Card]:
    """The goods as cards, in their order."""
    places: dict[int, dict[str, Any]] = {}
    if offers:
        rows = Spu.objects.filter(id__in=[good.id for good in goods])
        fields = ("id", "owner_id", "category__code", "category__parent__code")
        places = {row["id"]: row for row in rows.values(*fields)}
    return [Card(good, _tags(good, places.get(good.id), offers)) for good in goods]


def _tags(good: ShownGood, place: dict[str, Any] | None, offers: Sequence[Offer]) -> list[str]:
    if place is None:
        return []
    codes = [place["category__code"], place["category__parent__code"] or ""]
    return [
        offer.text
        for offer in offers
        if offer.is_for(merchant_id=place["owner_id"], categories=codes, spu_number=good.number)
    ][:MOST_TAGS]
