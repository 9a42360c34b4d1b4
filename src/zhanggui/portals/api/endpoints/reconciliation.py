"""Reconciliation: bills, runs, and what runs may take for equal."""

import base64
import binascii
import tempfile
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.bill_received import bill_received, bill_run_again
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.arrangements import Ppm, Told
from zhanggui.portals.api.schemas.fields import Code, Day, Minor, Number, Strict
from zhanggui.portals.api.schemas.outgoing import Paged
from zhanggui.settlement.reconciliation.errors import BillUnreadable
from zhanggui.settlement.reconciliation.kinds import Leg
from zhanggui.settlement.reconciliation.models import (
    Bill,
    ReconciliationRule,
    ReconciliationRun,
)
from zhanggui.settlement.reconciliation.operations.set_reconciliation_rule import (
    RuleSettings,
    set_reconciliation_rule,
    settings_of,
)
from zhanggui.settlement.reconciliation.queries import account_for, rules_in_force

router = Router(tags=["reconciliation"])
LEGS = {int(leg): leg.name.lower() for leg in Leg}


class ChannelBillIn(Strict):
    """A bill as downloaded, in base64 (csv, zip, gzip, MT940, camt.053)."""

    channel: Literal["wechat", "alipay", "unionpay", "bank"]
    account: Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")] = ""
    name: Code = "bill"
    day: Day | None = None
    content: Annotated[str, Field(min_length=1, max_length=15_000_000)]


class BillOut(Schema):
    """A bill with the totals of its rows; `footer` is what it says itself."""

    id: int
    account: str
    channel: str
    kind: str
    form: str
    starts_on: date
    ends_before: date
    currency: str
    rows: int
    in_minor: int
    out_minor: int
    fee_milli: int
    opening_minor: int | None
    closing_minor: int | None
    footer: dict[str, Any]
    digest: str
    source_name: str
    imported_at: datetime


class BillPage(Paged):
    """Bills, oldest first."""

    items: list[BillOut]


class RunOut(Schema):
    """One pass of one leg over one bill."""

    id: int
    leg: str
    bill_id: int
    starts_on: date
    ends_before: date
    currency: str
    our_count: int
    our_minor: int
    their_count: int
    their_minor: int
    matched_count: int
    matched_minor: int
    suspended_count: int
    differing_count: int
    kinds: dict[str, int]
    fees_minor: int
    finished_at: datetime


class RunPage(Paged):
    """Runs, oldest first."""

    items: list[RunOut]


class ReceivedOut(Schema):
    """A bill taken in; `new` is false when the same content was here."""

    bill: BillOut
    new: bool
    runs: list[RunOut]


class ReconciliationRuleIn(Strict):
    """The rule of an account of ours, or ("*") of every account without one of its own. What is left away takes the
    value shown here, not what it was."""

    account: Code
    amount_tolerance_minor: Minor = 0
    expected_fee_ppm: Ppm = 0
    fee_tolerance_milli: Minor = 1000
    cut_minutes: Annotated[int, Field(strict=True, ge=0, le=1440)] = 30
    suspend_days: Annotated[int, Field(strict=True, ge=0, le=31)] = 1
    post_settlements: Told = True
    post_fees: Told = True
    post_suspense: Told = True


class ReconciliationRuleOut(Schema):
    """The rule that holds for an account; `own` is false where it is the general one."""

    account: str
    own: bool
    amount_tolerance_minor: int
    expected_fee_ppm: int
    fee_tolerance_milli: int
    cut_minutes: int
    suspend_days: int
    post_settlements: bool
    post_fees: bool
    post_suspense: bool


class ReconciliationRulePage(Paged):
    """The general rule ("*") and that of each open account: all of them on one page."""

    items: list[ReconciliationRuleOut]


class BillFilters(Schema):
    """Which bills."""

    kind: Literal["trade", "fund", "statement"] | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class RunFilters(Schema):
    """Which runs."""

    bill_id: Number | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@act(router, "/bills", ReceivedOut, status=201)
def receive_bill(request: HttpRequest, payload: ChannelBillIn) -> Any:
    """Take in a bill: its foot is checked, it is kept whole or not at all, and run over at once."""
    who = caller(request)
    who.require("reconciliation.act")
    account = account_for(payload.channel, payload.account)
    try:
        content = base64.b64decode(payload.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BillUnreadable("content is not base64; send the file's bytes so encoded") from error
    with tempfile.TemporaryDirectory(prefix="zhanggui-bill-") as folder:
        path = Path(folder) / "bill"
        path.write_bytes(content)
        received = bill_received(
            own_account=account, channel=payload.channel, path=path, name=payload.name, day=payload.day,
            clock=timezone.now, actor=who.actor,
        )  # fmt: skip
    return {
        "bill": _bill(received.bill), "new": received.new, "runs": [_run(one) for one in received.runs],
    }  # fmt: skip


@look(router, "/bills", BillPage)
def list_bills(request: HttpRequest, filters: Query[BillFilters]) -> Any:
    """Bills, oldest first."""
    caller(request).require("reconciliation.view")
    rows = Bill.objects.select_related("own_account")
    if filters.kind is not None:
        rows = rows.filter(kind=filters.kind)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": [_bill(row) for row in shown], "next_cursor": following}


@act(router, "/bills/{bill_id}/runs", RunPage)
def run_bill_again(request: HttpRequest, bill_id: Number) -> Any:
    """Run over a bill again: what came since is placed; no new runs when there is nothing new."""
    who = caller(request)
    who.require("reconciliation.act")
    runs = bill_run_again(bill_id=bill_id, clock=timezone.now, actor=who.actor)
    return {"items": [_run(row) for row in runs], "next_cursor": None}


@look(router, "/reconciliation-runs", RunPage)
def list_reconciliation_runs(request: HttpRequest, filters: Query[RunFilters]) -> Any:
    """Runs, oldest first."""
    caller(request).require("reconciliation.view")
    rows = ReconciliationRun.objects.all()
    if filters.bill_id is not None:
        rows = rows.filter(bill_id=filters.bill_id)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": [_run(row) for row in shown], "next_cursor": following}


@look(router, "/reconciliation-rules", ReconciliationRulePage)
def list_reconciliation_rules(request: HttpRequest) -> Any:
    """What runs may take for equal and post by themselves, account by account."""
    caller(request).require("reconciliation.view")
    return {"items": [_rule(*one) for one in rules_in_force()], "next_cursor": None}


@act(router, "/reconciliation-rules", ReconciliationRuleOut)
def set_rule_of_reconciliation(request: HttpRequest, payload: ReconciliationRuleIn) -> Any:
    """Set the rule of an account, or the general one; runs from now on follow it."""
    who = caller(request)
    who.require("own_accounts.change")
    values = payload.dict()
    account = values.pop("account")
    with transaction.atomic():
        row = set_reconciliation_rule(
            account=account, settings=RuleSettings(**values), at=timezone.now(), actor=who.actor
        )
    return _rule(account, True, row)


def _rule(account: str, own: bool, row: ReconciliationRule) -> dict[str, Any]:
    return {"account": account, "own": own} | asdict(settings_of(row))


def _bill(row: Bill) -> dict[str, Any]:
    same = ("id", "channel", "kind", "form", "starts_on", "ends_before", "currency", "rows", "in_minor",
            "out_minor", "fee_milli", "opening_minor", "closing_minor", "source_name", "imported_at")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "account": row.own_account.code, "footer": row.told, "digest": bytes(row.digest).hex(),
    }  # fmt: skip


def _run(row: ReconciliationRun) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RunOut.model_fields if name != "leg"} | {
        "leg": LEGS[row.leg]
    }
