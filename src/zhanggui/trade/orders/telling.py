"""Whom an order's stations are told: its merchant, the supplier that ships it, its buyer."""

from collections.abc import Iterator

from zhanggui.outbox.rules import Told
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.orders.models import Order, OrderState


def told_of(order: Order, kind: str, *, cause: str = "", buyer: bool = True) -> Iterator[Told]:
    """The same to everybody whose order it is; what buyers pay is not the supplier's business."""
    paid = {"amount_minor": order.due_minor, "currency": order.currency}
    cause = f"{order.order_no}:{cause}" if cause else ""
    yield Told(kind, order.order_no, party_id=order.merchant_id, cause=cause, about=paid)
    yield Told(kind, order.order_no, party_id=order.supplier_id, cause=cause)
    if buyer:
        yield Told(kind, order.order_no, buyer_id=order.buyer_id, cause=cause, about=paid)


def told_of_step(order: Order, before: str, to: OrderState) -> Iterator[Told]:
    """What is told when an order moves from a station to the next. Goods that travel are told of parcel by parcel."""
    if to == OrderState.PAID:
        yield from told_of(order, "order.paid")
    elif to == OrderState.CANCELLED:
        # nobody but the buyer knew of an order that was never paid
        told = told_of(order, "order.cancelled")
        yield from (one for one in told if one.buyer_id or before != OrderState.PLACED)
    elif to == OrderState.RECEIVED and order.kind != GoodsKind.PHYSICAL:
        yield Told("order.handed_over", order.order_no, buyer_id=order.buyer_id)
