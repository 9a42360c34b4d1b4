"""Ask for a second look at a document."""

from datetime import datetime
from typing import Any

from zhanggui.approvals.errors import AlreadyRequested
from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.queries import limits
from zhanggui.approvals.rules import checks_needed, content_digest
from zhanggui.audit.operations.record_change import record_change


def request_approval(
    *, kind: str, subject: str, title: str, amount_minor: int, currency: str, payload: Any, maker: str,
    at: datetime, party_id: int = 0, expires_at: datetime | None = None,
) -> Approval:  # fmt: skip
    """This function will put a document up for approval, in the caller's transaction, and return the request.

    Asking again with the same content returns the request that waits. `amount_minor` is what moves in all, in
    minor units; how many people must approve is decided now, by the limits in force. Raises AlreadyRequested
    when the document waits with other content.
    """
    digest = content_digest(payload)
    waiting = Approval.objects.filter(kind=kind, subject=subject, state=ApprovalState.PENDING).first()
    if waiting is not None:
        if bytes(waiting.digest) != digest:
            raise AlreadyRequested(
                f"{kind} {subject} waits for approval with other content; withdraw that request first",
                id=waiting.id,
            )
        return waiting
    row = Approval.objects.create(
        kind=kind, subject=subject, title=title, party_id=party_id, amount_minor=amount_minor,
        currency=currency, payload=payload, digest=digest, maker=maker, made_at=at, expires_at=expires_at,
        checks_needed=checks_needed(limits(), kind=kind, currency=currency, amount_minor=amount_minor),
    )  # fmt: skip
    record_change(
        at=at, actor=maker, action="approval.requested", object_kind=kind, object_id=subject, party_id=party_id,
        after={"amount_minor": amount_minor, "currency": currency, "digest": digest.hex(), "title": title},
    )  # fmt: skip
    return row
