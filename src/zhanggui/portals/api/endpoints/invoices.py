"""Invoices: drafted, issued, taken back, sent, verified, checked off; the tax report; papers."""

import base64
import binascii
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.input_invoice_received import (
    Sent,
    input_invoice_received,
    input_invoice_rejected,
    input_invoice_verified,
)
from zhanggui.journeys.invoice_changed import (
    draft_voided,
    invoice_checked_off,
    red_letter_drafted,
    statement_invoiced,
)
from zhanggui.journeys.invoice_issued import invoice_issued
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.endpoints.statements import find_statement
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import READ_ERRORS, ErrorAnswer, act, look
from zhanggui.portals.api.schemas import invoices as shapes
from zhanggui.portals.api.schemas.fields import Code, Currency, Number
from zhanggui.portals.desk.papers.invoice import invoice_paper, sides_of
from zhanggui.portals.desk.papers.statement import statement_paper
from zhanggui.settlement.entities.models import InvoiceMode, SettlementEntity
from zhanggui.settlement.invoices.bearing import details_of_part
from zhanggui.settlement.invoices.coverage import differences
from zhanggui.settlement.invoices.errors import InvoiceFileRefused
from zhanggui.settlement.invoices.files import Attachment
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.models import Invoice, ReceivedInvoice
from zhanggui.settlement.invoices.operations.receive_invoice import AtRate
from zhanggui.settlement.invoices.proof import tax_proof
from zhanggui.settlement.invoices.queries import closed_month, tax_report, whole
from zhanggui.settlement.invoices.tax_models import Direction

router = Router(tags=["invoices"])
SAME = (
    "id", "number", "kind", "state", "statement_id", "currency", "net_minor", "tax_minor", "gross_minor",
    "tax_number", "tax_number_code", "issued_on", "tax_month", "reason", "drafted_at", "issued_at",
)  # fmt: skip
SENT = (
    "id", "invoice_id", "number", "number_code", "state", "issued_on", "currency", "net_minor", "tax_minor",
    "gross_minor", "by_rate", "uploaded_by", "decided_by", "reason",
)  # fmt: skip
PDF = {"responses": {"200": {"description": "The paper", "content": {"application/pdf": {
    "schema": {"type": "string", "format": "binary"}}}}}}  # fmt: skip
Language = Literal["zh", "en"]


