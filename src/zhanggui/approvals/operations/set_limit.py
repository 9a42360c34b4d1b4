"""How much a role may approve."""

from datetime import datetime

from zhanggui.approvals.models import ApprovalLimit
from zhanggui.approvals.rules import ANY
from zhanggui.audit.operations.record_change import record_change


def set_limit(
    *, role: str, max_minor: int | None, at: datetime, actor: str, kind: str = ANY, currency: str = ANY,
    two_above_minor: int | None = None,
) -> ApprovalLimit:  # fmt: skip
    """This function will set what a role may approve of a kind in a currency (minor units; None = no limit),
    in the caller's transaction, and return it."""
    row = ApprovalLimit.objects.filter(role=role, kind=kind, currency=currency).first()
    before = {"max_minor": row.max_minor, "two_above_minor": row.checks_needed_above_minor} if row else None
    row, _ = ApprovalLimit.objects.update_or_create(
        role=role, kind=kind, currency=currency,
        defaults={"max_minor": max_minor, "checks_needed_above_minor": two_above_minor},
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="approval.limit_set", object_kind="approval_limit",
        object_id=f"{role}/{kind}/{currency}", before=before,
        after={"max_minor": max_minor, "two_above_minor": two_above_minor},
    )  # fmt: skip
    return row
