"""Orders of the mall: read, shipped, held, noted; and what carriers say of parcels."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.goods_shipped import goods_shipped, parcel_taken_back
from zhanggui.journeys.mall_order_held import mall_order_held, mall_order_released
from zhanggui.journeys.order_transferred import order_noted
from zhanggui.journeys.parcel_lost import parcel_lost
from zhanggui.journeys.parcel_tracked import parcel_tracked
from zhanggui.journeys.rest_called_off import rest_called_off
from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, decode, page, read
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Moment, Note, OptionalCode, Strict
from zhanggui.settlement.intake.models import HoldReason
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.rules import TrackingEvent, Wanted
from zhanggui.trade.orders.models import Order

router = Router(tags=["mall orders"])

State = Literal["placed", "paid", "shipped", "received", "completed", "cancelled"]
HEADS = """
select o.id, o.order_no, p.purchase_no, o.merchant_id, o.supplier_id, o.state, o.held, o.kind,
       o.currency, o.goods_minor, o.shop_discount_minor, o.platform_discount_minor, o.freight_minor, o.due_minor,
       o.placed_at, o.paid_at, o.shipped_at, o.received_at, o.completed_at, o.cancelled_at
from trade_order o join trade_purchase p on p.id = o.purchase_id
where {own} and (%(state)s::text is null or o.state = %(state)s) and (%(held)s::boolean is null or o.held = %(held)s)
 and (%(paid_from)s::timestamptz is null or o.paid_at >= %(paid_from)s)
 and (%(order_no)s::text is null or o.order_no = %(order_no)s) and o.id > %(after)s order by o.id limit %(limit)s
"""
LINES = """
select l.line_no, l.sku_code as sku, l.quantity, l.unit_minor, l.supply_minor, l.goods_minor,
       l.shop_discount_minor, l.platform_discount_minor, l.freight_minor,
       coalesce((select sum(c.quantity) from trade_parcel_line c join trade_parcel p on p.id = c.parcel_id
                 where c.line_id = l.id and not p.replaces and p.state <> 'back'), 0)::int as shipped
from trade_order_line l where l.order_id = %(order_id)s order by l.id
"""
PARCELS = """
select p.parcel_no, p.carrier, p.tracking_no, p.state, p.shipped_at, p.ended_at, l.line_no, c.quantity
from trade_parcel p join trade_parcel_line c on c.parcel_id = p.id join trade_order_line l on l.id = c.line_id
where l.order_id = %(order_id)s order by p.id, l.id
"""
PRICES = ("goods_minor", "shop_discount_minor", "platform_discount_minor", "freight_minor", "due_minor")


class MallOrderFilters(Schema):
    """Which orders; a merchant sees its own, a supplier what it ships."""

    state: State | None = None
    held: bool | None = None
    paid_from: Moment | None = None
    order_no: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class MallOrderOut(Schema):
    """An order. Amounts are null for the supplier that ships it: what buyers pay is not its business."""

    order_no: str
    purchase_no: str
    merchant: str
    supplier: str
    state: State
    held: bool
    kind: str
    currency: str
    goods_minor: int | None
    shop_discount_minor: int | None
    platform_discount_minor: int | None
    freight_minor: int | None
    due_minor: int | None
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    received_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None


class MallOrderPage(Paged):
    """Orders of the mall."""

    items: list[MallOrderOut]


class MallLineOut(Schema):
    """A line of an order, and how many of it are in parcels."""

    line_no: str
    sku: str
    title: dict[str, str]
    quantity: int
    shipped: int
    unit_minor: int | None
    supply_minor: int
    goods_minor: int | None
    shop_discount_minor: int | None
    platform_discount_minor: int | None
    freight_minor: int | None


class InParcelOut(Schema):
    """So many of a line."""

    line_no: str
    quantity: int


class ParcelOut(Schema):
    """A parcel, with what of the order is in it."""

    parcel_no: str
    carrier: str
    tracking_no: str
    state: str
    shipped_at: datetime
    ended_at: datetime | None
    lines: list[InParcelOut]


class MallOrderFull(MallOrderOut):
    """An order with where it goes, its lines and its parcels."""

    address: dict[str, Any]
    lines: list[MallLineOut]
    parcels: list[ParcelOut]


class ShipLineIn(Strict):
    """An order, or a line of it; without a quantity all that is left."""

    order_no: Code
    line_no: OptionalCode = ""
    quantity: int = Field(default=0, strict=True, ge=0, le=10**6)


class ParcelIn(Strict):
    """One parcel; lines of several orders to one person may go in it."""

    carrier: Code
    tracking_no: Code
    lines: list[ShipLineIn] = Field(min_length=1, max_length=200)


class ShippedOut(Schema):
    """A parcel that is on its way; `new` is false when it was there before."""

    parcel_no: str
    carrier: str
    tracking_no: str
    state: str
    shipped_at: datetime
    new: bool


class TrackingEventIn(Strict):
    """What the carrier says; `code` is its own number of it, if it has one."""

    at: Moment
    text: str = Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
    code: str = Field(default="", max_length=64, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
    place: str = Field(default="", max_length=100, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
    delivered: bool = False


class TrackingIn(Strict):
    """Events of one parcel, in any order, as often as wanted."""

    carrier: Code
    tracking_no: Code
    events: list[TrackingEventIn] = Field(min_length=1, max_length=200)


class TrackedOut(Schema):
    """Where the parcel is now."""

    parcel_no: str
    state: str
    events: int
    ended_at: datetime | None


class MallHoldIn(Strict):
    """Why it is held."""

    reason: Literal["risk", "complaint", "other"]
    note: Note = ""


class MallNoteIn(Strict):
    """A note everybody whose order it is reads; the buyer does not."""

    note: str = Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")


class CallOffIn(Strict):
    """Which lines, all without one; the buyer reads why."""

    reason: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
    line_nos: list[Code] = Field(default_factory=list, max_length=200)


def _own(who: Caller) -> str:
    """What of the orders the caller sees, besides what the database hides."""
    if who.is_platform:
        return "true"
    return "o.supplier_id = %(party)s" if _is_supplier(who) else "o.merchant_id = %(party)s"


def _is_supplier(who: Caller) -> bool:
    return who.standing.party.kind == PartyKind.SUPPLIER


def _named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whose they are and who ships them, by code; read outside the tenant, who sees no other party."""
    ids = {row["merchant_id"] for row in rows} | {row["supplier_id"] for row in rows}
    codes = dict(Party.objects.filter(id__in=ids).values_list("id", "code"))
    return [
        row | {"merchant": codes.get(row["merchant_id"], ""), "supplier": codes.get(row["supplier_id"], "")}
        for row in rows
    ]


