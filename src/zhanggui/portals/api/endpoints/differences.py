"""Differences of reconciliation: both sides, whose they are, what was found out, and how they are settled."""

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.difference_settled import (
    difference_assigned,
    difference_noted,
    resolution_proposed,
)
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import PRINTABLE, Number, OptionalCode, Reason, Strict
from zhanggui.portals.api.schemas.outgoing import Paged
from zhanggui.settlement.reconciliation.errors import EvidenceMissing
from zhanggui.settlement.reconciliation.kinds import Leg
from zhanggui.settlement.reconciliation.models import Difference
from zhanggui.settlement.reconciliation.proposals import fitting_ways, proposal
from zhanggui.settlement.reconciliation.queries import difference as find_difference
from zhanggui.settlement.reconciliation.queries import kept_evidence, sides_of

router = Router(tags=["reconciliation"])
Ways = Literal[
    "accept_theirs", "unclaimed_receipt", "owed_to_buyer", "receivable", "refund_paid", "fee_charged", "write_off",
    "explain",
]  # fmt: skip
LEGS = {int(leg): leg.name.lower() for leg in Leg}


class DifferenceOut(Schema):
    """Two sides that do not agree. Amounts are positive when money comes to us."""

    id: int
    account: str
    leg: str
    kind: str
    state: str
    day: date
    currency: str
    reference: str
    our_minor: int
    their_minor: int
    our_fee_milli: int
    their_fee_milli: int
    bill_id: int
    row_number: int
    assigned_to: str
    ways: list[str]
    approval_id: int | None
    resolution: str
    reason: str
    found_at: datetime
    resolved_at: datetime | None
    resolved_by: str


class NoteOut(Schema):
    """What somebody found out; `evidence_name` is empty where no file was kept with it."""

    id: int
    at: datetime
    actor: str
    text: str
    evidence_name: str
    evidence_digest: str


class DifferenceLegOut(Schema):
    """One leg of an entry, debit positive; `account` is its number in the chart."""

    account: str
    amount_minor: int


class WayOut(Schema):
    """A way of settling that fits, and what it would post; nothing for an explanation."""

    way: str
    legs: list[DifferenceLegOut]


class DifferenceFull(DifferenceOut):
    """A difference with both sides as far as each is there, the notes, and what each way would post."""

    ours: dict[str, Any]
    theirs: dict[str, Any]
    notes: list[NoteOut]
    proposals: list[WayOut]


class EvidenceOut(Schema):
    """A file that was kept as evidence, in base64."""

    name: str
    digest: str
    content: str


class DifferencePage(Paged):
    """Differences, oldest first."""

    items: list[DifferenceOut]


class ResolutionOfDifference(Strict):
    """How to settle it, and why."""

    way: Ways
    reason: Reason


class NoteIn(Strict):
    """What was found out, and a file that proves it (base64, at most 5 MB) where there is one."""

    text: Annotated[str, Field(max_length=2000, pattern=PRINTABLE)] = ""
    evidence_name: Annotated[str, Field(max_length=255, pattern=PRINTABLE)] = ""
    evidence: Annotated[str, Field(max_length=7_000_000)] = ""


class DifferenceAssigneeIn(Strict):
    """Whose difference it is: a log-in name, empty for nobody's."""

    assigned_to: OptionalCode


class DifferenceFilters(Schema):
    """Which differences."""

    state: Literal["open", "suspended", "cleared", "explained", "adjusted", "written_off"] | None = None
    kind: (
        Literal["missing_here", "missing_there", "amount", "fee", "state", "duplicate", "balance"] | None
    ) = None
    run_id: Number | None = None
    assigned_to: OptionalCode | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/differences", DifferencePage)
