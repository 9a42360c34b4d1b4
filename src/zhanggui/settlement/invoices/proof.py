"""Whether what is filed agrees with the ledger: every difference by the statement or fee it comes from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.invoices.queries import last_day

_LEDGER = """
select coalesce(-sum(d.amount), 0)::bigint as balance from ledger_account a
join ledger_delta d on d.account_id = a.id
where a.purpose = %(purpose)s and a.entity_id = %(entity)s and a.currency = %(currency)s
  and d.booked_date <= %(day)s
"""
_BY_STATEMENT = """
select s.party_id, s.id, s.number, s.mode, s.state, s.invoice_axis, sum(posted)::bigint as posted,
  sum(invoiced)::bigint as invoiced, sum(inside)::bigint as inside
from (
  select d.party_id, d.statement_id, -d.amount as posted, 0 as invoiced, 0 as inside
  from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id and f.counter_purpose = '2221.01'
  where d.entity_id = %(entity)s and d.currency = %(currency)s
    and (d.billable_at at time zone %(zone)s)::date <= %(day)s
  union all
  select p.party_id, p.statement_id, 0, l.tax_minor, case when p.inside then l.tax_minor else 0 end
  from settlement_invoice i
  join settlement_invoice_line l on l.party_id = i.party_id and l.invoice_id = i.id
  join settlement_invoice_part p on p.party_id = l.party_id and p.id = l.part_id
  where i.direction = 1 and i.state = 'issued' and i.entity_id = %(entity)s and i.currency = %(currency)s
    and i.tax_month <= %(month)s) found
join settlement_statement s on s.party_id = found.party_id and s.id = found.statement_id
group by s.party_id, s.id having sum(posted) <> sum(invoiced) order by s.ends_before, s.id
"""
_WITHHELD = """
select f.id as fee_type_id, sum(posted)::bigint as posted, sum(filed)::bigint as filed from (
  select d.fee_type_id, -d.amount as posted, 0 as filed
  from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id and f.counter_purpose = '2221.02'
  where d.entity_id = %(entity)s and d.currency = %(currency)s
    and (d.billable_at at time zone %(zone)s)::date <= %(day)s
  union all
  select (select id from settlement_fee_type where code = 'tax_withheld'), 0, w.tax_minor
  from settlement_withholding w where w.entity_id = %(entity)s and w.currency = %(currency)s
    and w.tax_month <= %(month)s
  union all
  select (select id from settlement_fee_type where code = 'tax_withheld'), 0, -r.tax_minor
  from settlement_withholding_return r where r.entity_id = %(entity)s and r.currency = %(currency)s
    and r.tax_month <= %(month)s) found
join settlement_fee_type f on f.id = found.fee_type_id group by 1 having sum(posted) <> sum(filed) order by 1
"""


@dataclass(frozen=True)
class TaxProof:
    """Ledger and filing through a month, minor units; `unexplained` is what no listed difference accounts for."""

    account: str
    ledger: int
    filed: int
    differences: list[dict[str, Any]]
    unexplained: int


def tax_proof(*, entity_id: int, currency: str, month: date, zone: str) -> list[TaxProof]:
    """This function will hold everything filed through a month (its first day) against the ledger accounts of VAT
    (2221.01) and of withheld tax (2221.02), and list each difference: output tax by statement, with the reason,
    withheld tax by fee type. `zone` names the business time zone."""
    params = {"entity": entity_id, "currency": currency, "month": month, "day": last_day(month), "zone": zone}
    return [_output(params), _withheld(params)]


def _reason(row: dict[str, Any]) -> str:
    if row["state"] == "open":
        return "not_closed"
    if row["mode"] == 3:
        return "no_invoice_mode"
    if row["inside"] and row["posted"] - row["invoiced"] == -row["inside"]:
        return "inside_price"
    if row["invoice_axis"] in ("pending", "to_issue"):
        return "not_issued"
    return "other_month"


def _output(params: dict[str, Any]) -> TaxProof:
    [ledger] = rows_of(_LEDGER, params | {"purpose": "2221.01"})
    [filed] = rows_of(
        "select coalesce(sum(tax_minor), 0)::bigint as tax from settlement_invoice where direction = 1"
        " and state = 'issued' and entity_id = %(entity)s and currency = %(currency)s and tax_month <= %(month)s",
        params,
    )
    rows = [
        {"party_id": row["party_id"], "statement_id": row["id"], "number": row["number"],
         "posted": row["posted"], "filed": row["invoiced"], "difference": row["posted"] - row["invoiced"],
         "reason": _reason(row)}
        for row in rows_of(_BY_STATEMENT, params)
    ]  # fmt: skip
    explained = sum(row["difference"] for row in rows)
    off = ledger["balance"] - filed["tax"]
    return TaxProof("2221.01", ledger["balance"], filed["tax"], rows, off - explained)


def _withheld(params: dict[str, Any]) -> TaxProof:
    [ledger] = rows_of(_LEDGER, params | {"purpose": "2221.02"})
    [filed] = rows_of(
        "select coalesce(sum(tax_minor), 0)::bigint as tax from ("
        " select tax_minor, entity_id, currency, tax_month from settlement_withholding union all"
        " select -tax_minor, entity_id, currency, tax_month from settlement_withholding_return) found"
        " where entity_id = %(entity)s and currency = %(currency)s and tax_month <= %(month)s",
        params,
    )
    rows = [
        {"fee_type_id": row["fee_type_id"], "posted": row["posted"], "filed": row["filed"],
         "difference": row["posted"] - row["filed"], "reason": "not_ours_to_file"}
        for row in rows_of(_WITHHELD, params)
    ]  # fmt: skip
    explained = sum(row["difference"] for row in rows)
    off = ledger["balance"] - filed["tax"]
    return TaxProof("2221.02", ledger["balance"], filed["tax"], rows, off - explained)
