"""Keep what a security audit found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from zhanggui.audit.models import SecurityAudit, SecurityFinding
from zhanggui.audit.operations.record_change import record_change
from zhanggui.audit.queries import latest_security_audit
from zhanggui.audit.rules import CHECKS, SEVERITIES, sorted_by_gravity

KEEPING_LOCK = 0x5A47_0005


@dataclass(frozen=True)
class Found:
    """One finding: the check, whom or what it is about, and the particulars its sentence takes."""

    code: str
    subject: str = ""
    told: dict[str, Any] = field(default_factory=dict)


def keep_security_audit(
    *, looked_at: Sequence[str], found: Sequence[Found], at: datetime, actor: str, milliseconds: int = 0
) -> SecurityAudit:
    """This function will keep an audit with its findings, in the caller's transaction, and return it.

    A finding that the audit before had too keeps the time since which it is there. Two audits at a time are kept
    one after the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [KEEPING_LOCK])
    before = latest_security_audit()
    since = {(row.code, row.subject): row.since for row in before.findings.all()} if before else {}
    gravity = [CHECKS[one.code].severity for one in found]
    row = SecurityAudit.objects.create(
        at=at, actor=actor, seconds_milli=milliseconds, looked_at=sorted_by_gravity(looked_at),
        fresh=sum((one.code, one.subject) not in since for one in found),
        **{severity: gravity.count(severity) for severity in SEVERITIES},
    )  # fmt: skip
    SecurityFinding.objects.bulk_create([
        SecurityFinding(
            audit=row, code=one.code, severity=CHECKS[one.code].severity, subject=one.subject[:150],
            told=one.told, since=since.get((one.code, one.subject), at),
        )
        for one in found
    ])  # fmt: skip
    record_change(
        at=at, actor=actor, action="security.audited", object_kind="security_audit", object_id=str(row.id),
        after={name: getattr(row, name) for name in (*SEVERITIES, "fresh")},
    )  # fmt: skip
    return row