def _shown(who: Caller, row: dict[str, Any]) -> dict[str, Any]:
    return row | dict.fromkeys((*PRICES, "unit_minor") if _is_supplier(who) else (), None)


def _heads(who: Caller, **asked: Any) -> list[dict[str, Any]]:
    usual = {"state": None, "held": None, "paid_from": None, "order_no": None, "after": 0, "limit": 2}
    rows = read(HEADS.format(own=_own(who)), usual | asked | {"party": who.party_id})
    return [_shown(who, row) for row in rows]


@look(router, "/mall-orders", MallOrderPage)
def list_mall_orders(request: HttpRequest, filters: Query[MallOrderFilters]) -> Any:
    """Orders in the order they were placed."""
    who = caller(request)
    who.require("orders.view", "own_orders.view")
    after = decode(filters.cursor, 1)
    with who.reading():
        rows = _heads(
            who, state=filters.state, held=filters.held, paid_from=filters.paid_from, order_no=filters.order_no,
            after=after[0] if after else 0, limit=filters.limit + 1,
        )  # fmt: skip
    shown, following = page(rows, filters.limit, lambda row: [row["id"]])
    return {"items": _named(shown), "next_cursor": following}


@look(router, "/mall-orders/{order_no}", MallOrderFull)
def get_mall_order(request: HttpRequest, order_no: Code) -> Any:
    """One order with its lines and parcels."""
    who = caller(request)
    who.require("orders.view", "own_orders.view")
    return document_of(who, order_no)


@act(router, "/parcels", ShippedOut, status=201)
def ship_parcel(request: HttpRequest, payload: ParcelIn) -> Any:
    """Ship orders, lines or parts of them as one parcel. The same parcel again is answered as it is."""
    who = caller(request)
    who.require(merchant="own_orders.ship")
    assert who.party_id is not None
    shipped = goods_shipped(
        shipper_id=who.party_id, carrier=payload.carrier, tracking_no=payload.tracking_no, at=timezone.now(),
        actor=who.actor, wanted=[Wanted(one.order_no, one.line_no, one.quantity) for one in payload.lines],
    )  # fmt: skip
    return _parcel(shipped.parcel) | {"new": shipped.new}


@act(router, "/parcels/{parcel_no}/take-back", ShippedOut)
def take_back_a_parcel(request: HttpRequest, parcel_no: Code) -> Any:
    """Take a parcel back that was refused at the door or has a wrong number; what is in it waits to be shipped."""
    who = caller(request)
    who.require(merchant="own_orders.ship")
    assert who.party_id is not None
    parcel = parcel_taken_back(
        shipper_id=who.party_id, parcel_no=parcel_no, at=timezone.now(), actor=who.actor
    )
    return _parcel(parcel) | {"new": False}


