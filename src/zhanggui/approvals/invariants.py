"""What must always hold of approvals; each function returns the offending rows."""

from typing import Any

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import content_digest
from zhanggui.rows.reading import offending_rows


def approved_by_maker() -> list[dict[str, Any]]:
    """Documents that their own maker approved."""
    return offending_rows(
        "select a.id, a.kind, a.subject, a.maker from approvals_approval a"
        " join approvals_decision d on d.approval_id = a.id and d.approved and d.checker = a.maker"
    )


def approved_without_checks() -> list[dict[str, Any]]:
    """Approved documents with fewer approvals than they needed, or with a rejection among them."""
    return offending_rows(
        "select a.id, a.kind, a.subject, a.checks_needed, count(d.id) filter (where d.approved) as given"
        " from approvals_approval a left join approvals_decision d on d.approval_id = a.id"
        " where a.state = 'approved' group by a.id"
        " having count(d.id) filter (where d.approved) < a.checks_needed or bool_or(not d.approved)"
    )


def approval_content_changed() -> list[dict[str, Any]]:
    """Requests whose content is no longer what its digest was taken of."""
    return [
        {"id": row.id, "kind": row.kind, "subject": row.subject}
        for row in Approval.objects.order_by("id").iterator(chunk_size=1000)
        if content_digest(row.payload) != bytes(row.digest)
    ][:1000]
