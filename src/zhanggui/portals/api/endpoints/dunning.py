"""Dunning (催收): ageing, one debt in full, what was said, settling from the deposit; the runs of a day."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.debt_collected import debts_aged, deposit_asked
from zhanggui.journeys.deposit_changed import deposits_demanded
from zhanggui.journeys.money_frozen import reserves_over
from zhanggui.journeys.rebate_agreed import rebates_due
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.endpoints.collections import Level, asked_document, debt_documents, find_debt
from zhanggui.portals.api.endpoints.guarantees import deposit_documents, order_document
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas import collecting as shapes
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.settlement.collections.models import DunningNote
from zhanggui.settlement.collections.queries import ageing, dunning_of, settlements_of, write_offs_of

router = Router(tags=["collections"])


class DunningFilters(Schema):
    """Which steps."""

    party: Code | None = None
    level: Level | None = None
    statement_id: Number | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/debt-ageing", shapes.Ageing)
def get_debt_ageing(request: HttpRequest) -> Any:
    """Open debts by currency and age."""
    caller(request).require("collections.view")
    return {"items": ageing(timezone.localdate())}


@look(router, "/dunning-notes", shapes.DunningPage)
def list_dunning_notes(request: HttpRequest, filters: Query[DunningFilters]) -> Any:
    """Levels that debts reached, calls, promises to pay."""
    caller(request).require("collections.view")
    rows = DunningNote.objects.all()
    if filters.party is not None:
        rows = rows.filter(party_id=naming.party_id(filters.party))
    wanted = {"level": filters.level, "statement_id": filters.statement_id}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": note_documents(shown), "next_cursor": following}


@look(router, "/debts/{statement_id}", shapes.DebtFull)
def get_debt(request: HttpRequest, statement_id: Number) -> Any:
    """One debt: the steps by which it was settled, its dunning, the write-offs asked for."""
    caller(request).require("collections.view")
    row = find_debt(statement_id)
    key = (row.party_id, row.statement_id)
    return debt_documents([row])[0] | {
        "pledged_minor": row.pledged_minor,
        "settlements": [
            {"by": one.by, "amount_minor": one.amount_minor, "at": one.at, "actor": one.actor}
            for one in settlements_of(*key)
        ],
        "dunning": note_documents(dunning_of(*key)),
        "write_offs": [asked_document(one) for one in write_offs_of(*key)],
    }


@act(router, "/debts/{statement_id}/deposit", shapes.FromDepositOut)
def settle_from_deposit(request: HttpRequest, statement_id: Number, payload: shapes.FromDepositIn) -> Any:
    """Settle a debt from the party's deposit: at once where that is agreed, else another person approves it."""
    who = caller(request)
    who.require("collections.act")
    order = deposit_asked(
        party_id=find_debt(statement_id).party_id, statement_id=statement_id, amount_minor=payload.amount_minor,
        reason=payload.reason, at=timezone.now(), zone=timezone.get_default_timezone(),
        actor=who.user.get_username(),
    )  # fmt: skip
    return {
        "order": order_document(order) if order else None,
        "debt": debt_documents([find_debt(statement_id)])[0],
    }


@act(router, "/dunning-runs", shapes.DunningRun)
def run_dunning(request: HttpRequest, payload: shapes.NothingIn) -> Any:
    """Raise the level of every debt that grew older; the clock does it each night."""
    return {"items": note_documents(debts_aged(**_run(request, "collections.act")))}


@act(router, "/deposit-demands", shapes.DemandRun)
def demand_deposits(request: HttpRequest, payload: shapes.NothingIn) -> Any:
    """Work out what every party must have deposited and ask those that are short; the clock does it each night."""
    return {"items": deposit_documents(deposits_demanded(**_run(request, "guarantees.act")))}


@act(router, "/reserve-releases", shapes.CountOut)
def release_reserves(request: HttpRequest, payload: shapes.NothingIn) -> Any:
    """Release the reserves whose days are over; the clock does it each night."""
    return {"count": reserves_over(**_run(request, "guarantees.act"))}


@act(router, "/rebate-runs", shapes.CountOut)
def run_rebates(request: HttpRequest, payload: shapes.NothingIn) -> Any:
    """Compute every rebate agreement over its periods that are over; the clock does it each night."""
    return {"count": len(rebates_due(**_run(request, "adjustments.make")))}


def _run(request: HttpRequest, permission: str) -> dict[str, Any]:
    who: Caller = caller(request)
    who.require(permission)
    return {"clock": timezone.now, "zone": timezone.get_default_timezone(), "actor": who.actor}


def note_documents(rows: list[DunningNote]) -> list[dict[str, Any]]:
    """Steps of dunning as `DunningOut`."""
    codes = naming.party_codes(row.party_id for row in rows)
    same = ("id", "statement_id", "level", "at", "note", "promised_on", "promised_minor")
    return [
        {name: getattr(row, name) for name in same} | {"party": codes[row.party_id], "by": row.actor}
        for row in rows
    ]
