"""Payouts and their batches: listed, proposed, sent, paid again."""

import base64
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import File, Form, Query, Router, Schema, UploadedFile

from zhanggui.files.checking import check_size
from zhanggui.journeys.bank_answered import ANSWER_FILES, bank_answered
from zhanggui.journeys.payout_evidenced import payout_evidenced
from zhanggui.journeys.payout_file_opened import payout_file_opened
from zhanggui.journeys.payouts_proposed import payouts_proposed, payouts_retried
from zhanggui.journeys.payouts_sent import batch_sent
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound, UnknownParameter
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import READ_ERRORS, ErrorAnswer, act, ask, look
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.guarded import AskedOut
from zhanggui.portals.api.schemas.payouts import (
    AnswersOut,
    BatchFiles,
    BatchPage,
    PayoutEvidenceIn,
    PayoutFull,
    PayoutPage,
    ProposalOut,
    ProposeIn,
    RetryIn,
    SentOut,
)
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.errors import EvidenceIncomplete
from zhanggui.settlement.payouts.models import (
    BatchState,
    Payout,
    PayoutAttempt,
    PayoutBatch,
    PayoutFile,
    PayoutState,
)
from zhanggui.settlement.payouts.operations.settle_by_evidence import Evidence
from zhanggui.settlement.payouts.queries import batch_by_number

router = Router(tags=["payouts"])
PAYOUT = ("id", "number", "cause", "statement_id", "document_id", "part", "amount_minor", "short_minor",
          "returned_minor", "currency", "state", "reason_code", "reason",
          "made_at", "sent_at", "paid_at", "ended_at")  # fmt: skip
BATCH = ("id", "number", "currency", "state", "payout_count", "total_minor", "made_by", "made_at", "approved_by",
         "approval_id", "sent_at", "done_at")  # fmt: skip
BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
ATTEMPT = ("end_to_end", "state", "reference", "reason_code", "recorded_at", "answered_at")


class PayoutFilters(Schema):
    """Which payouts."""

    party: Code | None = None
    state: PayoutState | None = None
    batch: Code | None = None
    statement_id: Number | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class BatchFilters(Schema):
    """Which batches."""

    state: BatchState | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/payouts", PayoutPage)
def list_payouts(request: HttpRequest, filters: Query[PayoutFilters]) -> Any:
    """Payouts by id; a shop sees its own."""
    who = caller(request)
    who.require("payouts.view", "own_payouts.view")
    batch = batch_by_number(filters.batch) if filters.batch else None
    with who.reading():
        rows = Payout.objects.all()
        party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
        wanted = {"party_id": party, "state": filters.state, "statement_id": filters.statement_id}
        rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
        if filters.batch:
            rows = rows.filter(batch_id=batch.id if batch else 0)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _payouts(shown), "next_cursor": following}


@look(router, "/payouts/{number}", PayoutFull)
def show_payout(request: HttpRequest, number: Code) -> Any:
    """One payout with its attempts."""
    who = caller(request)
    who.require("payouts.view", "own_payouts.view")
    with who.reading():
        row = Payout.objects.filter(number=number).first()
        attempts = list(PayoutAttempt.objects.filter(payout_id=row.id).order_by("attempt")) if row else []
    if row is None:
        raise NotFound(f"there is no payout {number}", number=number)
    told = [{name: getattr(one, name) for name in ATTEMPT} for one in attempts]
    return _payouts([row])[0] | {"attempts": told}


@look(router, "/payout-batches", BatchPage)
def list_payout_batches(request: HttpRequest, filters: Query[BatchFilters]) -> Any:
    """Batches by id."""
    caller(request).require("payouts.view")
    rows = PayoutBatch.objects.all()
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _batches(shown), "next_cursor": following}


@act(router, "/payout-batches", ProposalOut)
def propose_payouts(request: HttpRequest, payload: ProposeIn) -> Any:
    """Put what is due into batches and ask for their approval; says what is in the way of the rest."""
    who = caller(request)
    who.require("payouts.make")
    proposal = payouts_proposed(
        at=timezone.now(), zone=timezone.get_default_timezone(), actor=who.user.get_username()
    )
    codes = naming.party_codes(due.party_id for due in proposal.held_up)
    held_up = [
        {"party": codes.get(due.party_id, ""), "cause": due.cause, "statement": due.number, "due_on": due.due_on,
         "amount_minor": due.amount_minor, "currency": due.currency, "obstacle": due.obstacle}
        for due in proposal.held_up
    ]  # fmt: skip
    return {"batches": _batches(proposal.batches), "held_up": held_up}


