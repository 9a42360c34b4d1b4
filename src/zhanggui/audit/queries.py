"""Reads over the audit log and what is kept beside it."""

from datetime import datetime

from zhanggui.audit.errors import UnknownSecurityAudit
from zhanggui.audit.models import AuditRecord, SecurityAudit, SweepResult


def latest_security_audit() -> SecurityAudit | None:
    """This function will return the latest security audit, or None before the first."""
    return SecurityAudit.objects.order_by("-id").first()


def security_audit(audit_id: int) -> SecurityAudit:
    """This function will return one security audit. Raises UnknownSecurityAudit."""
    found = SecurityAudit.objects.filter(id=audit_id).first()
    if found is None:
        raise UnknownSecurityAudit(f"there is no security audit {audit_id}; the list shows all of them")
    return found


def latest_sweep() -> SweepResult | None:
    """This function will return the latest self-check of the books, or None before the first."""
    return SweepResult.objects.order_by("-id").first()


def last_done(action: str) -> datetime | None:
    """This function will say when an act was last written into the log, or None."""
    return AuditRecord.objects.filter(action=action).order_by("-id").values_list("at", flat=True).first()


def first_record_at() -> datetime | None:
    """This function will say when the log begins, or None."""
    return AuditRecord.objects.order_by("id").values_list("at", flat=True).first()
