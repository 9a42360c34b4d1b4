"""Statements: listed, opened with their fees, confirmed, replayed."""

from dataclasses import asdict
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotFound, NotReady
from zhanggui.portals.api.paging import CursorText, Limit, keyset, read
from zhanggui.portals.api.routes import act, ask, look
from zhanggui.portals.api.schemas.books import ReplayOut, StatementFull, StatementPage
from zhanggui.portals.api.schemas.fields import Code, Day, Number, Strict
from zhanggui.portals.api.schemas.incoming import ConfirmIn
from zhanggui.settlement.entities.models import InvoiceMode
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.statements.errors import StatementError
from zhanggui.settlement.statements.models import Statement, StatementState
from zhanggui.settlement.statements.queries import heading_at_cut_off
from zhanggui.settlement.statements.totals import totals_of

router = Router(tags=["statements"])

SAME = (
    "id", "number", "currency", "cycle", "starts_on", "ends_before", "due_on", "auto_confirm_on", "state",
    "invoice_axis",
    "goods_minor", "fees_minor", "refunds_minor", "other_minor", "net_minor", "carried_minor", "line_count",
    "detail_count", "open_disputes", "closed_at", "confirmed_at", "confirmed_by", "chain_position",
)  # fmt: skip
FIGURES = (
    "goods_minor",
    "fees_minor",
    "refunds_minor",
    "other_minor",
    "net_minor",
    "line_count",
    "detail_count",
)
FEES = """
select fee_type_id, sum(amount)::bigint as amount_minor, count(*) as detail_count from settlement_detail
where party_id = %(party)s and statement_id = %(statement)s group by 1
"""


class AmountChanged(StatementError):
    """The caller confirmed another amount than the statement shows."""

    code = "amount_changed"
    http_status = 409


class StatementFilters(Schema):
    """Which statements."""

    party: Code | None = None
    state: StatementState | None = None
    number: Code | None = None
    ends_from: Day | None = None
    ends_before: Day | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/statements", StatementPage)
def list_statements(request: HttpRequest, filters: Query[StatementFilters]) -> Any:
    """Statements by id. Open ones show what they have come to so far."""
    who = caller(request)
    who.require("statements.view", "own_statements.view")
    with who.reading():
        rows = Statement.objects.all()
        party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
        if party is not None:
            rows = rows.filter(party_id=party)
        wanted = {
            "state": filters.state, "number": filters.number, "ends_before__gte": filters.ends_from,
            "ends_before__lt": filters.ends_before,
        }  # fmt: skip
        rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
        items = statement_documents(shown)
    return {"items": items, "next_cursor": following}


@look(router, "/statements/{statement_id}", StatementFull)
def get_statement(request: HttpRequest, statement_id: Number) -> Any:
    """One statement with its fee summary."""
    who = caller(request)
    who.require("statements.view", "own_statements.view")
    with who.reading():
        return _full(find_statement(who, statement_id))


@act(router, "/statements/{statement_id}/confirmation", StatementFull)
def confirm_statement(request: HttpRequest, statement_id: Number, payload: ConfirmIn) -> Any:
    """Confirm a closed statement: what it nets to, less what moved on, becomes available for payout."""
    who = caller(request)
    who.require("statements.confirm", "own_statements.confirm")
    with who.reading():
        row = find_statement(who, statement_id)
    amount = row.net_minor - row.carried_minor
    if (payload.amount_minor, payload.currency) != (amount, row.currency):
        raise AmountChanged(
            f"statement {row.number} comes to {amount} {row.currency} (minor units), not to "
            f"{payload.amount_minor} {payload.currency}; look at it again",
            number=row.number, amount_minor=amount, currency=row.currency,
        )  # fmt: skip
    statement_confirmed(
        party_id=row.party_id, statement_id=row.id, at=timezone.now(),
        zone=timezone.get_default_timezone(), actor=who.actor, reason=payload.reason,
    )  # fmt: skip
    with who.reading():
        return _full(find_statement(who, statement_id))


class ReplayIn(Strict):
    """Nothing to say: an empty object."""


@ask(router, "/statements/{statement_id}/replay", ReplayOut)
def replay_statement(request: HttpRequest, statement_id: Number, payload: ReplayIn) -> Any:
    """Rebuild a closed statement from raw events and pinned rule versions; list what differs."""
    from zhanggui.settlement.replays.operations.replay_statements import replay_statements

    who = caller(request)
    who.require("audit.view")
    row = find_statement(who, statement_id)
    if row.state == StatementState.OPEN:
        raise NotReady(
            f"Statement {row.number} is open; close its period before it is replayed", state=row.state
        )
    keys = [(row.party_id, row.id)]
    [found] = replay_statements(keys=keys, zone=timezone.get_default_timezone())
    return {
        "statement_id": row.id, "number": row.number, "lines": found.lines, "equal": found.equal,
        "hash_equal": found.hash_equal, "differences": found.differences,
    }  # fmt: skip


def find_statement(who: Caller, statement_id: int) -> Statement:
    """The statement, as far as the caller may see it; call it inside `who.reading()`. Raises NotFound."""
    rows = Statement.objects.filter(id=statement_id)
    row = rows.first() if who.is_platform else rows.filter(party_id=who.party_id).first()
    if row is None:
        raise NotFound(f"There is no statement {statement_id}", statement_id=statement_id)
    return row


def _full(row: Statement) -> dict[str, Any]:
    [document] = statement_documents([row])
    sums = {found["fee_type_id"]: found for found in read(FEES, {"party": row.party_id, "statement": row.id})}
    fees = [
        {"fee": fee.code, "zh": fee.zh, "en": fee.en, "amount_minor": sums[fee.id]["amount_minor"],
         "detail_count": sums[fee.id]["detail_count"]}
        for fee in catalogue().by_id.values() if fee.id in sums
    ]  # fmt: skip
    return document | {"fees": fees}


def statement_documents(rows: list[Statement]) -> list[dict[str, Any]]:
    """Statements as `StatementOut`, open ones with the totals of now."""
    entities, parties = naming.entity_codes(), naming.party_codes(row.party_id for row in rows)
    still_open = [row for row in rows if row.state == StatementState.OPEN]
    with connection.cursor() as cursor:
        live = totals_of(
            cursor, parties=[row.party_id for row in still_open], statements=[row.id for row in still_open],
            with_digest=False,
        )  # fmt: skip
    documents = []
    for row in rows:
        document = {name: getattr(row, name) for name in SAME}
        document |= {name: live[row.id][name] for name in FIGURES} if row.id in live else {}
        document |= {
            "party": parties[row.party_id], "entity": entities.get(row.entity_id, ""),
            "invoice_mode": InvoiceMode(row.mode).name.lower(),
            "previous_hash": bytes(row.previous_hash).hex(), "hash": bytes(row.hash).hex(),
            "at_cut_off": asdict(then) if (then := heading_at_cut_off(row)) else None,
        }  # fmt: skip
        documents.append(document)
    return documents
