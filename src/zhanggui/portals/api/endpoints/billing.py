"""Billing runs and the closing of periods."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.period_ended import period_ended
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.incoming import BillIn, CloseIn
from zhanggui.portals.api.schemas.outgoing import BilledOut, BillingRunPage, ClosedOut
from zhanggui.settlement.billing.models import BillingRun
from zhanggui.settlement.entities.queries import business_line

router = Router(tags=["billing"])


class RunFilters(Schema):
    """Which page."""

    cursor: CursorText = ""
    limit: Limit = 50


@act(router, "/billing-runs", BilledOut)
def bill(request: HttpRequest, payload: BillIn) -> Any:
    """Bill everything of one business line that is due: sales, refunds, charges. What is billed already is
    never billed again, so this may be called as often as wanted."""
    who = caller(request)
    who.require("billing.run")
    as_of = payload.as_of or timezone.now()
    billed = goods_billable(
        business_line=business_line(payload.business_line), as_of=as_of, clock=timezone.now,
        zone=timezone.get_default_timezone(), actor=who.actor,
    )  # fmt: skip
    return {
        "business_line": payload.business_line, "as_of": as_of, "lines": billed.lines,
        "details": billed.details, "entries": billed.entries,
    }  # fmt: skip


@look(router, "/billing-runs", BillingRunPage)
def list_billing_runs(request: HttpRequest, filters: Query[RunFilters]) -> Any:
    """Billing runs, oldest first."""
    caller(request).require("imports.view")
    shown, following = keyset(BillingRun.objects.all(), cursor=filters.cursor, limit=filters.limit)
    names = ("id", "kind", "as_of", "started_at", "finished_at", "actor")
    return {
        "items": [{name: getattr(run, name) for name in names} for run in shown],
        "next_cursor": following,
    }


@act(router, "/period-closings", ClosedOut)
def close_periods(request: HttpRequest, payload: CloseIn) -> Any:
    """Close every statement whose period ended by a day; debts move on, the next statements open."""
    who = caller(request)
    who.require("periods.close")
    closed = period_ended(
        through=payload.through, clock=timezone.now, zone=timezone.get_default_timezone(), actor=who.actor
    )
    return {
        "through": payload.through, "closed": closed.closed, "confirming": closed.confirming,
        "zero": closed.zero, "carried": closed.carried, "awaited": closed.awaited,
    }  # fmt: skip
