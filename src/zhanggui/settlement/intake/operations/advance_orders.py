"""Move known orders on: later status, node times and payments; the lines themselves never change."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection

from zhanggui.settlement.entities.models import SettlementTerms
from zhanggui.settlement.intake.holds import not_before
from zhanggui.settlement.intake.models import OrderStatus, StagedOrder, StagedPayment
from zhanggui.settlement.intake.payments import PaidOrder, paid_amount, post_late_payments, post_paid_orders
from zhanggui.settlement.intake.records import OrderRecord
from zhanggui.settlement.intake.resolving import ResolvedLine, Resolver, billable_at

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


@dataclass
class Advanced:
    """Numbers of the orders that moved on; `cancelled` those of them whose money must be given back."""

    moved: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)


def advance_orders(
    *, resolver: Resolver, pairs: Sequence[tuple[KnownOrder, OrderRecord]], at: datetime
) -> Advanced:
    """This function will move orders on in the caller's transaction and say which changed. An order stands
    in `pairs` once.

    A status may only go forward. Payments are taken once, when the order had none, whatever its status. Lines
    get their billing time when the node of the terms frozen on them is reached; what is billed stays billed.
    What had been claimed for an order now cancelled is given back by `cancellation_refunds`, which the caller
    stages next.
    """
    result = Advanced()
    news = [(known, record) for known, record in pairs if _goes_on(known, record) or _pays(known, record)]
    frozen = _frozen_terms(resolver, [known.order_id for known, _ in news])
    let_go = not_before(resolver.business_line.id, [known.order_no for known, _ in news])
    for known, record in news:
        lines = _lines(record, frozen[known.order_id], let_go.get(known.order_no))
        changes = _pay(resolver, known, record, lines, at)
        if _goes_on(known, record):
            changes |= _step(known, record, lines)
            if record.status == "cancelled" and _claimed(known, lines):
                result.cancelled.append(known.order_no)
        StagedOrder.objects.filter(
            order_no=known.order_no, business_line_id=resolver.business_line.id
        ).update(**changes)
        result.moved.append(known.order_no)
    return result


def _goes_on(known: KnownOrder, record: OrderRecord) -> bool:
    return known.status < _STATUS[record.status]


def _pays(known: KnownOrder, record: OrderRecord) -> bool:
    return not known.paid_minor and any(payment.amount for payment in record.payments)


def _claimed(known: KnownOrder, lines: Sequence[ResolvedLine]) -> bool:
    """Whether the merchants' claims are in the ledger: they are from payment on, and from dispatch on."""
    went_out = known.status not in (OrderStatus.CREATED, OrderStatus.CANCELLED)
    return bool(lines) and (went_out or (known.paid_minor > 0 and known.status != OrderStatus.CANCELLED))


def _frozen_terms(resolver: Resolver, orders: list[int]) -> dict[int, dict[str, tuple[int, SettlementTerms]]]:
    """Merchant and terms of every line, as they were frozen when it was staged, by order and line number."""
    found: dict[int, dict[str, tuple[int, SettlementTerms]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            "select order_id, line_no, merchant_id, terms_id from settlement_staged_line"
            " where order_id = any(%s)",
            [orders],
        )
        for order_id, line_no, merchant_id, terms_id in cursor.fetchall():
            found[order_id][line_no] = (merchant_id, resolver.terms.by_id[terms_id])
    return found


def _lines(
    record: OrderRecord, frozen: dict[str, tuple[int, SettlementTerms]], let_go: datetime | None
) -> list[ResolvedLine]:
    found = []
    for line in record.lines:
        merchant_id, terms = frozen[line.line_no]
        found.append(
            ResolvedLine(
                record=line, merchant_id=merchant_id, supplier_id=0, carrier_id=0, level="", category="", terms=terms,
                billable_at=billable_at(record, terms, let_go),
            )
        )  # fmt: skip
    return found


def _step(known: KnownOrder, record: OrderRecord, lines: Sequence[ResolvedLine]) -> dict[str, object]:
    """The order's new status and times; its lines become billable where their node is reached."""
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
    times = {name: getattr(record, name) for name in _TIMES if getattr(record, name) is not None}
    return {"status": _STATUS[record.status], **times}


def _pay(
    resolver: Resolver, known: KnownOrder, record: OrderRecord, lines: list[ResolvedLine], at: datetime
) -> dict[str, object]:
    """Take the payment, once, and return what changes on the order. Where the claims are in the ledger already
    (it went out unpaid), the payment settles the receivable."""
    if known.paid_minor:
        return {}
    late = _claimed(known, lines) or known.status == OrderStatus.CANCELLED
    if late and not _pays(known, record):
        return {}
    paid = paid_amount(record, lines)
    for payment in record.payments:
        StagedPayment.objects.get_or_create(
            order_id=known.order_id, sequence=payment.sequence,
            defaults={
                "amount_minor": payment.amount, "instalments": payment.instalments,
                "method_id": resolver.dictionary.dimension("payment_method", payment.method),
                "reference": payment.reference[:64], "channel_number": payment.channel_number[:64],
            },
        )  # fmt: skip
    if paid or (lines and record.status not in ("created", "cancelled")):
        cancelled = known.status == OrderStatus.CANCELLED
        order = PaidOrder(
            known.order_id, replace(record, status="cancelled") if cancelled else record, lines, paid
        )
        post = post_late_payments if late else post_paid_orders
        post(
            orders=[order], terms=resolver.terms, currency=resolver.business_line.currency,
            zone=resolver.zone, at=at,
        )  # fmt: skip
    return {"paid_minor": paid}
