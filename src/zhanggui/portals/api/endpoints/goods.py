"""Goods: read, written, priced, stocked and put up for review by who owns them; decided on by the platform."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from zhanggui.parties.models import PartyKind
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.naming import party_id
from zhanggui.portals.api.paging import given, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code
from zhanggui.portals.api.schemas.goods import (
    CatalogueOut,
    GoodFull,
    GoodIn,
    GoodPage,
    GoodsDecisionIn,
    GoodsFilters,
    ListingIn,
    OwnFilters,
    PricedOut,
    PriceIn,
    PricesIn,
    SkuPriceIn,
    StepIn,
    StockIn,
    StockOut,
)
from zhanggui.portals.desk.goods_acts import good_decided, good_stepped, stock_entered
from zhanggui.portals.desk.told.goods import good_head, good_whole, goods_to_tell, with_left, with_owners
from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.models import Brand, Category, ProductType, Sku, SpuState
from zhanggui.trade.catalogue.operations.change_goods import change_goods
from zhanggui.trade.catalogue.operations.draft_goods import draft_goods
from zhanggui.trade.catalogue.operations.list_supply_goods import list_supply_goods
from zhanggui.trade.catalogue.operations.set_prices import set_prices
from zhanggui.trade.catalogue.queries.stock import units_left
from zhanggui.trade.catalogue.rules.goods import GoodsDraft, PriceDraft, SkuDraft
from zhanggui.trade.pricing.models import FreightTemplate

router = Router(tags=["goods"])


def own_permission(who: Caller, what: str) -> str:
    """`view` or `change` as it is called at the caller's party: a supplier's own roles speak of supplies."""
    supplies = f"own_supplies.{what}"
    is_supplier = who.standing.party.kind == PartyKind.SUPPLIER and who.standing.may(supplies)
    return supplies if is_supplier else f"own_goods.{what}"


def owner_of(request: HttpRequest) -> tuple[Caller, int]:
    """Who calls, and the number of the merchant or supplier whose goods it may change. Raises NotAllowed."""
    who = caller(request)
    who.require(merchant=own_permission(who, "change"))
    assert who.party_id is not None
    return who, who.party_id


def reader_of(request: HttpRequest) -> Caller:
    """Who calls, and may read goods. Raises NotAllowed."""
    who = caller(request)
    who.require("goods.view", own_permission(who, "view"))
    return who


@look(router, "/goods", GoodPage)
def list_goods(request: HttpRequest, filters: Query[GoodsFilters]) -> Any:
    """Goods in the order in which they were begun; a merchant or supplier sees its own."""
    who = reader_of(request)
    owner = who.own(party_id(filters.owner) if filters.owner and who.is_platform else None)
    asked = given(
        state=filters.state, category__code=filters.category, owner_id=owner,
        supply=filters.side == "supply" if filters.side else None,
    )  # fmt: skip
    with who.reading():
        shown, following = keyset(goods_to_tell().filter(**asked), cursor=filters.cursor, limit=filters.limit)
        items = [good_head(row) for row in shown]
    return {"items": with_owners(items), "next_cursor": following}


@look(router, "/goods/{number}", GoodFull)
def get_good(request: HttpRequest, number: Code) -> Any:
    """One good with its SKUs, prices and steps."""
    return _document(reader_of(request), number)


@act(router, "/goods", GoodFull, status=201)
def draft_a_good(request: HttpRequest, payload: GoodIn) -> Any:
    """Write a good down as a draft; it is sold after it was put up for review and accepted."""
    who, owner_id = owner_of(request)
    with transaction.atomic():
        row = draft_goods(
            owner_id=owner_id, draft=_draft(payload, owner_id), at=timezone.now(), actor=who.actor,
            supply=who.standing.party.kind == PartyKind.SUPPLIER,
        )  # fmt: skip
    return _document(who, row.number)


@act(router, "/goods/{number}/changes", GoodFull)
def change_a_good(request: HttpRequest, number: Code, payload: GoodIn) -> Any:
    """Change a good to what is sent. Prices and SKUs hold at once; whatever buyers read is reviewed again."""
    who, owner_id = owner_of(request)
    with transaction.atomic():
        change_goods(
            number=number, owner_id=owner_id, draft=_draft(payload, owner_id), at=timezone.now(), actor=who.actor
        )  # fmt: skip
    return _document(who, number)


@act(router, "/goods/{number}/steps", GoodFull)
def step_a_good(request: HttpRequest, number: Code, payload: StepIn) -> Any:
    """Put a good up for review or take it back, take it off sale or put it on sale again."""
    who, owner_id = owner_of(request)
    good_stepped(number=number, owner_id=owner_id, step=payload.step, at=timezone.now(), actor=who.actor)
    return _document(who, number)


@act(router, "/goods/{number}/review", GoodFull)
def review_a_good(request: HttpRequest, number: Code, payload: GoodsDecisionIn) -> Any:
    """Decide on a good for the platform: accept or refuse what waits for review, ban what is sold, lift a ban."""
    who = caller(request)
    who.require("goods.review")
    good_decided(
        number=number, decision=payload.decision, reason=payload.reason, at=timezone.now(), actor=who.actor
    )
    return _document(who, number)


@act(router, "/sku-prices", PricedOut)
def set_sku_prices(request: HttpRequest, payload: PricesIn) -> Any:
    """Set prices of one's own SKUs; no review is needed for it."""
    who, owner_id = owner_of(request)
    with transaction.atomic():
        changed = set_prices(
            owner_id=owner_id, prices=_by_sku(payload.prices), at=timezone.now(), actor=who.actor
        )
    return {"changed": changed}


