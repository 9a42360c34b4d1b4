"""Reads over approvals."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from zhanggui.approvals.models import Approval, ApprovalLimit, ApprovalState
from zhanggui.approvals.rules import Limit

LIMITS_LOCK = 0x5A47_0006


def approval(approval_id: int) -> Approval | None:
    """This function will return one request, or None."""
    return Approval.objects.filter(id=approval_id).first()


def latest_approval(kind: str, subject: str) -> Approval | None:
    """This function will return the latest request about a document, or None."""
    return Approval.objects.filter(kind=kind, subject=subject).order_by("-id").first()


def due_to_expire(at: datetime, life: timedelta | None = None) -> QuerySet[Approval]:
    """This function will return the requests whose time is over: past their own last moment or, with `life`, waiting
    for longer than that. A thousand at most, the oldest first."""
    over = Q(expires_at__lte=at)
    if life is not None:
        over |= Q(made_at__lte=at - life)
    return Approval.objects.filter(over, state=ApprovalState.PENDING).order_by("id")[:1000]


def pending_count() -> int:
    """This function will count the documents that wait for a decision."""
    return Approval.objects.filter(state=ApprovalState.PENDING).count()


def hold_limits() -> None:
    """This function will have changes of limits wait for each other to the end of the transaction, so that what is
    compared is what holds."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LIMITS_LOCK])


def limits() -> list[Limit]:
    """This function will return every limit."""
    return [
        Limit(row.role, row.kind, row.currency, row.max_minor, row.checks_needed_above_minor)
        for row in ApprovalLimit.objects.order_by("role", "kind", "currency")
    ]
