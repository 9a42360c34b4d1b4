"""What-ifs that run as jobs and are kept: asked for, watched, read by fee and by merchant."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.clockwork.tasks import queue_comparison
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, decode, keyset, page
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Number
from zhanggui.portals.api.schemas.incoming import WhatIfIn
from zhanggui.portals.api.schemas.what_ifs import ComparedPage, ComparisonOut, ComparisonPage
from zhanggui.settlement.billing.comparisons import fees_compared, merchants_after
from zhanggui.settlement.billing.models import Comparison
from zhanggui.settlement.billing.operations.request_comparison import request_comparison
from zhanggui.settlement.entities.queries import business_line

router = Router(tags=["fees"])


class Paging(Schema):
    """Which page."""

    cursor: CursorText = ""
    limit: Limit = 100


@act(router, "/comparisons", ComparisonOut, status=202)
def ask_comparison(request: HttpRequest, payload: WhatIfIn) -> Any:
    """Rate the whole history of a business line by a document, in the background; ask for it until it is done."""
    who = caller(request)
    who.require("rules.view")
    with transaction.atomic():
        row = request_comparison(
            document=payload.document, business_line=business_line(payload.business_line),
            at=timezone.now(), actor=who.actor,
        )  # fmt: skip
        queue_comparison(row.id)
    return _document(row, naming.line_codes(), fees=True)


@look(router, "/comparisons", ComparisonPage)
def list_comparisons(request: HttpRequest, filters: Query[Paging]) -> Any:
    """Comparisons, the oldest first."""
    caller(request).require("rules.view")
    rows = Comparison.objects.defer("document")
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    lines = naming.line_codes()
    return {"items": [_document(row, lines) for row in shown], "next_cursor": following}


@look(router, "/comparisons/{comparison_id}", ComparisonOut)
def get_comparison(request: HttpRequest, comparison_id: Number) -> Any:
    """One comparison, with its sums by fee."""
    caller(request).require("rules.view")
    return _document(_found(comparison_id), naming.line_codes(), fees=True)


@look(router, "/comparisons/{comparison_id}/merchants", ComparedPage)
def list_compared_merchants(request: HttpRequest, comparison_id: Number, filters: Query[Paging]) -> Any:
    """What it comes to for every merchant."""
    caller(request).require("rules.view")
    after = decode(filters.cursor, 1)
    rows = merchants_after(_found(comparison_id).id, after[0] if after else 0, filters.limit + 1)
    shown, following = page(rows, filters.limit, lambda row: [row["id"]])
    codes = naming.party_codes(row["id"] for row in shown)
    return {"items": [_outcome(codes[row["id"]], row) for row in shown], "next_cursor": following}


def _found(comparison_id: int) -> Comparison:
    row = Comparison.objects.defer("document").filter(id=comparison_id).first()
    if row is None:
        raise NotFound(f"There is no comparison {comparison_id}", comparison_id=comparison_id)
    return row


def _outcome(code: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": code, "now_minor": row["now"], "then_minor": row["then"], "difference_minor": row["difference"],
    }  # fmt: skip


def _document(row: Comparison, lines: dict[int, str], *, fees: bool = False) -> dict[str, Any]:
    sums = fees_compared(row.id) if fees else []
    return {
        "id": row.id, "business_line": lines[row.business_line_id], "rule_set": row.set_code, "state": row.state,
        "share": row.share, "lines": row.lines, "currency": row.currency, "now_minor": row.now_minor,
        "then_minor": row.then_minor, "difference_minor": row.then_minor - row.now_minor,
        "merchants": row.merchants, "gaining": row.gaining, "losing": row.losing,
        "fees": [_outcome(naming.fee_code(one["id"]), one) for one in sums],
        "requested_at": row.requested_at, "requested_by": row.actor, "finished_at": row.finished_at,
        "reject_code": row.reject_code, "reject_message": row.reject_message,
    }  # fmt: skip