@act(router, "/stock-entries", StockOut, status=201)
def enter_stock(request: HttpRequest, payload: StockIn) -> Any:
    """Take down what came in or was counted of one's own SKU; the same document again changes nothing."""
    who, owner_id = owner_of(request)
    new = stock_entered(
        kind=payload.kind, owner_id=owner_id, sku=payload.sku, warehouse=payload.warehouse,
        quantity=payload.quantity, reference=payload.reference, at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    sku = Sku.objects.get(owner_id=owner_id, code=payload.sku)
    return {"sku": sku.code, "left": units_left([sku.id])[sku.id], "new": new}


def _of_shops(who: Caller, permission: str) -> str | None:
    """A permission of shops alone: what other suppliers ask is no supplier's to see."""
    return None if who.standing.party.kind == PartyKind.SUPPLIER else permission


@look(router, "/supply-goods", GoodPage)
def list_supply(request: HttpRequest, filters: Query[OwnFilters]) -> Any:
    """What suppliers offer for listing, at supply prices."""
    who = caller(request)
    who.require("goods.view", _of_shops(who, "own_goods.view"))
    with who.reading():
        rows = goods_to_tell().filter(supply=True, state=SpuState.LISTED)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
        items = [good_head(row) for row in shown]
    return {"items": with_owners(items), "next_cursor": following}


@act(router, "/supply-goods/{number}/listing", GoodFull, status=201)
def list_in_a_shop(request: HttpRequest, number: Code, payload: ListingIn) -> Any:
    """List supply goods in the shop at one's own prices; listed before, the SKUs it lacks are taken in. The stock
    stays the supplier's, who ships."""
    who = caller(request)
    who.require(merchant=_of_shops(who, "own_goods.change"))
    assert who.party_id is not None
    with transaction.atomic():
        row = list_supply_goods(
            source_number=number, merchant_id=who.party_id, prices=_by_sku(payload.prices), at=timezone.now(),
            actor=who.actor,
        )  # fmt: skip
    return _document(who, row.number)


@look(router, "/catalogue", CatalogueOut)
def read_catalogue(request: HttpRequest) -> Any:
    """What goods are filed under: categories, product types with their attributes and specifications, brands."""
    reader_of(request)
    types = ProductType.objects.prefetch_related("attributes", "specifications").order_by("code")
    return {
        "categories": [
            {
                "code": row.code, "name": row.name, "active": row.active,
                "parent": row.parent.code if row.parent else "",
                "product_type": row.product_type.code if row.product_type else "",
            }
            for row in Category.objects.select_related("parent", "product_type").order_by("position", "id")
        ],
        "product_types": [
            {
                "code": row.code, "name": row.name, "attributes": _in_place(row.attributes.all()),
                "specifications": _in_place(row.specifications.all()),
            }
            for row in types
        ],
        "brands": list(Brand.objects.order_by("code").values("code", "name", "active")),
    }  # fmt: skip


def _in_place(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (row.position, row.id))


def _by_sku(rows: Iterable[SkuPriceIn]) -> dict[str, dict[str, PriceDraft]]:
    found: dict[str, dict[str, PriceDraft]] = {}
    for one in rows:
        found.setdefault(one.sku, {})[one.currency] = _price(one)
    return found


def _price(one: PriceIn) -> PriceDraft:
    return PriceDraft(one.price_minor, one.market_minor, one.member_minor)


def _draft(payload: GoodIn, owner_id: int) -> GoodsDraft:
    """The good as sent. Raises UnknownGoods for a freight template that is not the owner's."""
    template = 0
    if payload.freight_template:
        templates = FreightTemplate.objects.filter(
            owner_id=owner_id, active=True, code=payload.freight_template
        )
        template = templates.values_list("id", flat=True).first() or 0
        if not template:
            raise UnknownGoods(
                f"there is no freight template {payload.freight_template!r} of this owner; look at the list",
                freight_template=payload.freight_template,
            )
    return GoodsDraft(
        category_code=payload.category, title=payload.title.model_dump(), keywords=payload.keywords,
        subtitle=payload.subtitle.model_dump() if payload.subtitle else {},
        description=payload.description.model_dump() if payload.description else {},
        brand_code=payload.brand, kind=payload.kind, attributes=payload.attributes, pictures=payload.pictures,
        freight_template_id=template,
        skus=[
            SkuDraft(
                specs=one.specs, prices={price.currency: _price(price) for price in one.prices}, code=one.code,
                sku_type=one.sku_type, barcode=one.barcode, weight_grams=one.weight_grams,
                low_stock=one.low_stock, active=one.active,
            )
            for one in payload.skus
        ],
    )  # fmt: skip


def _document(who: Caller, number: str) -> dict[str, Any]:
    """A good of the caller's. Raises UnknownGoods, for another's too."""
    with who.reading():
        found = good_whole(number, goods_to_tell().filter(**given(owner_id=who.party_id)))
    return with_owners([with_left(found)])[0]
