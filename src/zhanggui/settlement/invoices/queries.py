"""Reads over invoices: what is due, one invoice with all its parts, the tax report and its proof."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.invoices.errors import UnknownInvoice
from zhanggui.settlement.invoices.models import (
    Invoice,
    InvoiceEvent,
    InvoiceFile,
    InvoiceLine,
    InvoicePart,
    InvoiceState,
    ReceivedInvoice,
    ReceivedState,
)
from zhanggui.settlement.invoices.tax_models import InvoicePolicy, TaxMonth
from zhanggui.settlement.invoices.tax_months import next_month
from zhanggui.settlement.statements.models import InvoiceAxis, Statement, StatementState


def invoice(party_id: int, invoice_id: int) -> Invoice | None:
    """This function will return one invoice, or None."""
    return Invoice.objects.filter(party_id=party_id, id=invoice_id).first()


def invoice_by_number(number: str) -> Invoice:
    """This function will return the invoice with our number, or the tax authority's. Raises UnknownInvoice."""
    found = Invoice.objects.filter(Q(number=number) | Q(tax_number=number)).order_by("number").first()
    if found is None:
        raise UnknownInvoice(f"there is no invoice {number!r}; `zhanggui invoices due` lists the drafts")
    return found


def received(party_id: int, received_id: int) -> ReceivedInvoice | None:
    """This function will return one received document, or None."""
    return ReceivedInvoice.objects.filter(party_id=party_id, id=received_id).first()


def file_of(party_id: int, digest: bytes) -> InvoiceFile | None:
    """This function will return a kept file, or None."""
    return InvoiceFile.objects.filter(party_id=party_id, hash=digest).first() if digest else None


def due_statements(limit: int = 100_000) -> list[tuple[int, int]]:
    """This function will return the statements (party, id) whose entity drafts now: closed, or confirmed, by its
    setting, and with something that is on no invoice or that nobody has looked at."""
    at_closing = [row.entity_id for row in InvoicePolicy.objects.filter(draft_when="closed")]
    own = set(InvoicePolicy.objects.exclude(entity_id=0).values_list("entity_id", flat=True))
    ready = Q(entity_id__in=at_closing)
    if 0 in at_closing:
        ready |= ~Q(entity_id__in=own)
    waiting = (StatementState.OPEN, StatementState.CONFIRMING)
    rows = Statement.objects.filter(invoice_axis=InvoiceAxis.PENDING).exclude(state=StatementState.OPEN)
    rows = rows.filter(~Q(state__in=waiting) | ready)
    return list(rows.order_by("ends_before", "party_id", "id").values_list("party_id", "id")[:limit])


@dataclass(frozen=True)
class Whole:
    """An invoice with everything that belongs to it."""

    row: Invoice
    lines: list[InvoiceLine]
    parts: dict[int, InvoicePart]
    events: list[InvoiceEvent]
    reds: list[Invoice]
    original: Invoice | None
    sent: list[ReceivedInvoice]
    statement: Statement


def whole(row: Invoice) -> Whole:
    """This function will read what belongs to an invoice."""
    lines = list(InvoiceLine.objects.filter(party_id=row.party_id, invoice_id=row.id).order_by("position"))
    parts = InvoicePart.objects.filter(party_id=row.party_id, id__in=[line.part_id for line in lines])
    return Whole(
        row=row,
        lines=lines,
        parts={part.id: part for part in parts},
        events=list(InvoiceEvent.objects.filter(party_id=row.party_id, invoice_id=row.id).order_by("id")),
        reds=list(Invoice.objects.filter(party_id=row.party_id, original_id=row.id).order_by("id")),
        original=invoice(row.party_id, row.original_id) if row.original_id else None,
        sent=list(ReceivedInvoice.objects.filter(party_id=row.party_id, invoice_id=row.id).order_by("id")),
        statement=Statement.objects.get(party_id=row.party_id, id=row.statement_id),
    )


