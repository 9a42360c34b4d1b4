"""Disputes over single details."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.detail_disputed import detail_corrected, detail_disputed, dispute_resolved
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.endpoints.details import detail_documents, find_detail
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import DetailOut, DisputeOut, DisputePage
from zhanggui.portals.api.schemas.fields import DetailNumber, Number
from zhanggui.portals.api.schemas.incoming import CorrectionIn, DisputeIn, ResolutionIn
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.statements.models import Dispute

router = Router(tags=["disputes"])


class DisputeFilters(Schema):
    """Which disputes."""

    statement_id: Number | None = None
    state: Literal["open", "upheld", "rejected"] | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@act(router, "/disputes", DisputeOut, status=201)
def open_dispute(request: HttpRequest, payload: DisputeIn) -> Any:
    """Object to one detail of a closed statement: it moves to the next one, the rest can be confirmed."""
    who = caller(request)
    who.require("disputes.resolve", "own_disputes.open")
    with who.reading():
        find_detail(payload.detail)
    dispute = detail_disputed(
        key=DetailKey.parse(payload.detail), reason=payload.reason, at=timezone.now(), actor=who.actor
    )
    return dispute_documents([dispute])[0]


@act(router, "/disputes/{dispute_id}/resolution", DisputeOut)
def resolve_dispute(request: HttpRequest, dispute_id: Number, payload: ResolutionIn) -> Any:
    """Settle a dispute; upheld, the detail is corrected on the party's open statement."""
    who = caller(request)
    who.require("disputes.resolve")
    dispute = dispute_resolved(
        dispute_id=dispute_id, upheld=payload.upheld, resolution=payload.resolution, at=timezone.now(),
        zone=timezone.get_default_timezone(), actor=who.actor, amount=payload.amount_minor,
    )  # fmt: skip
    return dispute_documents([dispute])[0]


@act(router, "/details/{detail}/correction", DetailOut, status=201)
def correct_detail(request: HttpRequest, detail: DetailNumber, payload: CorrectionIn) -> Any:
    """Correct a detail: a new one by the difference, on the party's open statement; the old one stays."""
    who = caller(request)
    who.require("corrections.create")
    find_detail(detail)
    made = detail_corrected(
        key=DetailKey.parse(detail), amount=payload.amount_minor, reason=payload.reason, at=timezone.now(),
        zone=timezone.get_default_timezone(), actor=who.actor,
    )  # fmt: skip
    return detail_documents([find_detail(str(made))])[0]


@look(router, "/disputes", DisputePage)
def list_disputes(request: HttpRequest, filters: Query[DisputeFilters]) -> Any:
    """Disputes, oldest first."""
    who = caller(request)
    who.require("statements.view", "own_statements.view")
    with who.reading():
        rows = Dispute.objects.all()
        if not who.is_platform:
            rows = rows.filter(party_id=who.party_id)
        if filters.statement_id is not None:
            rows = rows.filter(statement_id=filters.statement_id)
        if filters.state is not None:
            rows = rows.filter(state=filters.state)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
        items = dispute_documents(shown)
    return {"items": items, "next_cursor": following}


def dispute_documents(rows: list[Dispute]) -> list[dict[str, Any]]:
    """Disputes as `DisputeOut`."""
    parties = naming.party_codes(row.party_id for row in rows)
    same = ("id", "statement_id", "moved_to_statement_id", "amount_minor", "currency", "reason", "state",
            "opened_at", "opened_by", "resolved_at", "resolved_by", "resolution")  # fmt: skip
    return [
        {name: getattr(row, name) for name in same}
        | {
            "detail": f"{row.party_id}-{row.line_id}-{row.event_id}-{row.position}",
            "party": parties[row.party_id],
            "fee": naming.fee_code(row.fee_type_id),
        }
        for row in rows
    ]