@act(router, "/payouts/{number}/evidence", AskedOut, status=201)
def bring_payout_evidence(request: HttpRequest, number: Code, payload: PayoutEvidenceIn) -> Any:
    """State what became of a payout, or of a part of it, with proof; another person approves it."""
    who = caller(request)
    who.require("payouts.make")
    try:
        content = base64.b64decode(payload.content, validate=True)
    except ValueError as error:
        raise EvidenceIncomplete("content is not base64; send the file's bytes so encoded") from error
    row = payout_evidenced(
        number=number, at=timezone.now(), zone=timezone.get_default_timezone(), maker=who.user.get_username(),
        evidence=Evidence(
            payload.outcome, payload.reference, payload.day, payload.file_name, content, payload.reason,
            amount_minor=payload.amount_minor,
        ),
    )  # fmt: skip
    return {
        "number": row.subject,
        "state": row.state,
        "approval_id": row.id,
        "amount_minor": row.amount_minor,
    }


@act(router, "/payouts/retries", ProposalOut)
def retry_payouts(request: HttpRequest, payload: RetryIn) -> Any:
    """Propose new payouts in the place of those that failed or came back."""
    who = caller(request)
    who.require("payouts.make")
    made = payouts_retried(
        numbers=payload.payouts, at=timezone.now(), zone=timezone.get_default_timezone(),
        actor=who.user.get_username(),
    )  # fmt: skip
    return {"batches": _batches(made), "held_up": []}


@ask(router, "/payout-batches/{number}/sending", SentOut)
def send_payout_batch(request: HttpRequest, number: Code, payload: ProposeIn) -> Any:
    """Send an approved batch. Needs no key: a batch is sent once, and asking again is refused as not approved."""
    who = caller(request)
    who.require("payouts.make")
    done = batch_sent(
        number=number, clock=timezone.now, zone=timezone.get_default_timezone(), actor=who.user.get_username()
    )
    return {"batch": done.number, "outcome": done.outcome, "sent": done.sent, "refused": done.refused,
            "reason": done.reason}  # fmt: skip


@look(router, "/payout-batches/{number}/files", BatchFiles)
def list_payout_files(request: HttpRequest, number: Code) -> Any:
    """The files that went out of a batch."""
    caller(request).require("payouts.view")
    batch = batch_by_number(number)
    if batch is None:
        raise NotFound(f"there is no payout batch {number}", number=number)
    rows = PayoutFile.objects.filter(batch_id=batch.id, direction="out").order_by("id")
    same = ("id", "name", "kind", "size_bytes", "at")
    return {
        "items": [
            {name: getattr(row, name) for name in same} | {"sha256": bytes(row.sha256).hex()} for row in rows
        ]
    }


@router.get(
    "/payout-batches/{number}/files/{file_id}",
    response=dict.fromkeys(READ_ERRORS, ErrorAnswer),
    operation_id="get_payout_file",
    openapi_extra={"responses": {"200": {"description": "The file"} | BINARY}},
)
def get_payout_file(request: HttpRequest, number: Code, file_id: Number) -> Any:
    """One file as the bank takes it. Whole account numbers stand in it: for who may send payouts, and each time it
    is written down."""
    who = caller(request)
    who.require("payouts.make")
    file, content = payout_file_opened(
        batch=number, file_id=file_id, at=timezone.now(), actor=who.user.get_username(), where="API"
    )
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


@act(router, "/payout-answers", AnswersOut)
def take_in_bank_answers(request: HttpRequest, own_account: Form[Code], file: File[UploadedFile]) -> Any:
    """Take in a file in which the bank of an account of ours says what became of payouts, of at most 64 MB, as
    multipart/form-data: pain.002, camt.052, camt.053 or camt.054, or the result file of the account's bank template.
    All of it is applied or nothing. `effects` counts what the answers came to; the same file again is `repeated`."""
    who = caller(request)
    who.require("payouts.make")
    for name, values in [*request.POST.lists(), *request.FILES.lists()]:
        if name not in ("own_account", "file") or len(values) > 1:
            raise UnknownParameter(
                f"The part {name!r} is not taken, or stands there twice; send `own_account` and `file` once each",
                part=name,
            )
    name = PurePath(file.name or "").name
    check_size(name, file.size or 0, ANSWER_FILES)
    done = bank_answered(
        own_account=own_account, name=name, content=b"".join(file.chunks()), clock=timezone.now,
        zone=timezone.get_default_timezone(), actor=who.user.get_username(),
    )  # fmt: skip
    return {"file_id": done.file_id, "name": done.name, "kind": done.kind, "repeated": done.repeated,
            "effects": done.effects}  # fmt: skip


def _payouts(rows: Sequence[Payout]) -> list[dict[str, Any]]:
    codes = naming.party_codes(row.party_id for row in rows)
    numbers = dict(
        PayoutBatch.objects.filter(id__in={row.batch_id for row in rows}).values_list("id", "number")
    )
    return [
        {name: getattr(row, name) for name in PAYOUT}
        | {
            "party": codes.get(row.party_id, ""),
            "batch": numbers[row.batch_id],
            "receiver": row.receiver_masked,
        }
        for row in rows
    ]


def _batches(rows: Sequence[PayoutBatch]) -> list[dict[str, Any]]:
    accounts = dict(OwnAccount.objects.values_list("id", "code"))
    return [
        {name: getattr(row, name) for name in BATCH} | {"own_account": accounts[row.own_account_id]}
        for row in rows
    ]