def invoices_of_statement(party_id: int, statement_id: int) -> list[Invoice]:
    """This function will return a statement's invoices, voided ones last."""
    rows = Invoice.objects.filter(party_id=party_id, statement_id=statement_id).order_by("id")
    return sorted(rows, key=lambda row: row.state == InvoiceState.VOIDED)


def waiting_counts() -> dict[str, int]:
    """This function will count drafts to issue, documents to verify, and statements nobody has drafted for."""
    return {
        "to_issue": Invoice.objects.filter(state=InvoiceState.DRAFT).count(),
        "to_verify": ReceivedInvoice.objects.filter(
            state__in=[ReceivedState.RECEIVED, ReceivedState.VERIFYING]
        ).count(),
        "to_write_off": Invoice.objects.filter(state=InvoiceState.VERIFIED).count(),
    }


def waiting_of(party_id: int) -> int:
    """This function will count the invoices that a party has still to issue."""
    return Invoice.objects.filter(party_id=party_id, state=InvoiceState.EXPECTED).count()


REPORT = """
select 'output' as kind, l.rate_ppm, sum(l.net_minor)::bigint as net, sum(l.tax_minor)::bigint as tax,
  sum(l.gross_minor)::bigint as gross, count(distinct i.id)::bigint as documents
from settlement_invoice i join settlement_invoice_line l on l.party_id = i.party_id and l.invoice_id = i.id
where i.direction = 1 and i.state = 'issued' and i.kind = 'blue' and {where} group by 2
union all
select 'output_red', l.rate_ppm, sum(l.net_minor)::bigint, sum(l.tax_minor)::bigint,
  sum(l.gross_minor)::bigint, count(distinct i.id)::bigint
from settlement_invoice i join settlement_invoice_line l on l.party_id = i.party_id and l.invoice_id = i.id
where i.direction = 1 and i.state = 'issued' and i.kind = 'red' and {where} group by 2
union all
select case when i.gross_minor < 0 then 'input_red' else 'input' end, r.rate_ppm, sum(r.net_minor)::bigint,
  sum(r.tax_minor)::bigint, sum(r.net_minor + r.tax_minor)::bigint, count(distinct i.id)::bigint
from settlement_received_invoice i
cross join lateral jsonb_to_recordset(i.by_rate) as r(rate_ppm int, net_minor bigint, tax_minor bigint)
where i.state = 'verified' and {where} group by 1, 2
union all
select 'withheld', i.rate_ppm, sum(i.base_minor)::bigint, sum(i.tax_minor)::bigint,
  sum(i.base_minor)::bigint, count(*)::bigint
from settlement_withholding i where {where} group by 2
union all
select 'withheld_red', i.rate_ppm, -sum(i.base_minor)::bigint, -sum(i.tax_minor)::bigint,
  -sum(i.base_minor)::bigint, count(*)::bigint
from settlement_withholding_return i where {where} group by 2
order by 1, 2
"""
KINDS = ("output", "output_red", "input", "input_red", "withheld", "withheld_red")


def tax_report(*, entity_id: int, currency: str, month: date) -> list[dict[str, Any]]:
    """This function will return the figures to file for a month (its first day): per kind and rate the net, tax
    and gross in minor units and how many documents. For withheld tax, net and gross are the income;
    what is given back of it is negative, as red letters are."""
    where = "i.entity_id = %(entity)s and i.currency = %(currency)s and i.tax_month = %(month)s"
    rows = rows_of(
        REPORT.format(where=where),
        {"entity": entity_id, "currency": currency, "month": month},
    )
    return sorted(rows, key=lambda row: (KINDS.index(row["kind"]), row["rate_ppm"]))


