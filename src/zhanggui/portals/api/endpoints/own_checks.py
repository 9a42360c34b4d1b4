"""A merchant's own check (自助对账): its file held against what was billed to it, order by order."""

import base64
import binascii
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.own_file_checked import own_file_checked
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code, Currency, Day, Number, OptionalCode, Strict
from zhanggui.portals.api.schemas.outgoing import Paged
from zhanggui.settlement.reconciliation.errors import CheckFileRefused
from zhanggui.settlement.reconciliation.models import OwnCheck, OwnCheckRow
from zhanggui.settlement.statements.models import Statement

router = Router(tags=["own checks"])
Outcome = Literal["matched", "amount", "refund", "fee", "only_yours", "only_ours", "repeated", "other"]


class OwnCheckIn(Strict):
    """A file (csv, txt, xlsx; base64), what it is held against, and which columns hold order and amount: a statement
    by its number, or the days from `first` to `last`, both included. Columns left away are looked for under usual
    names; `refund` and `fee` are compared where they are named, with or without minus signs. `template` keeps the
    names under this one."""

    name: Code
    content: Annotated[str, Field(min_length=1, max_length=15_000_000)]
    statement: Code | None = None
    first: Day | None = None
    last: Day | None = None
    currency: Currency = "CNY"
    order: OptionalCode = ""
    amount: OptionalCode = ""
    refund: OptionalCode = ""
    fee: OptionalCode = ""
    template: Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f]*$")] = ""


class CheckOutcomeOut(Schema):
    """How many orders came out so, and what they are in the file and with us, minor units; what refunds and fees
    took is 0 where it was not compared."""

    orders: int
    yours: int
    ours: int
    your_refunds: int = 0
    our_refunds: int = 0
    your_fees: int = 0
    our_fees: int = 0


class OwnCheckOut(Schema):
    """A check; `totals` by outcome: matched, amount, refund or fee (differs), only_yours, only_ours, repeated, other
    (no order)."""

    id: int
    statement: str | None
    first: date
    last: date
    currency: str
    source_name: str
    digest: str
    mapping: dict[str, str]
    totals: dict[str, CheckOutcomeOut]
    created_at: datetime
    actor: str


class OwnCheckPage(Paged):
    """Checks, oldest first."""

    items: list[OwnCheckOut]


class OwnCheckRowOut(Schema):
    """One order: the file's amount and ours, in minor units, what refunds and fees took (null where it was not
    compared), and the rows of the file that name it."""

    position: int
    outcome: str
    order_no: str
    rows: str
    their_minor: int
    our_minor: int
    their_refund_minor: int | None
    our_refund_minor: int | None
    their_fee_minor: int | None
    our_fee_minor: int | None
    details: int


class OwnCheckRowPage(Paged):
    """Orders of a check, in order of their numbers."""

    items: list[OwnCheckRowOut]


class CheckFilters(Schema):
    """Where to go on."""

    cursor: CursorText = ""
    limit: Limit = 50


class CheckRowFilters(CheckFilters):
    """Which orders."""

    outcome: Outcome | None = None


@act(router, "/own-checks", OwnCheckOut, status=201)
def check_own_file(request: HttpRequest, payload: OwnCheckIn) -> Any:
    """Hold a file of one's own against what was billed: nothing of the books changes."""
    who, party_id = _merchant(request, "own_reconciliation.act")
    try:
        content = base64.b64decode(payload.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CheckFileRefused("content is not base64; send the file's bytes so encoded") from error
    statement_id = 0
    if payload.statement is not None:
        with who.reading():
            found = Statement.objects.filter(party_id=party_id, number=payload.statement).first()
        if found is None:
            raise NotFound(
                f"There is no statement {payload.statement!r} of yours", statement=payload.statement
            )
        statement_id = found.id
    with tempfile.TemporaryDirectory(prefix="zhanggui-check-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        row = own_file_checked(
            party_id=party_id, currency=payload.currency, path=path, name=Path(payload.name).name,
            mapping={part: getattr(payload, part).strip() for part in ("order", "amount", "refund", "fee")},
            at=timezone.now(),
            actor=who.actor, zone=timezone.get_default_timezone(), statement_id=statement_id,
            starts_on=payload.first, ends_before=payload.last + timedelta(days=1) if payload.last else None,
            template=payload.template.strip(),
        )  # fmt: skip
    return _documents(who, [row])[0]


@look(router, "/own-checks", OwnCheckPage)
def list_own_checks(request: HttpRequest, filters: Query[CheckFilters]) -> Any:
    """One's own checks, oldest first."""
    who, party_id = _merchant(request, "own_reconciliation.view")
    with who.reading():
        rows = OwnCheck.objects.filter(party_id=party_id)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _documents(who, shown), "next_cursor": following}


@look(router, "/own-checks/{check_id}", OwnCheckOut)
def get_own_check(request: HttpRequest, check_id: Number) -> Any:
    """One check."""
    who, party_id = _merchant(request, "own_reconciliation.view")
    return _documents(who, [_check(who, party_id, check_id)])[0]


@look(router, "/own-checks/{check_id}/rows", OwnCheckRowPage)
def list_own_check_rows(request: HttpRequest, check_id: Number, filters: Query[CheckRowFilters]) -> Any:
    """The orders of a check, and how each stands."""
    who, party_id = _merchant(request, "own_reconciliation.view")
    _check(who, party_id, check_id)
    with who.reading():
        rows = OwnCheckRow.objects.filter(party_id=party_id, check_id=check_id)
        if filters.outcome is not None:
            rows = rows.filter(outcome=filters.outcome)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit, by="position")
    same = ("position", "outcome", "order_no", "their_minor", "our_minor", "their_refund_minor", "our_refund_minor",
            "their_fee_minor", "our_fee_minor", "details")  # fmt: skip
    items = [{name: getattr(row, name) for name in same} | {"rows": row.their_rows} for row in shown]
    return {"items": items, "next_cursor": following}


def _merchant(request: HttpRequest, permission: str) -> tuple[Caller, int]:
    """The caller and its party: a check belongs to a merchant alone. Raises NotAllowed."""
    who = caller(request)
    who.require(merchant=permission)
    assert who.party_id is not None
    return who, who.party_id


def _check(who: Caller, party_id: int, check_id: int) -> OwnCheck:
    with who.reading():
        found = OwnCheck.objects.filter(party_id=party_id, id=check_id).first()
    if found is None:
        raise NotFound(f"There is no check {check_id} of yours", check=check_id)
    return found


def _documents(who: Caller, rows: list[OwnCheck]) -> list[dict[str, Any]]:
    with who.reading():
        wanted = Statement.objects.filter(
            party_id=who.party_id, id__in={row.statement_id for row in rows if row.statement_id}
        )
        numbers = {one.id: one.number for one in wanted}
    same = ("id", "currency", "source_name", "mapping", "totals", "created_at", "actor")
    return [
        {name: getattr(row, name) for name in same} | {
            "statement": numbers.get(row.statement_id), "first": row.starts_on,
            "last": row.ends_before - timedelta(days=1), "digest": bytes(row.digest).hex(),
        }
        for row in rows
    ]  # fmt: skip
