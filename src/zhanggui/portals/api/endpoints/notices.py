"""What a party is told, and suppliers' prices of which shops are told."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.supply_priced import supply_priced
from zhanggui.outbox.operations.mark_read import mark_read
from zhanggui.outbox.queries import party_notices
from zhanggui.outbox.rules import kinds_for
from zhanggui.parties.models import PartyKind
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotAllowed, NotFound
from zhanggui.portals.api.paging import CursorText, Limit, decode, keyset, page
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Currency, Minor, Number, Strict
from zhanggui.trade.catalogue.models import Spu

router = Router(tags=["notices"])


class NoticeFilters(Schema):
    """Which notices; the latest come first."""

    unread: bool | None = None
    kind: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class NoticeOut(Schema):
    """What happened to which document. `about` has amounts in minor units and other numbers, by kind."""

    id: int
    kind: str
    subject: str
    about: dict[str, Any]
    at: datetime
    read: bool


class NoticePage(Paged):
    """Notices."""

    items: list[NoticeOut]


class ReadingIn(Strict):
    """Which notices were read; none named are all."""

    ids: list[Number] = Field(default_factory=list, max_length=1000)


class ReadingOut(Schema):
    """How many were new to the reader."""

    marked: int


class SupplyPriceOut(Schema):
    """The supply price of a SKU in a currency."""

    sku: str
    currency: str
    price_minor: int
    market_minor: int


class SupplyGoodOut(Schema):
    """Supply goods of the supplier."""

    number: str
    state: str
    title: dict[str, str]
    shops: int
    prices: list[SupplyPriceOut]


class SupplyGoodPage(Paged):
    """Supply goods."""

    items: list[SupplyGoodOut]


class SupplyGoodFilters(Schema):
    """A page of them."""

    cursor: CursorText = ""
    limit: Limit = 50


class SupplyPriceIn(Strict):
    """A new supply price."""

    sku: Code
    currency: Currency
    price_minor: Minor


class SupplyPricesIn(Strict):
    """New supply prices; those that are not named stay."""

    prices: list[SupplyPriceIn] = Field(min_length=1, max_length=500)


def _party(who: Caller) -> int:
    """The party that is told. Raises NotAllowed for the platform, which tells."""
    if who.party_id is None:
        raise NotAllowed(f"{who.actor} may not do this: notices are told to merchants and suppliers")
    return who.party_id


@look(router, "/notices", NoticePage)
def list_party_notices(request: HttpRequest, filters: Query[NoticeFilters]) -> Any:
    """What the party was told, as far as the role goes."""
    who = caller(request)
    party, kinds = _party(who), kinds_for(who.standing.may)
    rows = party_notices(party_id=party, kinds=kinds, user_id=int(who.user.pk))
    if filters.kind is not None:
        rows = rows.filter(kind=filters.kind)
    if filters.unread is not None:
        rows = rows.filter(read=not filters.unread)
    before = decode(filters.cursor, 1)
    if before is not None:
        rows = rows.filter(id__lt=before[0])
    with who.reading():
        shown, following = page(list(rows[: filters.limit + 1]), filters.limit, lambda row: [row.id])
    names = ("id", "kind", "subject", "about", "at", "read")
    items = [{name: getattr(row, name) for name in names} for row in shown]
    return {"items": items, "next_cursor": following}


@act(router, "/notices/readings", ReadingOut)
def read_party_notices(request: HttpRequest, payload: ReadingIn) -> Any:
    """Mark notices as read by the caller."""
    who = caller(request)
    with transaction.atomic():
        marked = mark_read(
            user_id=int(who.user.pk), party_id=_party(who), kinds=kinds_for(who.standing.may),
            ids=payload.ids or None, at=timezone.now(),
        )  # fmt: skip
    return {"marked": marked}


def _supplier(who: Caller, permission: str) -> int:
    who.require(merchant=permission)
    party = _party(who)
    if who.standing.party.kind != PartyKind.SUPPLIER:
        raise NotAllowed(f"{who.actor} may not do this: it is for suppliers", needed=permission)
    return party


@look(router, "/own-supply-goods", SupplyGoodPage)
def list_own_supply_goods(request: HttpRequest, filters: Query[SupplyGoodFilters]) -> Any:
    """The supplier's own goods with their supply prices."""
    who = caller(request)
    rows = Spu.objects.filter(owner_id=_supplier(who, "own_supplies.view"), supply=True)
    with who.reading():
        shown, following = keyset(
            rows.prefetch_related("skus__prices"), cursor=filters.cursor, limit=filters.limit
        )
    return {"items": [_goods(row) for row in shown], "next_cursor": following}


@act(router, "/own-supply-goods/{number}/prices", SupplyGoodOut)
def quote_supply_prices(request: HttpRequest, number: Code, payload: SupplyPricesIn) -> Any:
    """Quote new supply prices for orders placed from now on; the shops that list the goods are told."""
    who = caller(request)
    supplier = _supplier(who, "own_supplies.change")
    supply_priced(
        supplier_id=supplier, number=number, at=timezone.now(), actor=who.actor,
        prices={(one.sku, one.currency): one.price_minor for one in payload.prices},
    )  # fmt: skip
    row = Spu.objects.filter(owner_id=supplier, number=number).prefetch_related("skus__prices").first()
    if row is None:
        raise NotFound(f"you have no supply goods {number!r}")
    return _goods(row)


def _goods(row: Spu) -> dict[str, Any]:
    prices = [
        {"sku": sku.code, "currency": one.currency, "price_minor": one.price_minor, "market_minor": one.market_minor}
        for sku in row.skus.all() if sku.active for one in sku.prices.all()
    ]  # fmt: skip
    shops = Spu.objects.filter(source=row).values("owner_id").distinct().count()
    return {"number": row.number, "state": row.state, "title": row.title, "shops": shops, "prices": prices}
