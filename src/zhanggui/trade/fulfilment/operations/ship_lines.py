"""Put lines of orders into a parcel: what leaves the shipper's hands, whole orders or a part, of several at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.errors import (
    MoreThanOrdered,
    NotSentByParcel,
    NotShippedTogether,
    OrderNotToShip,
    OrderOnHold,
    ParcelIncomplete,
    ShippedByAnother,
    TrackingNumberTaken,
    UnknownOrderLine,
)
from zhanggui.trade.fulfilment.models import Parcel, ParcelLine
from zhanggui.trade.fulfilment.operations.freeze_freight import freeze_freight
from zhanggui.trade.fulfilment.operations.send_stock import Leaving, send_stock
from zhanggui.trade.fulfilment.queries import assert_carrier, held_units, sent_units, shipper_of
from zhanggui.trade.fulfilment.rules import Wanted, left_to_ship, received_by, tracking_number
from zhanggui.trade.orders.errors import UnknownOrder
from zhanggui.trade.orders.locks import hold_orders
from zhanggui.trade.orders.models import Order, OrderLine, OrderState
from zhanggui.trade.orders.operations.advance_order import add_steps, advance_order


@dataclass(frozen=True)
class Shipped:
    """A parcel, and whether it is `new` or was there with just these things in it."""

    parcel: Parcel
    new: bool


def ship_lines(
    *, shipper_id: int, wanted: Sequence[Wanted], carrier: str, tracking_no: str, at: datetime, actor: str,
    receive_days: int, withdrawn: Mapping[int, int],
) -> Shipped:  # fmt: skip
    """This function will send what is wanted as one parcel, in the caller's transaction: its orders are locked, the
    stock leaves, and an order of which every unit is in parcels is shipped; it is received by itself `receive_days`
    later. `withdrawn` are units by line that are not to be sent any more. The same parcel again is returned as it is.

    Raises ParcelIncomplete, UnknownCarrier, UnknownOrder, TrackingNumberTaken, ShippedByAnother, OrderOnHold,
    OrderNotToShip, NotSentByParcel, NotShippedTogether, UnknownOrderLine, MoreThanOrdered.
    """
    number = _number(wanted, carrier, tracking_no)
    orders = _own_orders({one.order_no for one in wanted}, shipper_id)
    there = Parcel.objects.filter(carrier=carrier, tracking_no=number).first()
    if there is not None:
        return Shipped(_the_same(there, shipper_id, wanted), new=False)
    by_number = {order.order_no: order for order in orders}
    for order in orders:
        _check_order(order, shipper_id)
    _check_together(orders)
    units = _units(by_number, wanted, withdrawn)
    parcel = _open(shipper_id, orders[0].buyer_id, carrier, number, at, actor)
    ParcelLine.objects.bulk_create(
        ParcelLine(parcel=parcel, line=line, quantity=quantity) for line, quantity in units
    )
    freeze_freight(
        parcel=parcel, currency=orders[0].currency,
        grams=sum(line.sku.weight_grams * quantity for line, quantity in units),
    )  # fmt: skip
    send_stock(
        leaving=[Leaving(by_number[line.order.order_no], line, quantity) for line, quantity in units],
        reference=parcel.parcel_no, at=at, actor=actor,
    )  # fmt: skip
    for order in orders:
        _move_on(order, parcel, at, actor, receive_days)
    write_notices(told=[_told(order, parcel) for order in orders], at=at)
    return Shipped(parcel, new=True)


def _told(order: Order, parcel: Parcel) -> Told:
    return Told(
        "order.shipped", order.order_no, buyer_id=order.buyer_id, cause=f"{order.order_no}:{parcel.parcel_no}",
        about={"carrier": parcel.carrier, "tracking_no": parcel.tracking_no},
    )  # fmt: skip


def _number(wanted: Sequence[Wanted], carrier: str, tracking_no: str) -> str:
    if not wanted:
        raise ParcelIncomplete("there is nothing in the parcel; choose what is in it")
    number = tracking_number(tracking_no)
    if not number:
        raise ParcelIncomplete(
            f"{tracking_no!r} is no tracking number; it has 4 to 64 letters, digits and hyphens",
            tracking_no=tracking_no,
        )
    assert_carrier(carrier)
    return number


def _the_same(there: Parcel, shipper_id: int, wanted: Sequence[Wanted]) -> Parcel:
    """The parcel that has this number, if it is this one sent again."""
    inside = {
        (line.line.order.order_no, line.line.line_no): line.quantity
        for line in there.lines.select_related("line__order")
    }
    asked = {one.order_no for one in wanted}
    same = (
        there.shipper_id == shipper_id
        and {order_no for order_no, _line in inside} == asked
        and all(
            inside.get((one.order_no, one.line_no)) == one.quantity if one.line_no and one.quantity
            else not one.line_no or (one.order_no, one.line_no) in inside
            for one in wanted
        )
    )  # fmt: skip
    if not same:
        raise TrackingNumberTaken(
            f"tracking number {there.tracking_no} of {there.carrier} is on another parcel already; check the number",
            tracking_no=there.tracking_no, carrier=there.carrier,
        )  # fmt: skip
    return there


def _own_orders(numbers: set[str], shipper_id: int) -> list[Order]:
    """The orders, locked; another's are as unknown as those that are not there."""
    own = Order.objects.filter(Q(merchant_id=shipper_id) | Q(supplier_id=shipper_id), order_no__in=numbers)
    if missing := numbers - set(own.values_list("order_no", flat=True)):
        order_no = min(missing)
        raise UnknownOrder(f"you have no order {order_no!r} to ship; check the number", order_no=order_no)
    return hold_orders(numbers)


