"""zhanggui mall-orders: orders of the mall; held, released, noted, and moved on by time."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.clockwork.move_orders_on import move_orders_on, prepare_paid_orders
from zhanggui.journeys.goods_handed_over import pickup_handed_over
from zhanggui.journeys.mall_order_held import mall_order_held, mall_order_released
from zhanggui.journeys.order_transferred import order_noted, order_transferred
from zhanggui.journeys.parcel_lost import parcel_lost
from zhanggui.journeys.parcel_tracked import parcel_tracked
from zhanggui.journeys.rest_called_off import rest_called_off
from zhanggui.money import Money
from zhanggui.parties.models import Party
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, person_who_may, takes_person
from zhanggui.settlement.intake.models import HoldReason
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.queries import parcels_of, place_to_ship_from
from zhanggui.trade.fulfilment.rules import TrackingEvent
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.queries import order_by_number

HELP = (
    "orders of the mall: list, show, hold, release, note, call-off, transfer, hand-over, lost, track, move-on"
)
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = "{list,show,hold,release,note,call-off,transfer,hand-over,lost,track,move-on}"
    acts = parser.add_subparsers(dest="act", required=True, metavar=names)
    listed = acts.add_parser("list", help="orders, the latest first")
    listed.add_argument("--state", choices=OrderState.values)
    listed.add_argument("--party", metavar="CODE", help="of this merchant, or shipped by this supplier")
    listed.add_argument("--held", action="store_true", help="only those on hold")
    shown = acts.add_parser("show", help="one order with lines, parcels and history")
    held = acts.add_parser("hold", help="ship none of it, and bill none of its lines, until it is released")
    held.add_argument("--reason", choices=HoldReason.values, required=True)
    freed = acts.add_parser("release", help="release an order")
    noted = acts.add_parser("note", help="write a note on an order; everybody but the buyer reads it")
    off = acts.add_parser("call-off", help="do not ship what has not left; its money goes back to the buyer")
    for act in (shown, held, freed, noted, off):
        act.add_argument("order", metavar="ORDER")
    for act in (held, freed):
        act.add_argument("--note", default="", help="the merchant reads it")
    noted.add_argument("note", metavar="NOTE")
    off.add_argument("--reason", required=True, help="the buyer reads it")
    off.add_argument("--line", action="append", default=[], metavar="LINE", help="only this line; repeat it")
    off.add_argument("--party", metavar="CODE", help="the merchant who calls it off; without it the platform")
    moved = acts.add_parser("transfer", help="ship it from elsewhere; nothing of it may have left")
    moved.add_argument("order", metavar="ORDER")
    place = moved.add_mutually_exclusive_group(required=True)
    place.add_argument("--warehouse", metavar="CODE", help="another one of whoever ships it")
    place.add_argument("--merchant", action="store_true", help="its merchant, instead of its supplier")
    moved.add_argument("--note", default="", help="the merchant reads it")
    fetched = acts.add_parser("hand-over", help="hand over at the shop what waits under a code")
    fetched.add_argument("code", metavar="CODE", help="what the buyer shows")
    fetched.add_argument("--party", required=True, metavar="CODE", help="the merchant at whose shop it waits")
    lost = acts.add_parser("lost", help="mark a parcel as lost; its buyer may ask the money back")
    lost.add_argument("parcel", metavar="PARCEL")
    lost.add_argument("--note", default="", help="everybody whose order it is reads it")
    tracked = acts.add_parser("track", help="keep what a carrier says of a parcel; its buyer reads it")
    tracked.add_argument("carrier", metavar="CARRIER")
    tracked.add_argument("tracking_no", metavar="NUMBER")
    tracked.add_argument("text", metavar="TEXT")
    tracked.add_argument("--place", default="")
    tracked.add_argument("--delivered", action="store_true", help="it is with the buyer")
    acts.add_parser(
        "move-on", help="give codes to paid orders; receive and complete those for which time is up"
    )
    takes_person(held, freed, noted, off, moved, fetched, lost, tracked)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        found = [_head(row) for row in _chosen(options)]
        out.result({"mall_orders": found}, lambda _: "\n".join(map(_line, found)) or "there is no such order")
        return 0
    if options.act == "move-on":
        moved = {"prepared": prepare_paid_orders(clock=clock), "moved": move_orders_on(clock=clock)}
        out.result(moved, lambda _: f"{moved['prepared']} orders prepared, {moved['moved']} moved on")
        return 0
    if options.act in ("lost", "track"):
        parcel = _parcel(options)
        said = {"parcel_no": parcel.parcel_no, "state": parcel.state}
        out.result(said, lambda _: f"parcel {parcel.parcel_no} is {parcel.state}")
        return 0
    if options.act == "hold":
        mall_order_held(
            order_no=options.order, reason=HoldReason(options.reason), at=clock(), note=options.note,
            actor=actor_who_may(options.person, "orders.hold"),
        )  # fmt: skip
    elif options.act == "release":
        actor = actor_who_may(options.person, "orders.hold")
        mall_order_released(order_no=options.order, at=clock(), actor=actor, note=options.note)
    elif options.act == "note":
        actor = actor_who_may(options.person, "orders.note")
        order_noted(order_no=options.order, note=options.note, at=clock(), actor=actor)
    elif options.act == "call-off":
        _call_off(options)
    elif options.act == "transfer":
        _transfer(options)
    elif options.act == "hand-over":
        options.order = _hand_over(options)
    out.result(_document(order_by_number(options.order)), _told)
    return 0


def _parcel(options: argparse.Namespace) -> Parcel:
    actor = actor_who_may(options.person, "parcels.track")
    if options.act == "lost":
        return parcel_lost(
            shipper_id=None, parcel_no=options.parcel, at=clock(), note=options.note, actor=actor
        )
    event = TrackingEvent(clock(), options.text[:255], "", options.place[:100], options.delivered)
    return parcel_tracked(carrier=options.carrier, tracking_no=options.tracking_no, events=[event])


def _call_off(options: argparse.Namespace) -> None:
    party = party_of(options.party) if options.party else None
    actor = (
        person_who_may(options.person, "own_returns.answer", party=party) if party
        else actor_who_may(options.person, "returns.decide")
    )  # fmt: skip
    rest_called_off(
        order_no=options.order, line_nos=options.line, reason=options.reason, at=clock(), actor=actor,
        merchant_id=party.id if party else None,
    )  # fmt: skip


def _transfer(options: argparse.Namespace) -> None:
    actor = actor_who_may(options.person, "orders.transfer")
    place = place_to_ship_from(options.order, options.warehouse or "")
    order_transferred(order_no=options.order, warehouse_id=place, at=clock(), actor=actor, note=options.note)


def _hand_over(options: argparse.Namespace) -> str:
    party = party_of(options.party)
    actor = person_who_may(options.person, "own_orders.ship", party=party)
    return pickup_handed_over(merchant_id=party.id, code=options.code, at=clock(), actor=actor).order_no


def _chosen(options: argparse.Namespace) -> list[Order]:
    rows = Order.objects.order_by("-id")
    if options.party:
        party = party_of(options.party)
        rows = rows.filter(merchant_id=party.id) | rows.filter(supplier_id=party.id)
    if options.state:
        rows = rows.filter(state=options.state)
    return list((rows.filter(held=True) if options.held else rows)[:MOST])


def _head(row: Order) -> dict[str, Any]:
    codes = dict(Party.objects.filter(id__in=[row.merchant_id, row.supplier_id]).values_list("id", "code"))
    same = ("order_no", "state", "held", "kind", "currency", "due_minor", "placed_at", "paid_at", "shipped_at",
            "received_at", "completed_at", "cancelled_at")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "merchant": codes[row.merchant_id], "supplier": codes.get(row.supplier_id, ""),
    }  # fmt: skip


def _document(row: Order) -> dict[str, Any]:
    lines = row.lines.order_by("id").values("line_no", "sku_code", "quantity", "goods_minor")
    steps = row.steps.order_by("id").values("kind", "at", "actor", "note")
    parcels = [
        {name: getattr(one, name) for name in ("parcel_no", "carrier", "tracking_no", "state", "shipped_at")}
        for one in parcels_of(row.id)
    ]
    return _head(row) | {"lines": list(lines), "parcels": parcels, "steps": list(steps)}


def _line(row: Mapping[str, Any]) -> str:
    amount = Money(row["due_minor"], row["currency"])
    held = " on hold" if row["held"] else ""
    return f"{row['order_no']} {row['state']}{held} {row['merchant']} {amount}"


def _told(row: Mapping[str, Any]) -> str:
    parcels = [
        f"  parcel {one['parcel_no']} {one['carrier']} {one['tracking_no']} {one['state']}"
        for one in row["parcels"]
    ]
    steps = [
        f"  {one['at']:%Y-%m-%d %H:%M} {one['kind']} {one['actor']} {one['note']}".rstrip()
        for one in row["steps"]
    ]
    return "\n".join([_line(row), *parcels, *steps])
