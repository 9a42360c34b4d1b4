"""Answers about payouts, batches and receivers."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import (
    PRINTABLE,
    Code,
    Currency,
    Day,
    Number,
    OptionalCode,
    Reason,
    Strict,
)
from zhanggui.portals.api.schemas.guarded import Positive


class PayoutOut(Schema):
    """A payment of (a part of) a statement or of a document that gives money back (`cause` deposit or receipt, then
    `statement_id` is 0 and `document_id` its number); the receiver's number is masked. Of `amount_minor`, which was
    ordered, `short_minor` never left and `returned_minor` came back while the rest stays paid; both are payable
    again, by another part."""

    id: int
    number: str
    party: str
    cause: str
    statement_id: int
    document_id: int
    part: int
    batch: str
    amount_minor: int
    short_minor: int
    returned_minor: int
    currency: str
    state: str
    receiver: str
    reason_code: str
    reason: str
    made_at: datetime
    sent_at: datetime | None
    paid_at: datetime | None
    ended_at: datetime | None


class PayoutPage(Paged):
    """Payouts by id."""

    items: list[PayoutOut]


class AttemptOut(Schema):
    """One try at the bank under a number of ours."""

    end_to_end: str
    state: str
    reference: str
    reason_code: str
    recorded_at: datetime
    answered_at: datetime | None


class PayoutFull(PayoutOut):
    """A payout with its attempts."""

    attempts: list[AttemptOut]


class BatchOut(Schema):
    """Payouts that are approved and sent together."""

    id: int
    number: str
    own_account: str
    currency: str
    state: str
    payout_count: int
    total_minor: int
    made_by: str
    made_at: datetime
    approved_by: str
    approval_id: int
    sent_at: datetime | None
    done_at: datetime | None


class BatchPage(Paged):
    """Batches by id."""

    items: list[BatchOut]


class HeldUp(Schema):
    """A statement that is due, or a document that gives money back, and has something in the way; `statement` is the
    number of either."""

    party: str
    cause: str
    statement: str
    due_on: date
    amount_minor: int
    currency: str
    obstacle: str


class ProposalOut(Schema):
    """The batches that were made, and what is in the way of the rest."""

    batches: list[BatchOut]
    held_up: list[HeldUp]


class BatchFile(Schema):
    """A file that went out to a bank; its content is sealed."""

    id: int
    name: str
    kind: str
    size_bytes: int
    sha256: str
    at: datetime


class BatchFiles(Schema):
    """The files of a batch, the earliest first."""

    items: list[BatchFile]


class AnswersOut(Schema):
    """What a bank's file came to: how many of its answers were applied, known already, or could not be applied
    (`never_sent`, `amount_differs`, `contradicts`: a person has to look)."""

    file_id: int
    name: str
    kind: str
    repeated: bool
    effects: dict[str, int]


class SentOut(Schema):
    """What sending came to."""

    batch: str
    outcome: str
    sent: int
    refused: int
    reason: str


class ReceiverOut(Schema):
    """Where money goes; the number is masked."""

    id: int
    party: str
    receipt_id: int
    currency: str
    kind: str
    holder: str
    number: str
    bank: str
    state: str
    proposed_by: str
    proposed_at: datetime
    usable_from: datetime | None


class ReceiverPage(Paged):
    """Receivers by id."""

    items: list[ReceiverOut]


class ProposeIn(Strict):
    """Nothing to say: an empty object."""


class RetryIn(Strict):
    """Payouts that failed or came back, to be paid again."""

    payouts: Annotated[list[Code], Field(min_length=1, max_length=1000)]


class PayoutEvidenceIn(Strict):
    """What became of a payout the bank cannot speak of electronically, with the file that proves it (base64);
    `amount_minor` where only a part was executed or came back."""

    outcome: Literal["executed", "rejected", "returned"]
    reference: Annotated[str, Field(min_length=1, max_length=64, pattern=PRINTABLE)]
    day: Day
    file_name: Annotated[str, Field(min_length=1, max_length=255, pattern=PRINTABLE)]
    content: Annotated[str, Field(min_length=1, max_length=7_000_000, description="the file, base64")]
    reason: Reason
    amount_minor: Positive | None = None


class ReceiverIn(Strict):
    """A receiver as somebody typed it; `party` is for the platform's callers, a shop gives its own. `receipt_id` in
    place of a party (platform only): where that receipt goes back to."""

    party: OptionalCode = ""
    receipt_id: Number | None = None
    currency: Currency
    kind: Literal["bank", "wallet", "alipay"] = "bank"
    holder: Annotated[str, Field(min_length=1, max_length=140, pattern=PRINTABLE)]
    number: Annotated[str, Field(min_length=4, max_length=80, pattern=PRINTABLE)]
    bank: Annotated[str, Field(max_length=140, pattern=PRINTABLE)] = ""
    iban: Annotated[bool, Field(strict=True)] = False
    bic: OptionalCode = ""
    cnaps: OptionalCode = ""
    branch: OptionalCode = ""
    country: OptionalCode = ""


class ReceiverCloseIn(Strict):
    """Why a receiver is closed."""

    reason: Reason
