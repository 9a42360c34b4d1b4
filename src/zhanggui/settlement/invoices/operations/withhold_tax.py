"""Withhold tax from an individual on the statement that is about to close: a charge of its own, posted at once."""

from datetime import datetime, timedelta, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.entities.models import InvoiceMode
from zhanggui.settlement.invoices.charged import Told, charged
from zhanggui.settlement.invoices.operations.give_back_tax import give_back_tax
from zhanggui.settlement.invoices.rules.withholding import withheld
from zhanggui.settlement.invoices.tax_data import profile, withholding_table
from zhanggui.settlement.invoices.tax_models import Taxpayer, Withholding
from zhanggui.settlement.invoices.tax_months import month_for
from zhanggui.settlement.statements.models import Statement, StatementState

# What was moved here from another statement was income there; deposits, reserves and loans are no income.
INCOME = """
select coalesce(sum(d.amount), 0)::bigint as income, max(d.business_line_id) as business_line_id
from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id
where d.party_id = %s and d.statement_id = %s and d.kind not in (5, 6, 34)
  and f.counter_purpose <> '2221.02' and f."group" not in ('deposit', 'reserve', 'finance')
"""


def withhold_tax(
    *, party_id: int, statement_id: int, at: datetime, zone: tzinfo, actor: str
) -> Withholding | None:
    """This function will put the tax of an individual's open statement on it, as a charge of the last second of
    its period, in the caller's transaction, which holds `statements.locks.hold_for_closing`.

    First the tax of earlier statements whose goods came back is given back, whatever the party is by now. Then tax
    is withheld: only in mode "no invoice", where the party's tax data say individual and a table holds on the
    statement's last day; once a statement. Returns None where nothing is to be withheld.
    """
    row = Statement.objects.get(party_id=party_id, id=statement_id)
    done = Withholding.objects.filter(party_id=party_id, statement_id=statement_id)
    if row.mode != InvoiceMode.NONE or row.state != StatementState.OPEN or done.exists():
        return None
    [found] = rows_of(INCOME, [party_id, statement_id])
    line = found["business_line_id"]
    given_back = give_back_tax(statement=row, business_line_id=line, at=at, zone=zone, actor=actor)
    last = row.ends_before - timedelta(days=1)
    data, table = profile(party_id, row.entity_id, last), withholding_table(row.entity_id, row.currency, last)
    if table is None or data is None or data.taxpayer != Taxpayer.INDIVIDUAL:
        return None
    income = found["income"] + given_back
    result = withheld(
        income, allowance_minor=table.allowance_minor, allowance_ppm=table.allowance_ppm,
        brackets=table.brackets,
    )  # fmt: skip
    if result.tax <= 0:
        return None
    told = Told(f"WHT-{row.number}", -result.tax, result.taxable, f"tax withheld on {row.number}")
    number = charged(row, told, business_line_id=line, at=at, zone=zone, actor=actor)
    record_change(
        at=at, actor=actor, action="tax.withheld", object_kind="statement", object_id=row.number,
        party_id=party_id, after={"income_minor": income, "taxable_minor": result.taxable,
                                  "rate_ppm": result.rate_ppm, "tax_minor": result.tax, "table": table.id},
    )  # fmt: skip
    return Withholding.objects.create(
        party_id=party_id, statement_id=statement_id, entity_id=row.entity_id, currency=row.currency,
        table_id=table.id, base_minor=income, taxable_minor=result.taxable, rate_ppm=result.rate_ppm,
        tax_minor=result.tax, line_id=number, tax_month=month_for(row.entity_id, row.currency, last), at=at,
    )  # fmt: skip