def _check_order(order: Order, shipper_id: int) -> None:
    order_no = order.order_no
    if shipper_of(order) != shipper_id:
        raise ShippedByAnother(
            f"order {order_no} is shipped by its supplier, not by you; there is nothing to do", order_no=order_no
        )  # fmt: skip
    if order.held:
        raise OrderOnHold(
            f"order {order_no} is on hold; ship it when the platform has released it", order_no=order_no
        )
    if order.state != OrderState.PAID:
        raise OrderNotToShip(
            f"order {order_no} is {order.state}, not waiting to be shipped; leave it out",
            order_no=order_no, state=order.state,
        )  # fmt: skip
    if order.kind != GoodsKind.PHYSICAL:
        raise NotSentByParcel(
            f"order {order_no} is {order.kind}: nothing of it travels in a parcel; leave it out", order_no=order_no
        )  # fmt: skip


def _check_together(orders: Sequence[Order]) -> None:
    first = orders[0]
    for other in orders[1:]:
        if other.buyer_id != first.buyer_id or other.purchase.address != first.purchase.address:
            raise NotShippedTogether(
                f"orders {first.order_no} and {other.order_no} do not go to the same person at the same address;"
                " ship them as two parcels",
                order_no=other.order_no,
            )  # fmt: skip


def _units(
    orders: Mapping[str, Order], wanted: Sequence[Wanted], withdrawn: Mapping[int, int]
) -> list[tuple[OrderLine, int]]:
    """So many of every line, after checking them against what is left of it."""
    lines = list(
        OrderLine.objects.filter(order__in=orders.values()).select_related("order", "sku").order_by("id")
    )
    sent = sent_units(line.id for line in lines)
    left = {
        line.id: left_to_ship(ordered=line.quantity, sent=sent[line.id], withdrawn=withdrawn.get(line.id, 0))
        for line in lines
    }
    units: dict[int, int] = {}
    for one in wanted:
        found = [
            line for line in lines
            if line.order.order_no == one.order_no and one.line_no in ("", line.line_no)
        ]  # fmt: skip
        if not found:
            raise UnknownOrderLine(
                f"order {one.order_no} has no line {one.line_no!r}; check the number", order_no=one.order_no
            )
        if one.quantity and not one.line_no and len(found) > 1:
            raise ParcelIncomplete(
                f"order {one.order_no} has {len(found)} lines; say of which one {one.quantity} are in the parcel",
                order_no=one.order_no,
            )
        for line in found:
            units[line.id] = units.get(line.id, 0) + (one.quantity or left[line.id])
    for line in lines:
        if units.get(line.id, 0) > left[line.id]:
            raise MoreThanOrdered(
                f"order {line.order.order_no}, line {line.line_no}: {left[line.id]} left to ship, not"
                f" {units[line.id]}; correct the quantity",
                order_no=line.order.order_no, left=left[line.id],
            )  # fmt: skip
    chosen = [(line, units[line.id]) for line in lines if units.get(line.id)]
    for order_no in orders:
        if not any(line.order.order_no == order_no for line, _quantity in chosen):
            raise MoreThanOrdered(
                f"order {order_no}: nothing is left of it to ship; leave it out", order_no=order_no
            )
    return chosen


def _open(shipper_id: int, buyer_id: int, carrier: str, tracking_no: str, at: datetime, actor: str) -> Parcel:
    try:
        with transaction.atomic():
            return Parcel.objects.create(
                parcel_no=fresh_number("S", at), shipper_id=shipper_id, buyer_id=buyer_id,
                carrier=carrier, tracking_no=tracking_no, shipped_at=at, actor=actor,
            )  # fmt: skip
    except IntegrityError as error:
        raise TrackingNumberTaken(
            f"tracking number {tracking_no} of {carrier} is on another parcel already; check the number",
            tracking_no=tracking_no, carrier=carrier,
        ) from error  # fmt: skip


def _move_on(order: Order, parcel: Parcel, at: datetime, actor: str, receive_days: int) -> None:
    """Shipped when every unit left or was given back; else a row in its history says that a part did. What the buyer
    only asks the money back for may yet have to be shipped."""
    if any(held_units([order]).values()):
        add_steps(orders=[order], kind="part_shipped", at=at, actor=actor, note=parcel.parcel_no)
        return
    order.receive_by = received_by(at, receive_days)
    order.save(update_fields=["receive_by"])
    advance_order(order=order, to=OrderState.SHIPPED, at=at, actor=actor, note=parcel.parcel_no)
