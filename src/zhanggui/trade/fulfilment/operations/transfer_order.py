"""Give an order that nothing of has left to another warehouse, or to another shipper."""

from datetime import datetime

from zhanggui.parties.models import Party
from zhanggui.trade.catalogue.models import Warehouse
from zhanggui.trade.fulfilment.errors import OrderNotToShip, TransferRefused
from zhanggui.trade.fulfilment.operations.send_stock import Leaving, free_stock, shift_stock
from zhanggui.trade.fulfilment.queries import held_units, sent_units, shipper_of
from zhanggui.trade.orders.errors import UnknownOrder
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.orders.operations.advance_order import add_steps
from zhanggui.trade.orders.queries import order_by_number

KIND = "transferred"


def transfer_order(
    *,
    order_no: str,
    warehouse_id: int,
    at: datetime,
    actor: str,
    note: str = "",
    shipper_id: int | None = None,
) -> Order:
    """This function will have a paid order shipped from another warehouse of whoever ships it, or, with 0 for the
    warehouse, have the merchant ship a supplier's order itself; in the caller's transaction. Its units are let go of
    where they were reserved, and reserved in the other warehouse. `shipper_id` may transfer its own orders only; None
    is the platform. Raises UnknownOrder, TransferRefused, OrderNotToShip, OutOfStock."""
    order = _transferable(order_no, shipper_id)
    lines, held = list(order.lines.select_related("sku").order_by("id")), held_units([order])
    before, moving = _place(order), [Leaving(order, line, held[line.id]) for line in lines]
    reference = f"{order_no} {order.steps.filter(kind=KIND).count() + 1}"
    if warehouse_id:
        warehouse = Warehouse.objects.filter(id=warehouse_id, active=True, owner_id=shipper_of(order)).first()
        if warehouse is None:
            raise TransferRefused(
                f"the warehouse is not one in use of whoever ships order {order_no}; choose another",
                order_no=order_no,
            )
        if order.warehouse_id == warehouse.id:
            return order
        shift_stock(moving=moving, to_warehouse_id=warehouse.id, reference=reference, at=at, actor=actor)
        order.warehouse = warehouse
    else:
        if not order.supplier_id or shipper_id is not None:
            raise TransferRefused(
                f"order {order_no} is not one the platform can take from a supplier; choose a warehouse",
                order_no=order_no,
            )
        free_stock(moving=moving, reference=reference, at=at, actor=actor)
        order.supplier_id, order.warehouse = 0, None
    order.version += 1  # the settlement centre pays somebody else for shipping it, maybe
    order.save(update_fields=["supplier_id", "warehouse", "version"])
    note = f"{before} → {_place(order)} {note}".strip()
    add_steps(orders=[order], kind=KIND, at=at, actor=actor, note=note)
    return order


def _transferable(order_no: str, shipper_id: int | None) -> Order:
    """The order, locked, if nothing of it has left. Raises UnknownOrder, TransferRefused, OrderNotToShip."""
    found = order_by_number(order_no)
    if shipper_id not in (None, found.merchant_id, found.supplier_id):
        raise UnknownOrder(f"you have no order {order_no!r}; check the number", order_no=order_no)
    order = hold_order(order_no)
    if shipper_id not in (None, shipper_of(order)):
        raise TransferRefused(
            f"order {order_no} is shipped by its supplier; ask the platform", order_no=order_no
        )
    if order.state != OrderState.PAID or any(sent_units(order.lines.values_list("id", flat=True)).values()):
        raise OrderNotToShip(
            f"order {order_no} is {order.state}, or a part of it has left; only one of which nothing was shipped can"
            " be transferred",
            order_no=order_no, state=order.state,
        )  # fmt: skip
    return order


def _place(order: Order) -> str:
    """Where an order is shipped from, in a word for its history."""
    shipper = Party.objects.filter(id=shipper_of(order)).values_list("code", flat=True).first() or "-"
    return f"{shipper}/{order.warehouse.code}" if order.warehouse else shipper
