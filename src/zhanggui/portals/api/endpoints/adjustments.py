"""Adjustments (调整单) and rebates (返利)."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.adjustment_requested import adjustment_requested, adjustment_reversed
from zhanggui.parties.models import Party
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.guarded import (
    AdjustmentIn,
    AdjustmentOut,
    AdjustmentPage,
    ReasonIn,
    RebatePage,
)
from zhanggui.settlement.adjustments.models import Adjustment, DocumentState, Rebate
from zhanggui.settlement.entities.queries import business_line

router = Router(tags=["adjustments"])


class AdjustmentFilters(Schema):
    """Which adjustments; a merchant sees its own approved ones."""

    party: Code | None = None
    state: DocumentState | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class RebateFilters(Schema):
    """Which rebates."""

    party: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@act(router, "/adjustments", AdjustmentOut, status=201)
def request_adjustment(request: HttpRequest, payload: AdjustmentIn) -> Any:
    """Ask for an adjustment; nothing is owed before another person approves it."""
    who = caller(request)
    who.require("adjustments.make")
    row = adjustment_requested(
        party=Party.objects.get(id=naming.party_id(payload.party)),
        business_line=business_line(payload.business_line), fee=payload.fee, amount_minor=payload.amount_minor,
        reason=payload.reason, evidence=payload.evidence, at=timezone.now(),
        zone=timezone.get_default_timezone(), maker=who.user.get_username(),
    )  # fmt: skip
    return adjustment_documents([row])[0]


@act(router, "/adjustments/{adjustment_id}/reversal", AdjustmentOut, status=201)
def reverse_adjustment(request: HttpRequest, adjustment_id: Number, payload: ReasonIn) -> Any:
    """Ask to take an approved adjustment back by a new one that names it."""
    who = caller(request)
    who.require("adjustments.make")
    row = adjustment_reversed(
        adjustment_id=adjustment_id, reason=payload.reason, at=timezone.now(), maker=who.user.get_username()
    )
    return adjustment_documents([row])[0]


@look(router, "/adjustments", AdjustmentPage)
def list_adjustments(request: HttpRequest, filters: Query[AdjustmentFilters]) -> Any:
    """Adjustments, oldest first."""
    who = caller(request)
    who.require("adjustments.view", "own_details.view")
    party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
    state = filters.state if who.is_platform else DocumentState.APPROVED
    with who.reading():
        rows = Adjustment.objects.all()
        if party is not None:
            rows = rows.filter(party_id=party)
        if state is not None:
            rows = rows.filter(state=state)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
        items = adjustment_documents(shown)
    return {"items": items, "next_cursor": following}


@look(router, "/rebates", RebatePage)
def list_rebates(request: HttpRequest, filters: Query[RebateFilters]) -> Any:
    """What rebate agreements gave, run by run, oldest first."""
    who = caller(request)
    who.require("adjustments.view", "own_details.view")
    party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
    with who.reading():
        rows = Rebate.objects.select_related("agreement", "adjustment")
        if party is not None:
            rows = rows.filter(party_id=party)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
        codes = naming.party_codes(row.party_id for row in shown)
        items = [_rebate(row, codes[row.party_id]) for row in shown]
    return {"items": items, "next_cursor": following}


def _rebate(row: Rebate, party: str) -> dict[str, Any]:
    same = ("id", "starts_on", "ends_before", "sequence", "base_minor", "total_minor", "before_minor",
            "amount_minor", "derivation", "computed_at")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "agreement": row.agreement.number, "party": party, "currency": row.agreement.currency,
        "adjustment": row.adjustment.number,
    }  # fmt: skip


def adjustment_documents(rows: list[Adjustment]) -> list[dict[str, Any]]:
    """Adjustments as `AdjustmentOut`."""
    codes = naming.party_codes(row.party_id for row in rows)
    same = ("id", "number", "kind", "currency", "amount_minor", "base_minor", "reason", "evidence", "state",
            "line_id", "made_at", "made_by", "ended_at")  # fmt: skip
    return [
        {name: getattr(row, name) for name in same}
        | {
            "party": codes[row.party_id],
            "fee": naming.fee_code(row.fee_type_id),
            "reverses": f"AD{row.reverses_id:08d}" if row.reverses_id else None,
        }
        for row in rows
    ]