class InvoiceFilters(Schema):
    """Which invoices."""

    party: Code | None = None
    direction: Literal["output", "input"] | None = None
    state: Literal["draft", "issued", "voided", "expected", "received", "verified", "written_off"] | None = (
        None
    )
    statement_id: Number | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class ReportFilters(Schema):
    """Which month of which entity."""

    entity: Code
    currency: Currency
    month: Annotated[str, Field(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$", description="2026-03")]


class PaperFilters(Schema):
    """The language of a paper."""

    language: Language = "zh"


class LineFilters(Schema):
    """Which line, by its place."""

    position: Annotated[int, Field(ge=1, le=10_000)]


@look(router, "/invoices", shapes.InvoicePage)
def list_invoices(request: HttpRequest, filters: Query[InvoiceFilters]) -> Any:
    """Invoices by id."""
    who = caller(request)
    who.require("invoices.view", "own_invoices.view")
    with who.reading():
        rows = Invoice.objects.all()
        party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
        if party is not None:
            rows = rows.filter(party_id=party)
        if filters.direction is not None:
            rows = rows.filter(direction=Direction[filters.direction.upper()])
        if filters.state is not None:
            rows = rows.filter(state=filters.state)
        if filters.statement_id is not None:
            rows = rows.filter(statement_id=filters.statement_id)
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
        items = invoice_documents(shown)
    return {"items": items, "next_cursor": following}


@look(router, "/invoices/{invoice_id}", shapes.InvoiceFull)
def get_invoice(request: HttpRequest, invoice_id: Number) -> Any:
    """One invoice, with its lines and what was sent towards it."""
    who = caller(request)
    who.require("invoices.view", "own_invoices.view")
    with who.reading():
        return full_document(find_invoice(who, invoice_id))


@look(router, "/invoices/{invoice_id}/details", shapes.InvoiceDetails)
def list_invoice_details(request: HttpRequest, invoice_id: Number, filters: Query[LineFilters]) -> Any:
    """The billing details that one line sums up, at most 10,000."""
    who = caller(request)
    who.require("invoices.view", "own_invoices.view")
    with who.reading():
        found = whole(find_invoice(who, invoice_id))
        line = next((one for one in found.lines if one.position == filters.position), None)
        if line is None:
            raise NotFound(
                f"Invoice {found.row.number} has no line {filters.position}", position=filters.position
            )
        part = found.parts[line.part_id]
    # The invoice is the caller's, as the database said; which fees bear it stands in rules that shops cannot read.
    rows = details_of_part(part, 10_000)
    sign = -1 if part.direction == Direction.OUTPUT else 1
    items = [
        {"detail": f"{row['party_id']}-{row['line_id']}-{row['event_id']}-{row['position']}",
         "fee": naming.fee_code(row["fee_type_id"]), "occurred_at": row["occurred_at"],
         "amount_minor": sign * row["amount"]}
        for row in rows
    ]  # fmt: skip
    return {"items": items, "sum_minor": sum(item["amount_minor"] for item in items)}


@act(router, "/statements/{statement_id}/invoices", shapes.Drafted, status=201)
def draft_statement_invoices(request: HttpRequest, statement_id: Number, payload: shapes.DraftIn) -> Any:
    """Draft what a closed statement has to be invoiced for; again, only what is on no invoice yet."""
    who = caller(request)
    who.require("invoices.act")
    row = find_statement(who, statement_id)
    made = statement_invoiced(party_id=row.party_id, statement_id=row.id, at=timezone.now(), actor=who.actor)
    return {"items": invoice_documents(made)}


@act(router, "/invoice-runs", shapes.DraftRun)
def run_invoices(request: HttpRequest, payload: shapes.DraftIn) -> Any:
    """Draft what is due on every statement; the clock does it each morning. One refused does not stop the others."""
    who = caller(request)
    who.require("invoices.act")
    done = invoices_due(clock=timezone.now, actor=who.actor, limit=2_000)
    refused = [
        {"statement": number, "code": refusal.code, "message": refusal.message}
        for number, refusal in done.refused
    ]
    return {"items": invoice_documents(done.invoices), "statements": done.statements, "refused": refused}


@act(router, "/invoices/{invoice_id}/issue", shapes.InvoiceFull)
def issue_draft(request: HttpRequest, invoice_id: Number, payload: shapes.IssueIn) -> Any:
    """Enter the number that the tax authority gave a draft; from then on it never changes."""
    who = caller(request)
    who.require("invoices.act")
    row = find_invoice(who, invoice_id)
    issued = Issued(
        payload.tax_number, payload.issued_on, payload.tax_number_code, payload.gross_minor,
        attachment=_attachment(payload.file),
    )  # fmt: skip
    row = invoice_issued(
        party_id=row.party_id, invoice_id=row.id, issued=issued, at=timezone.now(),
        zone=timezone.get_default_timezone(), actor=who.actor,
    )  # fmt: skip
    return full_document(row)


@act(router, "/invoices/{invoice_id}/red-letter", shapes.InvoiceOut, status=201)
def draft_red(request: HttpRequest, invoice_id: Number, payload: shapes.RedLetterIn) -> Any:
    """Draft a red letter (红字) against an issued invoice; never above what is left of it."""
    who = caller(request)
    who.require("invoices.act")
    row = find_invoice(who, invoice_id)
    made = red_letter_drafted(
        party_id=row.party_id, invoice_id=row.id, reason=payload.reason, at=timezone.now(), actor=who.actor,
        amounts={line.position: line.gross_minor for line in payload.lines},
    )  # fmt: skip
    return invoice_documents([made])[0]


@act(router, "/invoices/{invoice_id}/void", shapes.InvoiceOut)
def void_invoice(request: HttpRequest, invoice_id: Number, payload: shapes.VoidIn) -> Any:
    """Void a draft, or an expected invoice towards which nothing was sent."""
    who = caller(request)
    who.require("invoices.act")
    row = find_invoice(who, invoice_id)
    row = draft_voided(party_id=row.party_id, invoice_id=row.id, reason=payload.reason, at=timezone.now(),
                     actor=who.actor)  # fmt: skip
    return invoice_documents([row])[0]


@act(router, "/invoices/{invoice_id}/documents", shapes.DocumentOut, status=201)
def send_document(request: HttpRequest, invoice_id: Number, payload: shapes.DocumentIn) -> Any:
    """Send an invoice towards an expected one: right to the cent, all of it or a part."""
    who = caller(request)
    who.require("invoices.act", "own_invoices.act")
    with who.reading():
        row = find_invoice(who, invoice_id)
    sent = Sent(
        payload.number, payload.issued_on,
        [AtRate(one.rate_ppm, one.net_minor, one.tax_minor) for one in payload.by_rate], payload.number_code,
        _attachment(payload.file),
    )  # fmt: skip
    made = input_invoice_received(
        party_id=row.party_id, invoice_id=row.id, sent=sent, at=timezone.now(),
        zone=timezone.get_default_timezone(), actor=who.user.get_username(),
    )  # fmt: skip
    return sent_document(made)


@act(router, "/received-invoices/{received_id}/verification", shapes.DocumentOut)
def verify_document(request: HttpRequest, received_id: Number, payload: shapes.VerificationIn) -> Any:
    """Verify what a party sent, or turn it down; never by who entered it."""
    who = caller(request)
    who.require("invoices.act")
    row = ReceivedInvoice.objects.filter(id=received_id).first()
    if row is None:
        raise NotFound(f"There is no received invoice {received_id}", received_id=received_id)
    given = {"party_id": row.party_id, "received_id": row.id, "at": timezone.now(),
             "checker": who.user.get_username()}  # fmt: skip
    if payload.verified:
        return sent_document(input_invoice_verified(**given, zone=timezone.get_default_timezone()))
    return sent_document(input_invoice_rejected(**given, reason=payload.reason))


@act(router, "/invoices/{invoice_id}/write-off", shapes.InvoiceOut)
def check_off_invoice(request: HttpRequest, invoice_id: Number, payload: shapes.DraftIn) -> Any:
    """Check a verified input invoice off against its statement (核销)."""
    who = caller(request)
    who.require("invoices.act")
    row = find_invoice(who, invoice_id)
    row = invoice_checked_off(party_id=row.party_id, invoice_id=row.id, at=timezone.now(), actor=who.actor)
    return invoice_documents([row])[0]


@look(router, "/tax-report", shapes.TaxReportOut)
def get_tax_report(request: HttpRequest, filters: Query[ReportFilters]) -> Any:
    """The figures to file for a month, and every difference to the ledger."""
    who = caller(request)
    who.require("invoices.view")
    entity = SettlementEntity.objects.filter(code=filters.entity).first()
    if entity is None:
        raise NotFound(f"There is no entity {filters.entity}", entity=filters.entity)
    given: dict[str, Any] = {
        "entity_id": entity.id, "currency": filters.currency, "month": date.fromisoformat(f"{filters.month}-01"),
    }  # fmt: skip
    figures = [
        {"kind": row["kind"], "rate_ppm": row["rate_ppm"], "net_minor": row["net"], "tax_minor": row["tax"],
         "gross_minor": row["gross"], "documents": row["documents"]}
        for row in tax_report(**given)
    ]  # fmt: skip
    proof = [
        {"account": one.account, "ledger_minor": one.ledger, "filed_minor": one.filed,
         "differences": one.differences, "unexplained_minor": one.unexplained}
        for one in tax_proof(**given, zone=timezone.get_default_timezone_name())
    ]  # fmt: skip
    return {"entity": entity.code, "currency": filters.currency, "month": filters.month, "figures": figures,
            "closed": closed_month(**given) is not None, "proof": proof}  # fmt: skip


@router.get("/statements/{statement_id}/paper", response=dict.fromkeys(READ_ERRORS, ErrorAnswer),
            operation_id="get_statement_paper", openapi_extra=PDF)  # fmt: skip
def get_statement_paper(request: HttpRequest, statement_id: Number, filters: Query[PaperFilters]) -> Any:
    """A statement as a PDF, its figures those of the statement to the cent."""
    who = caller(request)
    who.require("statements.view", "own_statements.view")
    with who.reading():
        row = find_statement(who, statement_id)
        content = statement_paper(row, language=filters.language, printed_at=timezone.now())
    return _paper(content, row.number)


@router.get("/invoices/{invoice_id}/paper", response=dict.fromkeys(READ_ERRORS, ErrorAnswer),
            operation_id="get_invoice_paper", openapi_extra=PDF)  # fmt: skip
def get_invoice_paper(request: HttpRequest, invoice_id: Number, filters: Query[PaperFilters]) -> Any:
    """An invoice as a PDF to check and to copy from; never the invoice itself."""
    who = caller(request)
    who.require("invoices.view", "own_invoices.view")
    with who.reading():
        row = find_invoice(who, invoice_id)
        content = invoice_paper(whole(row), language=filters.language, printed_at=timezone.now())
    return _paper(content, row.number)


def _paper(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type="application/pdf", headers={
        "Content-Disposition": f'attachment; filename="{name}.pdf"'})  # fmt: skip


def _attachment(file: shapes.FileIn | None) -> Attachment | None:
    if file is None:
        return None
    try:
        return Attachment(file.name, base64.b64decode(file.content, validate=True))
    except (binascii.Error, ValueError):
        raise InvoiceFileRefused(f"{file.name} is not base64; encode the file's bytes") from None


def find_invoice(who: Caller, invoice_id: int) -> Invoice:
    """The invoice, as far as the caller may see it. Raises NotFound."""
    rows = Invoice.objects.filter(id=invoice_id)
    row = rows.first() if who.is_platform else rows.filter(party_id=who.party_id).first()
    if row is None:
        raise NotFound(f"There is no invoice {invoice_id}", invoice_id=invoice_id)
    return row


def invoice_documents(rows: list[Invoice]) -> list[dict[str, Any]]:
    """Invoices as `InvoiceOut`."""
    entities, parties = naming.entity_codes(), naming.party_codes(row.party_id for row in rows)
    return [
        {name: getattr(row, name) for name in SAME}
        | {
            "party": parties[row.party_id], "entity": entities.get(row.entity_id, ""),
            "direction": Direction(row.direction).name.lower(), "original_id": row.original_id or None,
            "invoice_mode": InvoiceMode(row.mode).name.lower(),
        }
        for row in rows
    ]  # fmt: skip


def sent_document(row: ReceivedInvoice) -> dict[str, Any]:
    """A received document as `DocumentOut`."""
    return {name: getattr(row, name) for name in SENT}


def full_document(row: Invoice) -> dict[str, Any]:
    """An invoice as `InvoiceFull`."""
    found = whole(row)
    seller, buyer = sides_of(found, timezone.now())
    lines = [
        {"position": line.position, "fee": naming.fee_code(line.fee_type_id), "rate_ppm": line.rate_ppm,
         "tax_code": line.tax_code, "net_minor": line.net_minor, "tax_minor": line.tax_minor,
         "gross_minor": line.gross_minor, "details": found.parts[line.part_id].detail_count}
        for line in found.lines
    ]  # fmt: skip
    missing = differences(row.party_id, row.id) if row.direction == Direction.INPUT else []
    return invoice_documents([row])[0] | {
        "seller": seller, "buyer": buyer, "lines": lines, "differences": missing,
        "documents": [sent_document(one) for one in found.sent],
    }  # fmt: skip