def list_differences(request: HttpRequest, filters: Query[DifferenceFilters]) -> Any:
    """Differences, oldest first."""
    caller(request).require("reconciliation.view")
    rows = Difference.objects.select_related("own_account")
    for name in ("state", "kind", "run_id", "assigned_to"):
        if getattr(filters, name) is not None:
            rows = rows.filter(**{name: getattr(filters, name)})
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": [_difference(row) for row in shown], "next_cursor": following}


@act(router, "/differences/{difference_id}/resolution", DifferenceOut)
def settle_difference(request: HttpRequest, difference_id: Number, payload: ResolutionOfDifference) -> Any:
    """Explain a difference, or put its entry up for approval by another person."""
    who = caller(request)
    who.require("reconciliation.act")
    # The maker is the person, whatever the key is called: nobody checks what they made by a key of their own.
    row, _ = resolution_proposed(
        difference_id=difference_id, way=payload.way, reason=payload.reason, at=timezone.now(),
        actor=who.user.get_username(),
    )  # fmt: skip
    return _difference(row)


@look(router, "/differences/{difference_id}", DifferenceFull)
def get_difference(request: HttpRequest, difference_id: Number) -> Any:
    """One difference with both sides, what was found out, and what each way of settling would post."""
    caller(request).require("reconciliation.view")
    return _full(find_difference(difference_id))


@act(router, "/differences/{difference_id}/notes", DifferenceFull)
def note_on_difference(request: HttpRequest, difference_id: Number, payload: NoteIn) -> Any:
    """Note what was found out, with a file as evidence where there is one."""
    who = caller(request)
    who.require("reconciliation.act")
    try:
        content = base64.b64decode(payload.evidence, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EvidenceMissing("evidence is not base64; send the file's bytes so encoded") from error
    if bool(content) != bool(payload.evidence_name):
        raise EvidenceMissing("a file of evidence needs both its name and its content; send both or neither")
    difference_noted(
        difference_id=difference_id, text=payload.text, at=timezone.now(), actor=who.actor, evidence=content,
        evidence_name=payload.evidence_name,
    )  # fmt: skip
    return _full(find_difference(difference_id))


@act(router, "/differences/{difference_id}/assignee", DifferenceOut)
def assign_difference(request: HttpRequest, difference_id: Number, payload: DifferenceAssigneeIn) -> Any:
    """Give a difference to somebody at the platform who settles differences."""
    who = caller(request)
    who.require("reconciliation.act")
    row = difference_assigned(
        difference_id=difference_id, to=payload.assigned_to, at=timezone.now(), actor=who.actor
    )
    return _difference(row)


@look(router, "/differences/{difference_id}/notes/{note_id}/evidence", EvidenceOut)
def get_difference_evidence(request: HttpRequest, difference_id: Number, note_id: Number) -> Any:
    """The file that was kept with a note."""
    caller(request).require("reconciliation.view")
    note = kept_evidence(difference_id, note_id)
    content = base64.b64encode(bytes(note.evidence)).decode("ascii")
    return {"name": note.evidence_name, "digest": bytes(note.evidence_digest).hex(), "content": content}


def _full(row: Difference) -> dict[str, Any]:
    notes = [
        {"id": one.id, "at": one.at, "actor": one.actor, "text": one.text, "evidence_name": one.evidence_name,
         "evidence_digest": bytes(one.evidence_digest).hex()}
        for one in row.notes.order_by("id").defer("evidence")
    ]  # fmt: skip
    proposals = [
        {"way": way, "legs": [
            {"account": key.purpose, "amount_minor": amount} for key, amount in proposal(row, way).legs
        ]}
        for way in fitting_ways(row)
    ]  # fmt: skip
    return _difference(row) | sides_of(row) | {"notes": notes, "proposals": proposals}


def _difference(row: Difference) -> dict[str, Any]:
    made = {"account": row.own_account.code, "leg": LEGS[row.leg], "ways": fitting_ways(row),
            "approval_id": row.proposed.get("approval")}  # fmt: skip
    return {name: getattr(row, name) for name in DifferenceOut.model_fields if name not in made} | made
