"""Approvals: what waits for a second person, and deciding about it."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.queries import approval
from zhanggui.journeys.approval_decided import approval_decided, approval_withdrawn
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import ApprovalFull, ApprovalOut, ApprovalPage
from zhanggui.portals.api.schemas.fields import Minor, Note, Number, Strict

router = Router(tags=["approvals"])
SAME = ("id", "kind", "subject", "title", "amount_minor", "currency", "state", "checks_needed", "maker",
        "made_at", "expires_at", "ended_at")  # fmt: skip


class DecisionIn(Strict):
    """Approve or reject. To approve, the amount comes once more: proof that somebody looked."""

    approve: Annotated[bool, Field(strict=True)]
    amount_minor: Minor | None = None
    reason: Note = ""


class WithdrawIn(Strict):
    """Why the maker takes the document back."""

    reason: Note = ""


class ApprovalFilters(Schema):
    """Which requests."""

    state: ApprovalState | None = None
    kind: Annotated[str, Field(max_length=48, pattern=r"^[a-z_]*$")] | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/approvals", ApprovalPage)
def list_approvals(request: HttpRequest, filters: Query[ApprovalFilters]) -> Any:
    """Requests for approval, oldest first."""
    caller(request).require("approvals.view")
    rows = Approval.objects.all()
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    if filters.kind is not None:
        rows = rows.filter(kind=filters.kind)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": [_document(row) for row in shown], "next_cursor": following}


@look(router, "/approvals/{approval_id}", ApprovalFull)
def show_approval(request: HttpRequest, approval_id: Number) -> Any:
    """One request with its content and the decisions about it."""
    caller(request).require("approvals.view")
    row = approval(approval_id)
    if row is None:
        raise NotFound(f"there is no request for approval {approval_id}")
    return _document(row) | {
        "payload": row.payload,
        "decisions": [
            {
                "checker": one.checker,
                "approved": one.approved,
                "proof": one.proof,
                "reason": one.reason,
                "at": one.at,
            }
            for one in row.decisions.order_by("id")
        ],
    }


@act(router, "/approvals/{approval_id}/decision", ApprovalOut)
def decide_approval(request: HttpRequest, approval_id: Number, payload: DecisionIn) -> Any:
    """Decide about somebody else's document; approved by the last person needed, it is carried out at once."""
    who = caller(request)
    who.require("approvals.decide")
    row = approval_decided(
        approval_id=approval_id, approve=payload.approve, checker=who.user.get_username(),
        roles=who.standing.roles, proof=Proof(retyped_minor=payload.amount_minor), at=timezone.now(),
        zone=timezone.get_default_timezone(), reason=payload.reason,
    )  # fmt: skip
    return _document(row)


@act(router, "/approvals/{approval_id}/withdrawal", ApprovalOut)
def withdraw_approval(request: HttpRequest, approval_id: Number, payload: WithdrawIn) -> Any:
    """Take back a document of one's own that nobody has decided about yet."""
    who = caller(request)
    who.require("approvals.view")
    row = approval_withdrawn(
        approval_id=approval_id, maker=who.user.get_username(), at=timezone.now(),
        zone=timezone.get_default_timezone(), reason=payload.reason,
    )  # fmt: skip
    return _document(row)


def _document(row: Approval) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SAME} | {
        "party": naming.party_codes([row.party_id]).get(row.party_id, "") if row.party_id else "",
        "digest": bytes(row.digest).hex(),
    }
