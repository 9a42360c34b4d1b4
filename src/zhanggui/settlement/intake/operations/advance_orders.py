"""Move known orders on: later status, node times and payments; the lines themselves never change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from zhanggui.settlement.intake.models import OrderStatus, StagedOrder, StagedPayment
from zhanggui.settlement.intake.payments import PaidOrder, post_paid_orders
from zhanggui.settlement.intake.records import OrderRecord
from zhanggui.settlement.intake.resolving import ResolvedLine, Resolver

_STATUS = {"created": 0, "paid": 1, "shipped": 2, "received": 3, "completed": 4, "cancelled": 9}
_TIMES = ("paid_at", "shipped_at", "received_at", "completed_at")


@dataclass(frozen=True)
class KnownOrder:
    """What is staged of an order already."""

    order_no: str
    order_id: int
    status: int
    paid_minor: int
    digest: bytes


def advance_orders(
    *, resolver: Resolver, pairs: Sequence[tuple[KnownOrder, OrderRecord]], at: datetime
) -> int:
    """This function will move orders on in the caller's transaction and return how many changed.

    A status may only go forward. Payments are taken once, when the order had none. Lines get their billing
    time when the node is reached; what is billed stays billed. What had been paid for a cancelled order is
    given back by `cancellation_refunds`, which the caller stages next.
    """
    moved = 0
    for known, record in pairs:
        status = _STATUS[record.status]
        if status <= known.status or known.status == OrderStatus.CANCELLED:
            continue
        lines = resolver.resolve(record)
        if not isinstance(lines, list):
            continue
        _move(resolver, known, record, lines, status, at)
        moved += 1
    return moved


def _move(
    resolver: Resolver, known: KnownOrder, record: OrderRecord, lines: list[ResolvedLine], status: int,
    at: datetime,
) -> None:  # fmt: skip
    changes: dict[str, object] = {"status": status}
    changes |= {name: getattr(record, name) for name in _TIMES if getattr(record, name) is not None}
    paid = sum(payment.amount for payment in record.payments) or (
        0 if record.status in ("created", "cancelled") else sum(line.due for line in lines)
    )
    if not known.paid_minor and paid:
        changes["paid_minor"] = paid
        for payment in record.payments:
            StagedPayment.objects.create(
                order_id=known.order_id, sequence=payment.sequence, amount_minor=payment.amount,
                method_id=resolver.dictionary.dimension("payment_method", payment.method),
                instalments=payment.instalments, reference=payment.reference[:64],
            )  # fmt: skip
        post_paid_orders(
            orders=[PaidOrder(known.order_id, record, lines, paid)], terms=resolver.terms,
            currency=resolver.business_line.currency, zone=resolver.zone, at=at,
        )  # fmt: skip
    StagedOrder.objects.filter(
        order_no=known.order_no, business_line_id=resolver.business_line.id
    ).update(**changes)
    with connection.cursor() as cursor:
        for line in lines:
            cursor.execute(
                "update settlement_staged_line l set billable_at = %s where merchant_id = %s and order_id = %s"
                " and line_no = %s and (billable_at >= timestamptz '9000-01-01' or %s) and not exists"
                " (select from settlement_billed_line b where b.party_id = l.merchant_id"
                "  and b.line_id = l.line_id and b.event_id = 0)",
                [line.billable_at, line.merchant_id, known.order_id, line.record.line_no,
                 record.status == "cancelled"],
            )  # fmt: skip
