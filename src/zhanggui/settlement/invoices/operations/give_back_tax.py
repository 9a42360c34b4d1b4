"""Give back tax that was withheld on earlier statements whose goods came back since."""

from datetime import datetime, timedelta, tzinfo

from django.db.models import Sum

from zhanggui.audit.operations.record_change import record_change
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.invoices.charged import Told, charged
from zhanggui.settlement.invoices.rules.withholding import given_back
from zhanggui.settlement.invoices.tax_models import Withholding, WithholdingReturn
from zhanggui.settlement.invoices.tax_months import month_for
from zhanggui.settlement.statements.models import Statement

# The same details as count for income, of refunds alone, by the statement of the sale.
TAKEN = """
select o.statement_id as origin_id, -sum(d.amount)::bigint as taken
from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id
join settlement_billed_line o on o.party_id = d.party_id and o.line_id = d.line_id and o.event_id = 0
join settlement_withholding w on w.party_id = o.party_id and w.statement_id = o.statement_id
where d.party_id = %s and d.statement_id = %s and d.kind = 2
  and f.counter_purpose <> '2221.02' and f."group" not in ('deposit', 'reserve', 'finance')
group by 1 order by 1
"""


def give_back_tax(
    *, statement: Statement, business_line_id: int, at: datetime, zone: tzinfo, actor: str
) -> int:
    """This function will put on an open statement, as charges of its last second, the share of the tax withheld on
    the statement of each sale that its refunds take back, in the caller's transaction, which holds
    `statements.locks.hold_for_closing`. It returns the income (minor units) whose tax that was: it is no loss of
    this statement's own income.

    Shares are cumulative, so that refunds in any steps give back the tax to the minor unit, never more.
    """
    total = 0
    for found in rows_of(TAKEN, [statement.party_id, statement.id]):
        origin = Withholding.objects.get(party_id=statement.party_id, statement_id=found["origin_id"])
        before = (
            WithholdingReturn.objects.filter(
                party_id=statement.party_id, origin_statement_id=found["origin_id"]
            ).aggregate(taken=Sum("taken_minor"))["taken"]
            or 0
        )
        base, tax = given_back(
            tax=origin.tax_minor, base=origin.base_minor, before=before, taken=found["taken"]
        )
        total += base
        number, line = Statement.objects.get(party_id=origin.party_id, id=origin.statement_id).number, 0
        if tax:
            told = Told(f"WHR-{statement.number}-{origin.statement_id}", tax, base,
                        f"tax withheld on {number} given back")  # fmt: skip
            line = charged(statement, told, business_line_id=business_line_id, at=at, zone=zone, actor=actor)
        _keep(statement, origin, number, found["taken"], base, tax, line, at, actor)
    return total


def _keep(
    statement: Statement,
    origin: Withholding,
    number: str,
    taken: int,
    base: int,
    tax: int,
    line: int,
    at: datetime,
    actor: str,
) -> None:
    last = statement.ends_before - timedelta(days=1)
    WithholdingReturn.objects.create(
        party_id=statement.party_id, statement_id=statement.id, origin_statement_id=origin.statement_id,
        entity_id=statement.entity_id, currency=statement.currency, rate_ppm=origin.rate_ppm,
        taken_minor=taken, base_minor=base, tax_minor=tax, line_id=line,
        tax_month=month_for(statement.entity_id, statement.currency, last), at=at,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="tax.given_back", object_kind="statement", object_id=statement.number,
        party_id=statement.party_id,
        after={"withheld_on": number, "taken_minor": taken, "base_minor": base, "tax_minor": tax},
    )  # fmt: skip
