"""What programs send and get of invoices. Amounts are minor units from the issuer's side: red ones are negative."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from zhanggui.portals.api.schemas.fields import AMOUNT_MAX, Day, Minor, Reason, Strict
from zhanggui.portals.api.schemas.outgoing import Paged

TaxNumber = Annotated[str, Field(min_length=4, max_length=40, pattern=r"^[0-9A-Za-z-]+$")]
TaxCode = Annotated[str, Field(max_length=20, pattern=r"^[0-9A-Za-z-]*$")]
Ppm = Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="parts per million: 13% is 130000")]
Signed = Annotated[int, Field(strict=True, ge=-AMOUNT_MAX, le=AMOUNT_MAX, description="minor units")]
FileText = Annotated[str, Field(max_length=7_200_000, description="the file, base64")]


class FileIn(Strict):
    """The file of an invoice: PDF, XML or OFD, at most 5 MB."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    content: FileText


class IssueIn(Strict):
    """What the tax authority gave a draft; `gross_minor` must be the draft's."""

    tax_number: TaxNumber
    tax_number_code: TaxCode = ""
    issued_on: Day
    gross_minor: Signed
    file: FileIn | None = None


class RedLineIn(Strict):
    """How much of a line to take back, a positive amount."""

    position: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    gross_minor: Minor


class RedLetterIn(Strict):
    """Why, and how much of which lines; without lines everything that is left."""

    reason: Reason
    lines: Annotated[list[RedLineIn], Field(max_length=1_000, default_factory=list)]


class VoidIn(Strict):
    """Why."""

    reason: Reason


class DraftIn(Strict):
    """Nothing to say: an empty object."""


class AtRateIn(Strict):
    """Net and tax of one rate."""

    rate_ppm: Ppm
    net_minor: Signed
    tax_minor: Signed


class DocumentIn(Strict):
    """An invoice that a party issued, towards one that is expected of it."""

    number: TaxNumber
    number_code: TaxCode = ""
    issued_on: Day
    by_rate: Annotated[list[AtRateIn], Field(min_length=1, max_length=50)]
    file: FileIn | None = None


class VerificationIn(Strict):
    """Whether the document is right; if not, why."""

    verified: Annotated[bool, Field(strict=True)]
    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""


class InvoiceOut(Schema):
    """One invoice: a draft or issued one of ours, or one that we expect."""

    id: int
    number: str
    party: str
    entity: str
    direction: str
    kind: str
    state: str
    statement_id: int
    original_id: int | None
    invoice_mode: str
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    tax_number: str
    tax_number_code: str
    issued_on: date | None
    tax_month: date | None
    reason: str
    drafted_at: datetime
    issued_at: datetime | None


class InvoicePage(Paged):
    """Invoices by id."""

    items: list[InvoiceOut]


class InvoiceLineOut(Schema):
    """One line; `details` says of how many billing details it is the sum."""

    position: int
    fee: str
    rate_ppm: int
    tax_code: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    details: int


class DocumentOut(Schema):
    """A document that a party sent."""

    id: int
    invoice_id: int
    number: str
    number_code: str
    state: str
    issued_on: date
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    by_rate: list[dict[str, int]]
    uploaded_by: str
    decided_by: str
    reason: str


class InvoiceFull(InvoiceOut):
    """An invoice with its lines, both sides, what was sent, and what is still missing by rate."""

    seller: dict[str, Any]
    buyer: dict[str, Any]
    lines: list[InvoiceLineOut]
    documents: list[DocumentOut]
    differences: list[dict[str, int]]


class Drafted(Schema):
    """The drafts that were made now."""

    items: list[InvoiceOut]


class NotDrafted(Schema):
    """A statement that could not be drafted for, and why."""

    statement: str
    code: str
    message: str


class DraftRun(Drafted):
    """The drafts that were made now, of how many statements, and which were refused; at most 2,000 statements."""

    statements: int
    refused: list[NotDrafted]


class InvoiceDetailOut(Schema):
    """One billing detail on an invoice line; the amount is as invoiced."""

    detail: str
    fee: str
    occurred_at: datetime
    amount_minor: int


class InvoiceDetails(Schema):
    """The details of one line, and their sum."""

    items: list[InvoiceDetailOut]
    sum_minor: int


class TaxFigure(Schema):
    """One figure to file; `rate_ppm` is its rate."""

    kind: str
    rate_ppm: int
    net_minor: int
    tax_minor: int
    gross_minor: int
    documents: int


class TaxProofOut(Schema):
    """A ledger account against what is filed through the month."""

    account: str
    ledger_minor: int
    filed_minor: int
    differences: list[dict[str, Any]]
    unexplained_minor: int


class TaxReportOut(Schema):
    """The tax report of a month."""

    entity: str
    currency: str
    month: str
    closed: bool
    figures: list[TaxFigure]
    proof: list[TaxProofOut]
