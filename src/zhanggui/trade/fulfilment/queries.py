"""Reads of fulfilment: what is in parcels, what is left, whose parcel it is."""

from collections.abc import Iterable

from django.db.models import QuerySet, Sum

from zhanggui.parties.models import Party, PartyKind
from zhanggui.trade.catalogue.models import Warehouse
from zhanggui.trade.fulfilment.errors import TransferRefused, UnknownCarrier, UnknownParcel
from zhanggui.trade.fulfilment.models import DigitalItem, Parcel, ParcelLine, ParcelState
from zhanggui.trade.fulfilment.rules import left_to_ship
from zhanggui.trade.fulfilment.states import COUNTS
from zhanggui.trade.orders.models import Order, OrderLine
from zhanggui.trade.orders.queries import given_units, order_by_number


def shipper_of(order: Order) -> int:
    """The party that ships an order: its supplier, else its merchant."""
    return order.supplier_id or order.merchant_id


def place_to_ship_from(order_no: str, warehouse: str) -> int:
    """The warehouse with this code of whoever ships an order, or 0, which is its merchant, for no code. Raises
    UnknownOrder, TransferRefused."""
    if not warehouse:
        return 0
    owner_id = shipper_of(order_by_number(order_no))
    found = Warehouse.objects.filter(owner_id=owner_id, code=warehouse, active=True).values_list(
        "id", flat=True
    )
    if not found:
        raise TransferRefused(
            f"whoever ships order {order_no} has no warehouse {warehouse!r} in use; choose another",
            order_no=order_no,
        )
    return int(found[0])


def assert_carrier(code: str) -> None:
    """Nothing, where this is the code of one of the mall's carriers. Raises UnknownCarrier."""
    if not Party.objects.filter(kind=PartyKind.CARRIER, code=code, active=True).exists():
        raise UnknownCarrier(
            f"there is no carrier {code!r}; choose one of the mall's carriers, or ask the platform to add it",
            carrier=code,
        )


def sent_units(line_ids: Iterable[int]) -> dict[int, int]:
    """Units of each line that are in parcels, replacements and parcels that came back aside; 0 for the others."""
    ids = list(line_ids)
    found = (
        ParcelLine.objects.filter(line_id__in=ids, parcel__replaces=False, parcel__state__in=COUNTS)
        .values("line_id")
        .annotate(units=Sum("quantity"))
        .order_by()
    )
    return dict.fromkeys(ids, 0) | {row["line_id"]: row["units"] for row in found}


def held_units(orders: Iterable[Order]) -> dict[int, int]:
    """Units of each line that are still with whoever ships it, reserved for the order: in no parcel, and not given
    back to the buyer as money; 0 for the others."""
    rows = OrderLine.objects.filter(order__in=[order.id for order in orders]).order_by("id")
    ordered = dict(rows.values_list("id", "quantity"))
    sent, given = sent_units(ordered), given_units(ordered)
    return {
        line_id: left_to_ship(ordered=quantity, sent=sent[line_id], withdrawn=given[line_id])
        for line_id, quantity in ordered.items()
    }


def parcels_of(order_id: int) -> list[Parcel]:
    """The parcels that carry something of an order, with what is in them and what carriers said, oldest first."""
    return list(
        Parcel.objects.filter(lines__line__order_id=order_id)
        .distinct()
        .order_by("shipped_at", "id")
        .prefetch_related("lines__line__order", "events")
    )


def parcel_of_shipper(shipper_id: int, parcel_no: str) -> Parcel:
    """A parcel of this shipper. Raises UnknownParcel, for another's parcel too."""
    found = Parcel.objects.filter(shipper_id=shipper_id, parcel_no=parcel_no).first()
    if found is None:
        raise UnknownParcel(f"there is no parcel {parcel_no!r} of yours; look for it among your orders")
    return found


def parcel_to_act_on(shipper_id: int | None, parcel_no: str) -> Parcel:
    """A parcel of this shipper; anybody's for None, the platform. Raises UnknownParcel."""
    if shipper_id is not None:
        return parcel_of_shipper(shipper_id, parcel_no)
    found = Parcel.objects.filter(parcel_no=parcel_no).first()
    if found is None:
        raise UnknownParcel(f"there is no parcel {parcel_no!r}; look for it among the orders")
    return found


def orders_with_lost_parcels() -> frozenset[int]:
    """Ids of the orders of which a parcel is lost now: time does not say that they arrived."""
    rows = ParcelLine.objects.filter(parcel__state=ParcelState.LOST)
    return frozenset(rows.values_list("line__order_id", flat=True))


def orders_in(parcel: Parcel) -> QuerySet[Order]:
    """The orders that have something in a parcel, in the order in which they are locked."""
    return Order.objects.filter(id__in=parcel.lines.values("line__order_id")).order_by("id")


def given_items(order_id: int) -> list[DigitalItem]:
    """The codes given to an order's lines, still sealed."""
    return list(DigitalItem.objects.filter(line__order_id=order_id).select_related("line").order_by("id"))
