"""The period calendar, a statement's history and parts, double insurance, and the log of changes."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.audit.invariants import audit_chain_broken
from zhanggui.audit.models import AuditRecord
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.endpoints.statements import find_statement
from zhanggui.portals.api.paging import CursorText, Limit, decode, keyset, page
from zhanggui.portals.api.routes import look
from zhanggui.portals.api.schemas.fields import Code, Moment, Number
from zhanggui.portals.api.schemas.proof import (
    AuditChain,
    AuditPage,
    PartPage,
    Periods,
    ShadowDifferencePage,
    StatementEvents,
)
from zhanggui.settlement.details.queries import GRANULARITIES, amounts_by
from zhanggui.settlement.entities.models import BusinessLine, Dimension
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.intake.models import ShadowDifference
from zhanggui.settlement.statements.models import StatementEvent
from zhanggui.settlement.statements.queries import due_through, period_years, periods

router = Router(tags=["proof"])
DIMENSIONS = ("spu", "sku", "sku_type")


class YearFilter(Schema):
    """Which year; the latest with a period, if left out."""

    year: Annotated[int, Field(ge=1990, le=2199)] | None = None


class PageFilter(Schema):
    """Which page."""

    cursor: CursorText = ""
    limit: Limit = 100


class PartFilters(PageFilter):
    """At which granularity."""

    by: Literal["fee", "order", "spu", "sku", "sku_type"] = "order"


class ShadowFilters(PageFilter):
    """Which differences."""

    business_line: Code | None = None
    party: Code | None = None
    kind: Literal["amount", "missing_there", "missing_here"] | None = None


class AuditFilters(PageFilter):
    """Which records."""

    actor: Code | None = None
    action: Code | None = None
    object_kind: Code | None = None
    object_id: Code | None = None
    since: Moment | None = None
    before: Moment | None = None


@look(router, "/periods", Periods)
def list_periods(request: HttpRequest, filters: Query[YearFilter]) -> Any:
    """The period calendar of a year."""
    caller(request).require("periods.view")
    years, today = period_years(), timezone.localdate()
    year = filters.year or (years[0] if years else today.year)
    waiting = due_through(today - timedelta(days=1)).statements
    return {"years": years, "year": year, "to_close": waiting, "items": periods(year)}


@look(router, "/statements/{statement_id}/events", StatementEvents)
def list_statement_events(request: HttpRequest, statement_id: Number, filters: Query[PageFilter]) -> Any:
    """Every step of a statement: who, when, from where to where, why."""
    who = caller(request)
    who.require("statements.view", "own_statements.view")
    with who.reading():
        row = find_statement(who, statement_id)
        rows = StatementEvent.objects.filter(party_id=row.party_id, statement_id=row.id)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    names = ("id", "at", "actor", "before", "after", "reason")
    return {
        "items": [{name: getattr(one, name) for name in names} for one in shown], "next_cursor": following,
    }  # fmt: skip


@look(router, "/statements/{statement_id}/parts", PartPage)
def list_statement_parts(request: HttpRequest, statement_id: Number, filters: Query[PartFilters]) -> Any:
    """A statement summed at one of the five granularities: by order, SPU, SKU, kind of SKU, or fee per line."""
    who = caller(request)
    who.require("statements.view", "own_statements.view")
    names = [column.split(".")[1] for column in GRANULARITIES[filters.by]]
    after = decode(filters.cursor, len(names))
    with who.reading():
        row = find_statement(who, statement_id)
        rows = amounts_by(
            filters.by, statement_id=row.id, party_id=row.party_id, limit=filters.limit + 1, after=after
        )
        shown, following = page(rows, filters.limit, lambda one: [one[name] for name in names])
        ids = {one.get(f"{kind}_id", 0) for one in shown for kind in DIMENSIONS}
        codes = dict(Dimension.objects.filter(id__in=ids).values_list("id", "code"))
        items = [_part(one, codes) for one in shown]
    return {"by": filters.by, "currency": row.currency, "items": items, "next_cursor": following}


def _part(row: dict[str, Any], codes: dict[int, str]) -> dict[str, Any]:
    fee = row.get("fee_type_id")
    named = {kind: codes.get(row[f"{kind}_id"]) if f"{kind}_id" in row else None for kind in DIMENSIONS}
    return named | {
        "order_id": row["order_id"], "line_id": row.get("line_id"), "details": row["details"],
        "fee": None if fee is None else naming.fee_code(fee), "amount_minor": row["amount"],
    }  # fmt: skip


@look(router, "/shadow-differences", ShadowDifferencePage)
def list_shadow_differences(request: HttpRequest, filters: Query[ShadowFilters]) -> Any:
    """Double insurance (双保险): pushed details that our own billing of the same line does not confirm."""
    caller(request).require("imports.view")
    rows = ShadowDifference.objects.all()
    if filters.business_line:
        rows = rows.filter(business_line_id=business_line(filters.business_line).id)
    if filters.party:
        rows = rows.filter(party_id=naming.party_id(filters.party))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    lines, parties = (
        {line.id: line for line in BusinessLine.objects.all()},
        naming.party_codes(row.party_id for row in shown),
    )
    same = ("id", "order_no", "line_no", "kind", "pushed_minor", "computed_minor", "found_at")
    items = [
        {name: getattr(row, name) for name in same} | {
            "business_line": lines[row.business_line_id].code, "party": parties[row.party_id],
            "currency": lines[row.business_line_id].currency, "fee": naming.fee_code(row.fee_type_id),
        }
        for row in shown
    ]  # fmt: skip
    return {"items": items, "next_cursor": following}


@look(router, "/audit-log", AuditPage)
def list_audit_log(request: HttpRequest, filters: Query[AuditFilters]) -> Any:
    """The log of changes, oldest first."""
    caller(request).require("audit.view")
    wanted = {
        "actor": filters.actor, "action": filters.action, "object_kind": filters.object_kind,
        "object_id": filters.object_id, "at__gte": filters.since, "at__lt": filters.before,
    }  # fmt: skip
    rows = AuditRecord.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    parties = naming.party_codes(row.party_id for row in shown)
    same = ("id", "at", "actor", "action", "object_kind", "object_id", "before", "after")
    items = [
        {name: getattr(row, name) for name in same} | {
            "party": parties.get(row.party_id), "hash": bytes(row.hash).hex(),
            "previous_hash": bytes(row.previous_hash).hex(),
        }
        for row in shown
    ]  # fmt: skip
    return {"items": items, "next_cursor": following}


@look(router, "/audit-log/chain", AuditChain)
def verify_audit_log(request: HttpRequest) -> Any:
    """Walk the whole hash chain of the log."""
    caller(request).require("audit.view")
    broken = audit_chain_broken()
    return {"records": AuditRecord.objects.count(), "whole": not broken, "broken": broken}
