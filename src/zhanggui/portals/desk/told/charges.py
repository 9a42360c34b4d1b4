"""Payments of buyers, refunds to them, and notices of channels."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from zhanggui.payments.errors import UnknownPayment
from zhanggui.payments.models import ChannelNotice, ChargeUse, Payment, Refund
from zhanggui.portals.desk.told.codes import codes_of

type Document = dict[str, Any]
PAYMENT = (
    "payment_no", "state", "currency", "amount_minor", "title", "made_at", "expires_at", "paid_at", "closed_at",
)  # fmt: skip
REFUND = (
    "refund_no", "state", "currency", "amount_minor", "reason", "channel_number", "said", "tries", "made_at",
    "ended_at",
)  # fmt: skip
REPAIR = (
    "id",
    "to",
    "bank",
    "card_masked",
    "holder_masked",
    "state",
    "said",
    "made_by",
    "made_at",
    "ended_at",
)


def payments_to_tell() -> QuerySet[Payment]:
    """Payments with what `payments_told` needs."""
    return Payment.objects.prefetch_related("charges", "parts")


def payments_told(rows: Iterable[Payment]) -> list[Document]:
    """Payments as lists have them: what was asked for, what came, what went back."""
    return [
        {name: getattr(row, name) for name in PAYMENT}
        | {
            "purchase_no": row.subject,
            "orders": [part.reference for part in row.parts.all()],
            "refunded_minor": sum(one.refunded_minor for one in row.charges.all()),
            "surplus_minor": sum(
                one.amount_minor for one in row.charges.all() if one.use == ChargeUse.SURPLUS
            ),
        }
        for row in rows
    ]


def payment_told(number: str) -> Document:
    """One payment with its parts, tries, what was taken, and what went back. Raises UnknownPayment."""
    row = payments_to_tell().filter(payment_no=number).first()
    if row is None:
        raise UnknownPayment(f"there is no payment {number!r}", payment_no=number)
    codes = codes_of([part.party_id for part in row.parts.all()])
    attempts = row.attempts.select_related("channel").order_by("id")
    charges = row.charges.select_related("channel").order_by("id")
    return payments_told([row])[0] | {
        "parts": [
            {"order_no": one.reference, "merchant": codes[one.party_id], "amount_minor": one.amount_minor}
            for one in row.parts.order_by("id")
        ],
        "attempts": [
            {name: getattr(one, name) for name in ("number", "method", "state", "said", "made_at", "ended_at")}
            | {"channel": one.channel.code}
            for one in attempts
        ],
        "charges": [
            {name: getattr(one, name)
             for name in ("channel_number", "use", "currency", "amount_minor", "refunded_minor", "charged_at")}
            | {"channel": one.channel.code}
            for one in charges
        ],
        "refunds": refunds_told(refunds_to_tell().filter(charge__payment=row).order_by("id")),
    }  # fmt: skip


def refunds_to_tell() -> QuerySet[Refund]:
    """Refunds with what `refunds_told` needs."""
    return Refund.objects.select_related("charge__channel", "charge__payment").prefetch_related("repairs")


def refunds_told(rows: Iterable[Refund]) -> list[Document]:
    """Refunds: of which payment and order, whose, how much, how far."""
    found = list(rows)
    codes = codes_of([row.party_id for row in found])
    return [
        {name: getattr(row, name) for name in REFUND}
        | {
            "payment_no": row.charge.payment.payment_no, "channel": row.charge.channel.code,
            "order_no": row.reference, "merchant": codes[row.party_id],
            "repairs": [
                {name: getattr(one, name) for name in REPAIR} | {"approval": one.approval_id}
                for one in sorted(row.repairs.all(), key=lambda one: one.id)
            ],
        }
        for row in found
    ]  # fmt: skip


def refund_told(number: str) -> Document:
    """One refund. Raises UnknownPayment."""
    found = refunds_told(refunds_to_tell().filter(refund_no=number))
    if not found:
        raise UnknownPayment(f"there is no refund {number!r}", refund_no=number)
    return found[0]


def notices_told(rows: Iterable[ChannelNotice]) -> list[Document]:
    """Notices of channels (`channel` selected), without what stood in them: that has buyers' names in it."""
    return [
        {
            "id": row.id, "channel": row.channel.code, "notice_id": row.notice_id, "outcome": row.outcome,
            "said": row.said, "bytes": len(bytes(row.body)), "sha256": bytes(row.digest).hex(),
            "received_at": row.received_at,
        }
        for row in rows
    ]  # fmt: skip
