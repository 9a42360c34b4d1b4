"""What must always hold of the audit log."""

from django.db.models import Count, F, Q

from zhanggui.audit.models import AuditRecord, SecurityAudit
from zhanggui.audit.operations.record_change import GENESIS, digest


def audit_chain_broken() -> list[dict[str, object]]:
    """Rows whose hash does not follow from the row before and their own content."""
    broken: list[dict[str, object]] = []
    previous = GENESIS
    for record in AuditRecord.objects.order_by("id").iterator(chunk_size=2000):
        if bytes(record.previous_hash) != previous or digest(record) != bytes(record.hash):
            broken.append({"id": record.id, "action": record.action})
        previous = bytes(record.hash)
    return broken


def security_audit_differs() -> list[dict[str, object]]:
    """Security audits whose findings are not as many as were counted, of each gravity."""
    counted = {
        f"n_{severity}": Count("findings", filter=Q(findings__severity=severity))
        for severity in ("critical", "warning", "info")
    }
    rows = SecurityAudit.objects.annotate(**counted).exclude(
        critical=F("n_critical"), warning=F("n_warning"), info=F("n_info")
    )
    return list(rows.values("id", "critical", "warning", "info")[:1000])
