"""Give money of an order back: which lines, how much, one refund at the channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from zhanggui.payments.models import RefundState
from zhanggui.payments.operations.request_refund import request_refund
from zhanggui.payments.queries import refund_by_number
from zhanggui.trade.orders.errors import GiveBackAbovePaid, OrderNotInState
from zhanggui.trade.orders.models import GiveBack, GiveBackKind, GiveBackLine, Order, OrderLine


@dataclass(frozen=True)
class LineBack:
    """What of a line goes back, minor units; `quantity` 0 where goods stay with the buyer."""

    line_id: int
    quantity: int
    goods_minor: int
    freight_minor: int


@dataclass(frozen=True)
class LineLeft:
    """What of a line can still go back, minor units."""

    quantity: int
    goods_minor: int
    freight_minor: int


def left_of(order: Order) -> dict[int, LineLeft]:
    """This function will return what can still be given back of each line of an order, by the line's id."""
    given = {
        row["line_id"]: row
        for row in GiveBackLine.objects.filter(line__order=order)
        .values("line_id")
        .annotate(quantity=Sum("quantity"), goods=Sum("goods_minor"), freight=Sum("freight_minor"))
    }
    none = {"quantity": 0, "goods": 0, "freight": 0}
    return {
        line.id: LineLeft(
            quantity=line.quantity - given.get(line.id, none)["quantity"],
            goods_minor=line.paid_goods_minor - given.get(line.id, none)["goods"],
            freight_minor=line.freight_minor - given.get(line.id, none)["freight"],
        )
        for line in OrderLine.objects.filter(order=order).order_by("id")
    }


def give_back(
    *, order: Order, lines: Sequence[LineBack], cause: str, kind: GiveBackKind, reason: str, at: datetime
) -> GiveBack:
    """This function will record what of `order`, locked by the caller, goes back, and the refund at the channel; the
    same cause again is the same. Raises GiveBackAbovePaid, and what payments refuse."""
    known = GiveBack.objects.filter(cause=cause).first()
    if known is not None:
        return known
    left = left_of(order)
    for back in lines:
        rest = left.get(back.line_id)
        if rest is None or not (
            0 <= back.quantity <= rest.quantity
            and 0 <= back.goods_minor <= rest.goods_minor
            and 0 <= back.freight_minor <= rest.freight_minor
        ):
            shown = f"{rest.quantity} units, {rest.goods_minor} for goods, {rest.freight_minor} for freight"
            raise GiveBackAbovePaid(
                f"of this line of order {order.order_no} no more than {shown if rest else 'nothing'} can go back",
                order_no=order.order_no,
            )  # fmt: skip
    amount = sum(back.goods_minor + back.freight_minor for back in lines)
    refund = request_refund(reference=order.order_no, amount_minor=amount, cause=cause, reason=reason, at=at)
    slip = GiveBack.objects.create(
        order=order, merchant_id=order.merchant_id, cause=cause, kind=kind, refund_no=refund.refund_no,
        amount_minor=amount, reason=reason[:80], asked_at=at,
    )  # fmt: skip
    GiveBackLine.objects.bulk_create(
        GiveBackLine(
            give_back=slip, line_id=back.line_id, merchant_id=order.merchant_id, quantity=back.quantity,
            goods_minor=back.goods_minor, freight_minor=back.freight_minor,
        )
        for back in lines
        if back.quantity or back.goods_minor or back.freight_minor
    )  # fmt: skip
    return slip


def give_back_again(*, slip: GiveBack, at: datetime) -> GiveBack:
    """This function will ask for a refund that failed once more, under a new number; its order is locked by the
    caller. Raises OrderNotInState while the earlier one may still come through."""
    earlier = refund_by_number(slip.refund_no)
    if earlier.state != RefundState.FAILED:
        raise OrderNotInState(
            f"refund {slip.refund_no} is {earlier.state}; only a failed one is asked for again",
            state=earlier.state,
        )
    refund = request_refund(
        reference=slip.order.order_no, amount_minor=slip.amount_minor, cause=f"{slip.cause}|{slip.refund_no[-8:]}",
        reason=slip.reason, at=at,
    )  # fmt: skip
    slip.refund_no = refund.refund_no
    slip.save(update_fields=["refund_no"])
    return slip
