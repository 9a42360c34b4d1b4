"""A buyer asks for after-sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhanggui.rows.document_numbers import fresh_number
from zhanggui.trade.catalogue.models import SkuPrice
from zhanggui.trade.fulfilment.queries import sent_units
from zhanggui.trade.fulfilment.rules import left_to_ship
from zhanggui.trade.orders.models import Order, OrderLine, OrderState
from zhanggui.trade.orders.operations.give_back import LineLeft, left_of
from zhanggui.trade.returns.errors import AfterSaleOver, AskedAboveLeft, CaseIncomplete
from zhanggui.trade.returns.models import ReturnCase, ReturnKind, ReturnLine
from zhanggui.trade.returns.operations.step_case import say_in_case
from zhanggui.trade.returns.queries import asked_of, units_asked_to_be_paid, withdrawn_units
from zhanggui.trade.returns.rules import (
    FAULT_OF_SHOP,
    REASONS,
    freight_bearer,
    goods_for_units,
    price_drop,
)

_AT = {
    ReturnKind.REFUND_ONLY: (OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED),
    ReturnKind.RETURN_REFUND: (OrderState.SHIPPED, OrderState.RECEIVED),
    ReturnKind.EXCHANGE: (OrderState.RECEIVED,),
    ReturnKind.PRICE_PROTECTION: (OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED),
}


@dataclass(frozen=True)
class Asked:
    """What a buyer asks of one line: units, and for refunds the money for the goods (None: all that is due for them),
    minor units."""

    line_id: int
    quantity: int
    goods_minor: int | None = None


def open_case(
    *, order: Order, kind: ReturnKind, reason: str, text: str, asked: Sequence[Asked], pictures: Sequence[str],
    answer_hours: int, protection_days: int, at: datetime,
) -> ReturnCase:  # fmt: skip
    """This function will open a case for lines of `order`, locked by the caller, in its transaction.

    What is asked, with all that other cases ask and all that was given back, never exceeds the line. Raises
    CaseIncomplete, AfterSaleOver, AskedAboveLeft.
    """
    if reason not in REASONS or not asked or len({one.line_id for one in asked}) != len(asked):
        raise CaseIncomplete(f"say which goods, and why: one of {', '.join(REASONS)}")
    if order.state not in _AT[kind]:
        raise AfterSaleOver(
            f"order {order.order_no} is {order.state}; {kind.value} cannot be asked for now",
            state=order.state,
        )
    if kind == ReturnKind.PRICE_PROTECTION and (
        order.paid_at is None or at > order.paid_at + timedelta(days=protection_days)
    ):
        raise AfterSaleOver(f"prices are protected for {protection_days} days after payment; they are over")
    if kind == ReturnKind.REFUND_ONLY and order.state == OrderState.PAID:
        _check_unsent(order, asked)
    lines = _lines(order, kind, reason, asked)
    case = ReturnCase.objects.create(
        case_no=fresh_number("A", at), order=order, merchant_id=order.merchant_id, buyer_id=order.buyer_id,
        kind=kind, reason=reason, text=text[:500], freight_bearer=freight_bearer(reason),
        currency=order.currency, asked_minor=sum(line.goods_minor + line.freight_minor for line in lines),
        asked_at=at, answer_by=at + timedelta(hours=answer_hours),
    )  # fmt: skip
    for line in lines:
        line.case = case
    ReturnLine.objects.bulk_create(lines)
    say_in_case(
        case=case, kind=case.state, at=at, actor=f"buyer:{order.buyer_id}", text=text, pictures=pictures
    )
    return case


def _check_unsent(order: Order, asked: Sequence[Asked]) -> None:
    """Of an order that waits to be shipped the money is asked back for what has not left (缺货少发), once a part has:
    before that all of it is called off at once."""
    sent, withdrawn = sent_units(order.lines.values_list("id", flat=True)), withdrawn_units([order.order_no])
    if not any(sent.values()):
        raise AfterSaleOver(
            f"nothing of order {order.order_no} has left; cancel it instead", state=order.state
        )
    for line in order.lines.filter(id__in=[one.line_id for one in asked]):
        wanted = sum(one.quantity for one in asked if one.line_id == line.id)
        left = left_to_ship(ordered=line.quantity, sent=sent[line.id], withdrawn=withdrawn.get(line.id, 0))
        if wanted > left:
            raise AskedAboveLeft(
                f"of {line.sku_code} {left} have not left yet, not {wanted}; ask for the others when they are here",
                line_no=line.line_no, left=left,
            )  # fmt: skip


def _lines(order: Order, kind: ReturnKind, reason: str, asked: Sequence[Asked]) -> list[ReturnLine]:
    known = {line.id: line for line in OrderLine.objects.filter(order=order)}
    left, open_cases, to_be_paid = left_of(order), asked_of(order), units_asked_to_be_paid(order)
    prices = dict(
        SkuPrice.objects.filter(
            sku_id__in=[line.sku_id for line in known.values()], currency=order.currency
        ).values_list("sku_id", "price_minor")
    )
    found = []
    for one in asked:
        line = known.get(one.line_id)
        if line is None:
            raise CaseIncomplete(f"order {order.order_no} has no such line; open it again from the order")
        units, goods, freight = open_cases.get(line.id, (0, 0, 0))
        rest = LineLeft(
            left[line.id].quantity - units, left[line.id].goods_minor - goods,
            left[line.id].freight_minor - freight,
        )  # fmt: skip
        sharing = left[line.id].quantity - to_be_paid.get(line.id, 0)
        found.append(_line(order, line, kind, reason, one, rest, sharing, prices.get(line.sku_id)))
    return found


def _line(
    order: Order, line: OrderLine, kind: ReturnKind, reason: str, one: Asked, rest: LineLeft, sharing: int,
    price_now: int | None,
) -> ReturnLine:  # fmt: skip
    """What is asked of a line of which `rest` is left; its money is shared by so many units (`sharing`), among them
    those that other cases exchange or protect."""
    if not 1 <= one.quantity <= rest.quantity:
        raise AskedAboveLeft(
            f"of {line.sku_code} {rest.quantity} can still be asked for, not {one.quantity}",
            line_no=line.line_no, left=rest.quantity,
        )  # fmt: skip
    row = ReturnLine(line=line, merchant_id=order.merchant_id, quantity=one.quantity)
    if kind == ReturnKind.EXCHANGE:
        return row
    if kind == ReturnKind.PRICE_PROTECTION:
        due = price_drop(
            minor_left=rest.goods_minor, units_left=sharing, wanted=one.quantity,
            price_now_minor=line.unit_minor if price_now is None else price_now,
        )  # fmt: skip
    else:
        due = goods_for_units(minor_left=rest.goods_minor, units_left=sharing, wanted=one.quantity)
        if reason in FAULT_OF_SHOP and one.quantity == sharing:
            row.freight_minor = rest.freight_minor
    row.goods_minor = due if one.goods_minor is None else one.goods_minor
    if not 0 <= row.goods_minor <= due or row.goods_minor + row.freight_minor == 0:
        raise AskedAboveLeft(
            f"for {one.quantity} of {line.sku_code} at most {due} is due, and something has to be asked",
            line_no=line.line_no, due_minor=due,
        )  # fmt: skip
    return row
