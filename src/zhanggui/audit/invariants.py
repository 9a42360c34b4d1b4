"""What must always hold of the audit log."""

from zhanggui.audit.models import AuditRecord
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
