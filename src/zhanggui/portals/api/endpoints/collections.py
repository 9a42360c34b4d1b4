"""Debts (欠款) and receipts at our bank (收款, 认款)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.debt_collected import debt_noted, write_off_requested
from zhanggui.journeys.receipt_recorded import (
    claim_reversed,
    receipt_claimed,
    receipt_recorded,
    receipt_refund_requested,
    receipt_reversed,
)
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.guarded import (
    AskedOut,
    ClaimIn,
    ClaimOut,
    DebtOut,
    DebtPage,
    DunningIn,
    GiveBackIn,
    ReasonIn,
    ReceiptIn,
    ReceiptOut,
    ReceiptPage,
    WriteOffIn,
)
from zhanggui.settlement.collections.models import Claim, Debt, Receipt
from zhanggui.settlement.collections.rules import bucket_of, days_of
from zhanggui.settlement.collections.states import debt_state, receipt_state
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.statements.models import Statement
from zhanggui.vault.sealing import masked

router = Router(tags=["collections"])
Level = Annotated[int, Field(ge=0, le=9, description="dunning level: 0 none to 4 the last notice")]


class DebtFilters(Schema):
    """Which debts."""

    party: Code | None = None
    state: Literal["open", "settled"] | None = None
    age: Literal["not_due", "1-30", "31-60", "61-90", "91+"] | None = None
    level: Level | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class ReceiptFilters(Schema):
    """Which receipts."""

    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/debts", DebtPage)
def list_debts(request: HttpRequest, filters: Query[DebtFilters]) -> Any:
    """Statements that are collected, and what is open of each."""
    who = caller(request)
    who.require("collections.view", "own_statements.view")
    party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
    with who.reading():
        rows = Debt.objects.all()
        if party is not None:
            rows = rows.filter(party_id=party)
        if filters.state is not None:
            rows = rows.filter(open_minor__gt=0) if filters.state == "open" else rows.filter(open_minor=0)
        if filters.age is not None:
            rows = rows.filter(open_minor__gt=0, **_due(filters.age))
        if filters.level is not None:
            rows = rows.filter(level=filters.level)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit, by="statement_id")
        items = debt_documents(shown)
    return {"items": items, "next_cursor": following}


@act(router, "/debts/{statement_id}/write-off", AskedOut, status=201)
def write_off(request: HttpRequest, statement_id: Number, payload: WriteOffIn) -> Any:
    """Ask to give a debt up; another person approves it."""
    who = caller(request)
    who.require("collections.act")
    row = write_off_requested(
        party_id=find_debt(statement_id).party_id, statement_id=statement_id, amount_minor=payload.amount_minor,
        reason=payload.reason, evidence=payload.evidence, at=timezone.now(), maker=who.user.get_username(),
    )  # fmt: skip
    return asked_document(row)


@act(router, "/debts/{statement_id}/notes", DebtOut, status=201)
def note_debt(request: HttpRequest, statement_id: Number, payload: DunningIn) -> Any:
    """Keep what was said about a debt, and a promise to pay."""
    who = caller(request)
    who.require("collections.act")
    debt_noted(
        party_id=find_debt(statement_id).party_id, statement_id=statement_id, note=payload.note,
        promised_on=payload.promised_on, promised_minor=payload.promised_minor, at=timezone.now(),
        actor=who.actor,
    )  # fmt: skip
    return debt_documents([find_debt(statement_id)])[0]


@look(router, "/receipts", ReceiptPage)
def list_receipts(request: HttpRequest, filters: Query[ReceiptFilters]) -> Any:
    """Receipts, oldest first, with what is left of each to claim."""
    caller(request).require("collections.view")
    shown, following = keyset(
        Receipt.objects.select_related("own_account"), cursor=filters.cursor, limit=filters.limit
    )
    return {"items": [receipt_document(row) for row in shown], "next_cursor": following}


@act(router, "/receipts", ReceiptOut, status=201)
def record_receipt(request: HttpRequest, payload: ReceiptIn) -> Any:
    """Record money that arrived on our account; the same bank reference again is the same receipt."""
    who = caller(request)
    who.require("collections.act")
    account = OwnAccount.objects.filter(code=payload.own_account).first()
    if account is None:
        raise NotFound(f"There is no account of ours {payload.own_account!r}")
    row = receipt_recorded(
        own_account=account, bank_reference=payload.bank_reference, amount_minor=payload.amount_minor,
        received_on=payload.received_on, payer=payload.payer, payer_account=masked(payload.payer_account),
        memo=payload.memo, source="api", at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    return receipt_document(row)


@act(router, "/receipts/{receipt_id}/claims", ClaimOut, status=201)
def claim_receipt(request: HttpRequest, receipt_id: Number, payload: ClaimIn) -> Any:
    """Claim part of a receipt for the debt of a statement or a party's deposit."""
    who = caller(request)
    who.require("collections.act")
    claim = receipt_claimed(
        receipt_id=receipt_id, party_id=naming.party_id(payload.party), target=payload.target,
        statement_id=payload.statement_id or 0, amount_minor=payload.amount_minor, at=timezone.now(),
        zone=timezone.get_default_timezone(), actor=who.actor,
    )  # fmt: skip
    return claim_documents([claim])[0]