@act(router, "/parcels/{parcel_no}/lost", ShippedOut)
def lose_a_parcel(request: HttpRequest, parcel_no: Code) -> Any:
    """Mark a parcel as lost, as its shipper or as the platform: the buyer sees it and may ask the money back."""
    who = caller(request)
    who.require("parcels.track", "own_orders.ship")
    parcel = parcel_lost(shipper_id=who.party_id, parcel_no=parcel_no, at=timezone.now(), actor=who.actor)
    return _parcel(parcel) | {"new": False}


@act(router, "/parcels/tracking", TrackedOut)
def track_parcel(request: HttpRequest, payload: TrackingIn) -> Any:
    """Keep what a carrier says of a parcel."""
    who = caller(request)
    who.require("parcels.track")
    parcel = parcel_tracked(
        carrier=payload.carrier, tracking_no=payload.tracking_no,
        events=[TrackingEvent(one.at, one.text, one.code, one.place, one.delivered) for one in payload.events],
    )  # fmt: skip
    return {"parcel_no": parcel.parcel_no, "state": parcel.state, "events": parcel.events.count(),
            "ended_at": parcel.ended_at}  # fmt: skip


@act(router, "/mall-orders/{order_no}/hold", MallOrderFull)
def hold_mall_order(request: HttpRequest, order_no: Code, payload: MallHoldIn) -> Any:
    """Hold an order in the mall and in the settlement centre."""
    who = caller(request)
    who.require("orders.hold")
    mall_order_held(
        order_no=order_no,
        reason=HoldReason(payload.reason),
        at=timezone.now(),
        actor=who.actor,
        note=payload.note,
    )
    return document_of(who, order_no)


@act(router, "/mall-orders/{order_no}/release", MallOrderFull)
def release_mall_order(request: HttpRequest, order_no: Code) -> Any:
    """Release an order in the mall and what the mall held of it in the settlement centre."""
    who = caller(request)
    who.require("orders.hold")
    mall_order_released(order_no=order_no, at=timezone.now(), actor=who.actor)
    return document_of(who, order_no)


@act(router, "/mall-orders/{order_no}/call-off", MallOrderFull)
def call_off_the_rest(request: HttpRequest, order_no: Code, payload: CallOffIn) -> Any:
    """Call off what of an order has not left, as its merchant or as the platform: the buyer gets the money back."""
    who = caller(request)
    who.require("returns.decide", "own_returns.answer")
    rest_called_off(
        order_no=order_no, line_nos=payload.line_nos, reason=payload.reason, at=timezone.now(), actor=who.actor,
        merchant_id=who.party_id,
    )  # fmt: skip
    return document_of(who, order_no)


@act(router, "/mall-orders/{order_no}/notes", MallOrderFull, status=201)
def note_mall_order(request: HttpRequest, order_no: Code, payload: MallNoteIn) -> Any:
    """Write a note on an order."""
    who = caller(request)
    who.require("orders.note", "own_orders.note")
    document_of(who, order_no)
    order_noted(order_no=order_no, note=payload.note, at=timezone.now(), actor=who.actor)
    return document_of(who, order_no)


def document_of(who: Caller, order_no: str) -> dict[str, Any]:
    """An order of the caller's. Raises NotFound, for another's too."""
    with who.reading():
        rows = _heads(who, order_no=order_no)
        if not rows:
            raise NotFound(f"there is no order {order_no!r}")
        order_id = rows[0]["id"]
        lines = [_shown(who, row) for row in read(LINES, {"order_id": order_id})]
        found: dict[str, dict[str, Any]] = {}
        for row in read(PARCELS, {"order_id": order_id}):
            line = {"line_no": row.pop("line_no"), "quantity": row.pop("quantity")}
            found.setdefault(row["parcel_no"], row | {"lines": []})["lines"].append(line)
        order = Order.objects.select_related("purchase").get(id=order_id)
        titles = dict(order.lines.values_list("line_no", "title"))
    for line in lines:
        line["title"] = titles[line["line_no"]]
    address = order.purchase.address
    return _named(rows)[0] | {"lines": lines, "parcels": list(found.values()), "address": address}


def _parcel(parcel: Parcel) -> dict[str, Any]:
    return {
        name: getattr(parcel, name) for name in ("parcel_no", "carrier", "tracking_no", "state", "shipped_at")
    }
