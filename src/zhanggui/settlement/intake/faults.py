"""Why an order cannot be taken in as it stands: pure checks, one fault (code, message) each."""

from datetime import datetime

from zhanggui.settlement.fees.rules.soundness import LARGEST_AMOUNT
from zhanggui.settlement.intake.records import LineRecord, OrderRecord, RefundRecord

STATUSES = ("created", "paid", "shipped", "received", "completed", "cancelled")
KINDS = ("return", "price_protection", "goodwill", "unmatched")
CANCELLATION = "cancellation"  # made here for a cancelled order, never taken from outside
CANCELLATION_PREFIX = "cancel-"
_AMOUNTS = ("quantity", "goods", "shop_discount", "platform_discount", "points_discount", "freight", "tax",
            "supply")  # fmt: skip

type Fault = tuple[str, str]


def order_fault(order: OrderRecord) -> Fault | None:
    """This function will return the first reason why the order cannot be taken in, or None."""
    if not order.order_no or len(order.order_no) > 64:
        return "bad_order_number", "the order number must have 1 to 64 characters"
    if order.status not in STATUSES:
        return "unknown_status", f"status {order.status!r} is none of {', '.join(STATUSES)}"
    for name in ("ordered_at", "paid_at", "shipped_at", "received_at", "completed_at"):
        value = getattr(order, name)
        if value is not None and (not isinstance(value, datetime) or value.tzinfo is None):
            return "bad_time", f"{name} must be a time with a zone"
    numbers = [line.line_no for line in order.lines]
    if len(set(numbers)) != len(numbers):
        return "duplicate_line", f"order {order.order_no} holds a line number twice"
    for payment in order.payments:
        if not _is_amount(payment.amount):
            return (
                "bad_amount",
                f"payment {payment.sequence} must be a whole number of minor units, not negative",
            )
    if len({payment.sequence for payment in order.payments}) != len(order.payments):
        return "duplicate_payment", f"order {order.order_no} holds a payment number twice"
    return next((fault for line in order.lines if (fault := _line_fault(line))), None)


def _line_fault(line: LineRecord) -> Fault | None:
    where = f"line {line.line_no}"
    if not line.line_no or len(line.line_no) > 32:
        return "bad_line_number", "every line needs a number of 1 to 32 characters"
    for name in _AMOUNTS:
        if not _is_amount(getattr(line, name)):
            return (
                "bad_amount",
                (
                    f"{where}: {name} must be a whole number of minor units from 0 to {LARGEST_AMOUNT},"
                    f" not {getattr(line, name)!r}"
                ),
            )
    if line.shop_discount + line.platform_discount + line.points_discount > line.goods:
        return "discount_above_goods", f"{where}: discounts exceed the goods amount"
    if (
        not line.quantity
        and line.shop_discount + line.platform_discount + line.points_discount == line.goods > 0
    ):
        return "bad_amount", f"{where}: goods that points and coupons pay for in full need a quantity"
    if not line.merchant:
        return "missing_merchant", f"{where} names no merchant"
    if line.supply and not line.supplier:
        return "missing_supplier", f"{where} has a supply price and names no supplier that would get it"
    return None


def refund_fault(refund: RefundRecord) -> Fault | None:
    """This function will return the first reason why the refund cannot be taken in, or None."""
    if not refund.refund_no or len(refund.refund_no) > 64:
        return "bad_refund_number", "the refund number must have 1 to 64 characters"
    if refund.refund_no.startswith(CANCELLATION_PREFIX):
        return (
            "bad_refund_number",
            f"numbers that begin with {CANCELLATION_PREFIX!r} are ours; use another one",
        )
    if refund.kind not in KINDS:
        return "unknown_refund_kind", f"kind {refund.kind!r} is none of {', '.join(KINDS)}"
    if refund.refunded_at.tzinfo is None:
        return "bad_time", "refunded_at must be a time with a zone"
    for name in ("quantity", "goods", "freight"):
        if not _is_amount(getattr(refund, name)):
            return "bad_amount", f"{name} must be a whole number, not negative, not {getattr(refund, name)!r}"
    if not refund.goods + refund.freight and (refund.kind == "unmatched" or not refund.quantity):
        return "empty_refund", "a refund must give money back, or units of goods"
    if refund.kind == "unmatched" and not refund.merchant:
        return "missing_merchant", "an unmatched refund must name the merchant that bears it"
    if refund.kind != "unmatched" and not (refund.order_no and refund.line_no):
        return "missing_order", "a refund must name its order and line"
    return None


def _is_amount(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_AMOUNT
