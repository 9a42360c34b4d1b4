"""Reads of carts and favourites."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q

from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.carts.models import CartItem, Favourite
from zhanggui.trade.carts.shapes import Cart, CartLine, CartOwner, CartShop
from zhanggui.trade.catalogue.models import Shop, ShopState, SpuPicture, SpuState
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.pricing.queries import Offer, free_stock, offers
from zhanggui.trade.promotions.queries import quote
from zhanggui.trade.promotions.queries.quotes import SHORT
from zhanggui.trade.promotions.shapes import Quote, Wanted

UNCOUNTED = 999
"""What is left of digital goods that nobody counts: as many as a cart holds."""


def item_count(owner: CartOwner) -> int:
    """This function will return how many kinds are in the cart; one statement."""
    return CartItem.objects.filter(buyer_id=owner.buyer_id, visitor=owner.visitor).count()


def wanted_of(owner: CartOwner) -> list[Wanted]:
    """This function will return what is chosen, as a quote wants it; one statement."""
    mine = CartItem.objects.filter(buyer_id=owner.buyer_id, visitor=owner.visitor, chosen=True)
    return [Wanted(sku, quantity) for sku, quantity in mine.order_by("id").values_list("sku_id", "quantity")]


def cart_of(
    owner: CartOwner, *, buyer: Buyer | None, region: str, currency: str, at: datetime,
    held_coupons: Sequence[int] | None = None,
) -> Cart:  # fmt: skip
    """This function will return the cart, the shop last added to first, with a quote of what is chosen; a fixed
    number of statements whatever is in it. What cannot be bought stands among the lines with the reason.

    Raises what `quote` raises of chosen coupons.
    """
    mine = CartItem.objects.filter(buyer_id=owner.buyer_id, visitor=owner.visitor)
    items = list(mine.order_by("-added_at", "-id"))
    found = offers(
        sku_ids=[item.sku_id for item in items], currency=currency, member=bool(buyer and buyer.level_code)
    )
    stock = _left(found)
    quoted = quote(
        wanted=[Wanted(item.sku_id, item.quantity) for item in items if item.chosen], buyer=buyer, region=region,
        currency=currency, held_coupons=held_coupons, at=at,
    )  # fmt: skip
    due: dict[int, int] = defaultdict(int)
    for line in quoted.lines:
        due[line.sku_id] += line.due_minor - line.freight_minor
    by_shop: dict[int, list[CartLine]] = defaultdict(list)
    for item in items:
        offer = found[item.sku_id]
        by_shop[offer.merchant_id].append(
            _line(item, offer, quoted, currency=currency, left=stock[item.sku_id], due_minor=due[item.sku_id])
        )
    shops = {shop.merchant_id: shop for shop in Shop.objects.filter(merchant_id__in=by_shop)}
    return Cart(
        tuple(_shop(merchant_id, shops.get(merchant_id), lines) for merchant_id, lines in by_shop.items()),
        quoted,
    )


def _left(found: Mapping[int, Offer]) -> dict[int, int]:
    """What is left of each SKU, over all warehouses."""
    free: dict[int, int] = defaultdict(int)
    for (sku, _warehouse), amount in free_stock(sku_ids={one.stock_sku_id for one in found.values()}).items():
        free[sku] += amount
    return {
        sku: UNCOUNTED
        if one.kind == GoodsKind.DIGITAL and one.stock_sku_id not in free
        else free[one.stock_sku_id]
        for sku, one in found.items()
    }


def _line(
    item: CartItem, offer: Offer, quoted: Quote, *, currency: str, left: int, due_minor: int
) -> CartLine:
    refused = offer.refused or (SHORT if left < item.quantity else "")
    if item.chosen and item.sku_id in quoted.unavailable:
        refused, quoted_left = quoted.unavailable[item.sku_id]
        left = quoted_left if refused == SHORT else left
    changed = offer.unit_minor - item.seen_minor if item.seen_currency == currency and offer.unit_minor else 0
    return CartLine(
        sku_id=item.sku_id, sku_code=offer.sku_code, spu_number=offer.spu_number, title=offer.title,
        specs=offer.specs, picture=offer.picture, quantity=item.quantity, chosen=item.chosen,
        unit_minor=offer.unit_minor, market_minor=offer.market_minor, changed_minor=changed, due_minor=due_minor,
        left=left, refused=refused,
    )  # fmt: skip


def _shop(merchant_id: int, shop: Shop | None, lines: Sequence[CartLine]) -> CartShop:
    return CartShop(
        merchant_id=merchant_id, code=shop.code if shop else "", name=shop.name if shop else {},
        open=shop is not None and shop.state == ShopState.OPEN, lines=tuple(lines),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FavouriteGoods:
    """A favourite as it is listed. `from_minor` is the lowest price of its SKUs; 0: none in that currency."""

    spu_number: str
    title: Mapping[str, str]
    picture: str
    from_minor: int
    listed: bool
    added_at: datetime


def favourites_of(*, buyer_id: int, currency: str) -> list[FavouriteGoods]:
    """This function will return a buyer's favourites, the latest first; two statements."""
    rows = list(
        Favourite.objects.filter(buyer_id=buyer_id)
        .select_related("spu")
        .annotate(
            lowest=Min(
                "spu__skus__prices__price_minor",
                filter=Q(spu__skus__active=True, spu__skus__prices__currency=currency),
            )
        )
        .order_by("-added_at", "-id")
    )
    faces = dict(
        SpuPicture.objects.filter(spu_id__in=[row.spu_id for row in rows])
        .order_by("spu_id", "position", "id")
        .distinct("spu_id")
        .values_list("spu_id", "picture__digest")
    )
    return [
        FavouriteGoods(
            row.spu.number, row.spu.title, faces.get(row.spu_id, ""), row.lowest or 0,
            row.spu.state == SpuState.LISTED, row.added_at,
        )
        for row in rows
    ]  # fmt: skip
