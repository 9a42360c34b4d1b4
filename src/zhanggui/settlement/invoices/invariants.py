"""What must always hold of invoices; each function returns the offending rows."""

import hashlib
from typing import Any

from zhanggui.rows.reading import offending_rows, rows_of
from zhanggui.settlement.invoices.models import InvoiceFile
from zhanggui.settlement.invoices.queries import tax_report
from zhanggui.settlement.invoices.rules.axis import axis_of
from zhanggui.settlement.invoices.rules.withholding import given_back
from zhanggui.settlement.invoices.tax_models import TaxMonth

# What bears invoices by mode and fee: the same table as rules.directions, over whole sets.
_BORNE = """
select d.party_id, d.statement_id, case when f.invoice = 'output' then 1 else 2 end as direction,
  sum(case when f.invoice = 'output' then -d.amount else d.amount end)::bigint as gross,
  count(*) filter (where d.amount <> 0)::bigint as details
from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id
where ((d.mode in (1, 2) and f.invoice = 'output') or (d.mode = 2 and f.invoice = 'input'))
  and d.rule_id not in (select id from settlement_rule_version
    where content->>'payer' <> 'platform' and content->>'receiver' <> 'platform')
  and (d.party_id, d.statement_id) in (select party_id, statement_id from settlement_invoice_part)
group by 1, 2, 3
"""


def invoice_parts_differ_from_details() -> list[dict[str, Any]]:
    """Statements whose parts to invoice are not, by direction, the sum of the details that bear invoices."""
    return offending_rows(
        "select party_id, statement_id, direction, sum(parts) as parts, sum(details) as details from ("
        " select party_id, statement_id, direction, gross_minor as parts, 0 as details"
        "  from settlement_invoice_part"
        f" union all select party_id, statement_id, direction, 0, gross from ({_BORNE}) borne"
        ") both_sides group by 1, 2, 3 having sum(parts) <> sum(details)"
    )


def invoice_differs_from_lines() -> list[dict[str, Any]]:
    """Invoices whose amounts are not the sums of their lines."""
    return offending_rows(
        "select i.number, i.gross_minor, coalesce(sum(l.gross_minor), 0) as lines from settlement_invoice i"
        " left join settlement_invoice_line l on l.party_id = i.party_id and l.invoice_id = i.id"
        " group by i.party_id, i.id having i.gross_minor <> coalesce(sum(l.gross_minor), 0)"
        " or i.net_minor <> coalesce(sum(l.net_minor), 0) or i.tax_minor <> coalesce(sum(l.tax_minor), 0)"
    )


def invoice_of_other_details() -> list[dict[str, Any]]:
    """Lines whose details are of another party, entity, currency, mode or direction than their invoice, or of an
    open statement."""
    return offending_rows(
        "select i.number, l.position from settlement_invoice_line l"
        " join settlement_invoice i on i.party_id = l.party_id and i.id = l.invoice_id"
        " left join settlement_invoice_part p on p.party_id = l.party_id and p.id = l.part_id"
        " left join settlement_statement s on s.party_id = p.party_id and s.id = p.statement_id"
        " where s.id is null or s.state = 'open' or (p.fee_type_id, p.rate_ppm) <> (l.fee_type_id, l.rate_ppm)"
        " or (s.entity_id, s.mode, s.currency) <> (i.entity_id, i.mode, i.currency)"
        " or (p.entity_id, p.mode, p.currency, p.direction) <> (i.entity_id, i.mode, i.currency, i.direction)"
    )


def detail_invoiced_twice() -> list[dict[str, Any]]:
    """Parts that are on invoices, net of red letters, by more than they are, or the other way round."""
    return offending_rows(
        "select p.party_id, p.statement_id, p.id, p.gross_minor, sum(l.gross_minor) as invoiced"
        " from settlement_invoice_part p"
        " join settlement_invoice_line l on l.party_id = p.party_id and l.part_id = p.id"
        " join settlement_invoice i on i.party_id = l.party_id and i.id = l.invoice_id"
        " where i.state <> 'voided' group by p.party_id, p.id"
        " having sum(l.gross_minor) * sign(p.gross_minor) > abs(p.gross_minor)"
        " or sum(l.gross_minor) * sign(p.gross_minor) < 0"
    )


def red_above_original() -> list[dict[str, Any]]:
    """Invoices of which red letters take back more than they charged, by fee type and rate, or another party's."""
    return offending_rows(
        "select o.number, l.fee_type_id, l.rate_ppm, sum(l.gross_minor) as left_over from settlement_invoice o"
        " join settlement_invoice r on r.party_id = o.party_id and (r.id = o.id or r.original_id = o.id)"
        " join settlement_invoice_line l on l.party_id = r.party_id and l.invoice_id = r.id"
        " where o.kind = 'blue' and r.state <> 'voided' group by 1, 2, 3"
        # An invoice may deduct more of one fee than it charges of it, where others of the rate make up for it.
        " having bool_or(r.kind = 'red') and (sum(l.gross_minor) < 0 or sum(l.tax_minor) < 0)"
        " union all select r.number, 0, 0, r.gross_minor from settlement_invoice r"
        " left join settlement_invoice o on o.party_id = r.party_id and o.id = r.original_id"
        " and (o.entity_id, o.mode, o.currency, o.direction) = (r.entity_id, r.mode, r.currency, r.direction)"
        " and o.kind = 'blue' where r.kind = 'red' and o.id is null"
    )


