"""The security audit: what was found about people, roles, keys, backups and settings, and its remedy."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query, Router, Schema

from zhanggui.audit.models import SecurityAudit
from zhanggui.audit.queries import security_audit
from zhanggui.audit.rules import CHECKS, sorted_by_gravity
from zhanggui.clockwork.audit_security import audit_security
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Number
from zhanggui.portals.api.schemas.outgoing import Paged

router = Router(tags=["security"])


class AuditFilters(Schema):
    """Where to go on."""

    cursor: CursorText = ""
    limit: Limit = 50


class SecurityAuditOut(Schema):
    """One audit: how many findings of each gravity; `fresh` ones the audit before did not have."""

    id: int
    at: datetime
    actor: str
    critical: int
    warning: int
    info: int
    fresh: int


class SecurityAuditPage(Paged):
    """Audits, oldest first."""

    items: list[SecurityAuditOut]


class FindingOut(Schema):
    """One finding, in the language asked for; `since` when it was first found without a break."""

    code: str
    severity: str
    subject: str
    since: datetime
    name: str
    found: str
    remedy: str
    told: dict[str, Any]


class SecurityAuditFull(SecurityAuditOut):
    """An audit with its findings, the gravest first, and the codes of all checks that were made."""

    looked_at: list[str]
    findings: list[FindingOut]


@look(router, "/security-audits", SecurityAuditPage)
def list_security_audits(request: HttpRequest, filters: Query[AuditFilters]) -> Any:
    """The audits that were made."""
    caller(request).require("security.view")
    shown, following = keyset(SecurityAudit.objects.all(), cursor=filters.cursor, limit=filters.limit)
    return {"items": list(shown), "next_cursor": following}


@look(router, "/security-audits/{audit_id}", SecurityAuditFull)
def get_security_audit(request: HttpRequest, audit_id: Number) -> Any:
    """One audit with what it found."""
    caller(request).require("security.view")
    return _full(security_audit(audit_id))


@act(router, "/security-audits", SecurityAuditFull, status=201)
def audit_security_now(request: HttpRequest) -> Any:
    """Look at everything now and keep what is found; what is new becomes an alert."""
    who = caller(request)
    who.require("security.audit")
    zone = timezone.get_default_timezone()
    return _full(audit_security(clock=timezone.now, zone=zone, actor=who.actor))


def _full(row: SecurityAudit) -> dict[str, Any]:
    chinese = (get_language() or "").startswith("zh")
    by_code: dict[str, list[Any]] = {}
    for one in row.findings.order_by("subject"):
        by_code.setdefault(one.code, []).append(one)
    findings = []
    for code in sorted_by_gravity(by_code):
        check = CHECKS[code]
        said = {"name": check.zh if chinese else check.en,
                "remedy": check.remedy_zh if chinese else check.remedy_en}  # fmt: skip
        same = ("code", "severity", "subject", "since", "told")
        findings += [
            {name: getattr(one, name) for name in same}
            | said
            | {"found": check.said(one.told, chinese=chinese)}
            for one in by_code[code]
        ]
    same = ("id", "at", "actor", "critical", "warning", "info", "fresh", "looked_at")
    return {name: getattr(row, name) for name in same} | {"findings": findings}