DOCUMENTS = {
    "output": "select 'invoice' as page, i.party_id, i.id, i.tax_number as number, i.issued_on as day,"
    " sum(l.net_minor)::bigint as net, sum(l.tax_minor)::bigint as tax, sum(l.gross_minor)::bigint as gross"
    " from settlement_invoice i join settlement_invoice_line l on l.party_id = i.party_id and l.invoice_id = i.id"
    " where i.direction = 1 and i.state = 'issued' and i.kind = %(blue)s and l.rate_ppm = %(rate)s and {where}"
    " group by 2, 3, 4, 5 order by 5, 3",
    "input": "select 'received' as page, i.party_id, i.id, i.number, i.issued_on as day,"
    " sum(r.net_minor)::bigint as net, sum(r.tax_minor)::bigint as tax,"
    " sum(r.net_minor + r.tax_minor)::bigint as gross from settlement_received_invoice i"
    " cross join lateral jsonb_to_recordset(i.by_rate) as r(rate_ppm int, net_minor bigint, tax_minor bigint)"
    " where i.state = 'verified' and (i.gross_minor < 0) = (%(blue)s = 'red') and r.rate_ppm = %(rate)s and {where}"
    " group by 2, 3, 4, 5 order by 5, 3",
    "withheld": "select 'statement' as page, i.party_id, i.statement_id as id, s.number, s.ends_before - 1 as day,"
    " i.base_minor as net, i.tax_minor as tax, i.base_minor as gross from settlement_withholding i"
    " join settlement_statement s on s.party_id = i.party_id and s.id = i.statement_id"
    " where %(blue)s = 'blue' and i.rate_ppm = %(rate)s and {where} order by 5, 3",
    "withheld_red": "select 'statement' as page, i.party_id, i.statement_id as id, s.number,"
    " s.ends_before - 1 as day, -i.base_minor as net, -i.tax_minor as tax, -i.base_minor as gross"
    " from settlement_withholding_return i"
    " join settlement_statement s on s.party_id = i.party_id and s.id = i.statement_id"
    " where i.rate_ppm = %(rate)s and {where} order by 5, 3",
}


def tax_documents(
    *, entity_id: int, currency: str, month: date, kind: str, rate_ppm: int
) -> list[dict[str, Any]]:
    """This function will return the documents whose sums are one figure of the tax report."""
    where = "i.entity_id = %(entity)s and i.currency = %(currency)s and i.tax_month = %(month)s"
    params = {
        "entity": entity_id, "currency": currency, "month": month, "rate": rate_ppm,
        "blue": "red" if kind.endswith("_red") else "blue",
    }  # fmt: skip
    document = DOCUMENTS.get(kind) or DOCUMENTS[kind.removesuffix("_red")]
    return rows_of(document.format(where=where), params)


def months(entity_id: int, currency: str) -> list[date]:
    """This function will return the months that have documents or are filed, the latest first."""
    rows = rows_of(
        "select tax_month as month from settlement_invoice where entity_id = %s and currency = %s"
        " and tax_month is not null union select tax_month from settlement_received_invoice"
        " where entity_id = %s and currency = %s and tax_month is not null"
        " union select tax_month from settlement_withholding where entity_id = %s and currency = %s"
        " union select tax_month from settlement_withholding_return where entity_id = %s and currency = %s"
        " union select month from settlement_tax_month where entity_id = %s and currency = %s order by 1 desc",
        [entity_id, currency] * 5,
    )
    return [row["month"] for row in rows]


def closed_month(entity_id: int, currency: str, month: date) -> TaxMonth | None:
    """This function will return the filing of a month, or None while it is open."""
    return TaxMonth.objects.filter(entity_id=entity_id, currency=currency, month=month).first()


def last_day(month: date) -> date:
    """This function will return the last day of a month."""
    return next_month(month) - timedelta(days=1)


def individuals_among(keys: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """This function will return those of the statements (party, id) that are open, in the mode without invoices,
    and of a party whose tax data may say individual: candidates for withholding."""
    rows = rows_of(
        "select s.party_id, s.id from unnest(%s::bigint[], %s::bigint[]) as w(party_id, id)"
        " join settlement_statement s on s.party_id = w.party_id and s.id = w.id"
        " where s.mode = 3 and s.state = 'open' and exists (select from settlement_tax_profile p"
        "  where p.party_id = s.party_id and p.taxpayer = 'individual') order by 1, 2",
        [[party for party, _ in keys], [number for _, number in keys]],
    )
    return [(row["party_id"], row["id"]) for row in rows]