@act(router, "/claims/{claim_id}/reversal", ClaimOut)
def reverse_claim(request: HttpRequest, claim_id: Number, payload: ReasonIn) -> Any:
    """Take a claim back by a new entry."""
    who = caller(request)
    who.require("collections.act")
    claim = claim_reversed(
        claim_id=claim_id, reason=payload.reason, at=timezone.now(), zone=timezone.get_default_timezone(),
        actor=who.actor,
    )  # fmt: skip
    return claim_documents([claim])[0]


@act(router, "/receipts/{receipt_id}/refund", AskedOut, status=201)
def refund_receipt(request: HttpRequest, receipt_id: Number, payload: GiveBackIn) -> Any:
    """Ask to give back what nobody claimed; another person approves it."""
    who = caller(request)
    who.require("collections.act")
    row = receipt_refund_requested(
        receipt_id=receipt_id, amount_minor=payload.amount_minor, reason=payload.reason, at=timezone.now(),
        maker=who.user.get_username(),
    )  # fmt: skip
    return asked_document(row)


@act(router, "/receipts/{receipt_id}/withdrawal", ReceiptOut)
def withdraw_receipt(request: HttpRequest, receipt_id: Number, payload: ReasonIn) -> Any:
    """Withdraw a receipt that was recorded wrongly, by a new entry."""
    who = caller(request)
    who.require("collections.act")
    row = receipt_reversed(
        receipt_id=receipt_id, reason=payload.reason, at=timezone.now(), zone=timezone.get_default_timezone(),
        actor=who.actor,
    )  # fmt: skip
    return receipt_document(row)


def find_debt(statement_id: int) -> Debt:
    """The debt of a statement. Raises NotFound."""
    row = Debt.objects.filter(statement_id=statement_id).first()
    if row is None:
        raise NotFound(f"There is no debt on statement {statement_id}")
    return row


def _due(bucket: str) -> dict[str, Any]:
    """The days on which debts of a bucket were due, as a condition."""
    first, last = days_of(bucket)
    today = timezone.localdate()
    found = {"due_on__lte": today - timedelta(days=first)} if first is not None else {}
    return found | ({"due_on__gte": today - timedelta(days=last)} if last is not None else {})


def asked_document(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("number", "state", "approval_id", "amount_minor")}


def claim_documents(rows: Sequence[Claim]) -> list[dict[str, Any]]:
    """Claims as `ClaimOut`."""
    codes = naming.party_codes(row.party_id for row in rows)
    same = ("id", "receipt_id", "target", "statement_id", "amount_minor", "currency", "at", "reversed_at")
    return [{name: getattr(row, name) for name in same} | {"party": codes[row.party_id]} for row in rows]


def debt_documents(rows: list[Debt]) -> list[dict[str, Any]]:
    """Debts as `DebtOut`."""
    codes, today = naming.party_codes(row.party_id for row in rows), timezone.localdate()
    numbers = dict(
        Statement.objects.filter(id__in=[row.statement_id for row in rows]).values_list("id", "number")
    )
    same = ("statement_id", "currency", "amount_minor", "open_minor", "due_on", "level")
    return [
        {name: getattr(row, name) for name in same}
        | {
            "statement": numbers[row.statement_id],
            "party": codes[row.party_id],
            "age": bucket_of(row.due_on, today),
            "state": debt_state(row),
        }
        for row in rows
    ]


def receipt_document(row: Receipt) -> dict[str, Any]:
    """A receipt as `ReceiptOut`."""
    same = ("id", "number", "bank_reference", "currency", "amount_minor", "claimed_minor", "refunded_minor",
            "rest_minor", "received_on", "payer", "payer_account", "memo", "source", "recorded_at")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "own_account": row.own_account.code, "state": receipt_state(row),
    }  # fmt: skip