def invoice_axis_differs() -> list[dict[str, Any]]:
    """Statements whose axis is not what their invoices say."""
    rows = rows_of(
        "select s.number, s.invoice_axis, array_agg(distinct i.state::text) filter (where i.state <> 'voided')"
        " as states from settlement_statement s"
        " left join settlement_invoice i on i.party_id = s.party_id and i.statement_id = s.id"
        " where s.invoice_axis <> 'pending' or i.id is not null group by s.party_id, s.id",
        [],
    )
    return [
        row for row in rows
        if row["invoice_axis"] not in (axis_of(row["states"] or []), "pending")
        or (row["invoice_axis"] == "pending" and "draft" in (row["states"] or []))
    ][:1000]  # fmt: skip


def received_above_expected() -> list[dict[str, Any]]:
    """Expected invoices that are covered beyond their amount, or called received without being covered."""
    return offending_rows(
        "select i.number, i.gross_minor, coalesce(sum(r.gross_minor), 0) as received from settlement_invoice i"
        " left join settlement_received_invoice r on r.party_id = i.party_id and r.invoice_id = i.id"
        "  and r.state <> 'rejected' where i.direction = 2 group by i.party_id, i.id"
        " having coalesce(sum(r.gross_minor), 0) * sign(i.gross_minor) > abs(i.gross_minor)"
        " or (i.state in ('received', 'verified', 'written_off')"
        "  and coalesce(sum(r.tax_minor), 0) <> i.tax_minor)"
        " or (i.state in ('received', 'verified', 'written_off')"
        "  and coalesce(sum(r.gross_minor), 0) <> i.gross_minor)"
    )


def verified_by_uploader() -> list[dict[str, Any]]:
    """Received invoices that were decided about by who entered them."""
    return offending_rows(
        "select number, uploaded_by from settlement_received_invoice"
        " where decided_by <> '' and decided_by = uploaded_by"
    )


def withholding_differs_from_detail() -> list[dict[str, Any]]:
    """Tax withheld that is not the detail it names, on the statement it names."""
    return offending_rows(
        "select w.party_id, w.statement_id, w.tax_minor, d.amount from settlement_withholding w"
        " left join settlement_detail d on d.party_id = w.party_id and d.line_id = w.line_id and d.event_id = 0"
        " and d.position = 1 where d.amount is distinct from -w.tax_minor"
        " or d.statement_id is distinct from w.statement_id"
        " union all"
        " select r.party_id, r.statement_id, r.tax_minor, d.amount from settlement_withholding_return r"
        " left join settlement_detail d on d.party_id = r.party_id and d.line_id = r.line_id and d.event_id = 0"
        " and d.position = 1 where coalesce(d.amount, 0) <> r.tax_minor"
        " or (r.line_id <> 0 and d.statement_id is distinct from r.statement_id)"
    )


def withheld_tax_given_back_differs() -> list[dict[str, Any]]:
    """Statements of whose withheld tax another share was given back than refunds took of the income it was on."""
    rows = rows_of(
        "select w.party_id, w.statement_id, w.base_minor, w.tax_minor, sum(r.taken_minor)::bigint as taken,"
        " sum(r.base_minor)::bigint as base, sum(r.tax_minor)::bigint as tax from settlement_withholding w"
        " join settlement_withholding_return r on r.party_id = w.party_id"
        " and r.origin_statement_id = w.statement_id group by w.party_id, w.statement_id",
        [],
    )
    return [
        row for row in rows
        if (row["base"], row["tax"])
        != given_back(tax=row["tax_minor"], base=row["base_minor"], before=0, taken=row["taken"])
    ][:1000]  # fmt: skip


def filed_month_changed() -> list[dict[str, Any]]:
    """Filed tax months whose documents no longer add up to the figures that were filed."""
    return [
        {"entity_id": row.entity_id, "currency": row.currency, "month": row.month}
        for row in TaxMonth.objects.order_by("id")
        if tax_report(entity_id=row.entity_id, currency=row.currency, month=row.month) != row.figures
    ][:1000]


def invoice_file_changed() -> list[dict[str, Any]]:
    """Kept files whose content no longer has their hash."""
    return [
        {"party_id": row.party_id, "name": row.name}
        for row in InvoiceFile.objects.order_by("party_id", "hash").iterator(chunk_size=20)
        if hashlib.sha256(bytes(row.content)).digest() != bytes(row.hash)
    ][:1000]
