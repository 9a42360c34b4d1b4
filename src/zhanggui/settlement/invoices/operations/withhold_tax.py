"""Withhold tax from an individual on the statement that is about to close: a charge of its own, posted at once."""

from datetime import datetime, time, timedelta, tzinfo

import numpy as np

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.sources import EntrySource
from zhanggui.parties.models import Party
from zhanggui.rows.times import microseconds
from zhanggui.settlement.billing.legs import Side
from zhanggui.settlement.billing.operations.settle_blocks import settle_blocks
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import BusinessLine, InvoiceMode
from zhanggui.settlement.intake.models import Charge
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord, post_charges
from zhanggui.settlement.invoices.rules.withholding import Withheld, withheld
from zhanggui.settlement.invoices.tax_data import profile, withholding_table
from zhanggui.settlement.invoices.tax_models import Taxpayer, Withholding
from zhanggui.settlement.invoices.tax_months import month_for
from zhanggui.settlement.statements.models import Statement, StatementState

FEE = "tax_withheld"
# What was moved here from another statement was income there; deposits, reserves and loans are no income.
INCOME = """
select coalesce(sum(d.amount), 0)::bigint as income, max(d.business_line_id) as business_line_id
from settlement_detail d join settlement_fee_type f on f.id = d.fee_type_id
where d.party_id = %s and d.statement_id = %s and d.kind not in (5, 6)
  and f.counter_purpose <> '2221.02' and f."group" not in ('deposit', 'reserve', 'finance')
"""


def withhold_tax(
    *, party_id: int, statement_id: int, at: datetime, zone: tzinfo, actor: str
) -> Withholding | None:
    """This function will put the tax of an individual's open statement on it, as a charge of the last second of
    its period, in the caller's transaction, which holds `statements.locks.hold_for_closing`.

    Only in mode "no invoice", where the party's tax data say individual and a table holds on the statement's
    last day; once a statement. Returns None where nothing is to be withheld.
    """
    row = Statement.objects.get(party_id=party_id, id=statement_id)
    last = row.ends_before - timedelta(days=1)
    data = profile(party_id, row.entity_id, last)
    table = withholding_table(row.entity_id, row.currency, last)
    if (
        row.mode != InvoiceMode.NONE or row.state != StatementState.OPEN or table is None or data is None
        or data.taxpayer != Taxpayer.INDIVIDUAL
        or Withholding.objects.filter(party_id=party_id, statement_id=statement_id).exists()
    ):  # fmt: skip
        return None
    [found] = rows_of(INCOME, [party_id, statement_id])
    result = withheld(
        found["income"], allowance_minor=table.allowance_minor, allowance_ppm=table.allowance_ppm,
        brackets=table.brackets,
    )  # fmt: skip
    if result.tax <= 0:
        return None
    line = BusinessLine.objects.get(id=found["business_line_id"])
    moment = datetime.combine(last, time(23, 59, 59), tzinfo=zone)
    charge = _charge(row, line, result, moment, at, zone, actor)
    _settle(row, charge, moment, at, zone)
    record_change(
        at=at, actor=actor, action="tax.withheld", object_kind="statement", object_id=row.number,
        party_id=party_id, after={"income_minor": found["income"], "taxable_minor": result.taxable,
                                  "rate_ppm": result.rate_ppm, "tax_minor": result.tax, "table": table.id},
    )  # fmt: skip
    return Withholding.objects.create(
        party_id=party_id, statement_id=statement_id, entity_id=row.entity_id, currency=row.currency,
        table_id=table.id, base_minor=found["income"], taxable_minor=result.taxable, rate_ppm=result.rate_ppm,
        tax_minor=result.tax, line_id=charge.line_id, tax_month=month_for(row.entity_id, row.currency, last),
        at=at,
    )  # fmt: skip


def _charge(
    row: Statement,
    line: BusinessLine,
    result: Withheld,
    moment: datetime,
    at: datetime,
    zone: tzinfo,
    actor: str,
) -> Charge:
    record = ChargeRecord(
        charge_no=f"WHT-{row.number}", party=Party.objects.get(id=row.party_id).code, fee=FEE,
        currency=row.currency, amount=-result.tax, base=result.taxable, occurred_at=moment,
        memo=f"tax withheld on {row.number}",
    )  # fmt: skip
    batch = post_charges(
        business_line=line, key=f"withheld-{row.number}", records=[record], at=at, zone=zone, actor=actor
    )
    charge = Charge.objects.get(party_id=row.party_id, batch_id=batch.id)
    if charge.state != "accepted":
        raise RuntimeError(f"tax of {row.number} cannot be withheld: {charge.reject_message}")
    return charge


def _settle(row: Statement, charge: Charge, moment: datetime, at: datetime, zone: tzinfo) -> None:
    """On this very statement, whatever terms hold by now."""

    def one(value: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([value], dtype=np.int64)

    now = one(microseconds(moment))
    block = BilledBlock(
        party_id=one(row.party_id), line_id=one(charge.line_id), event_id=one(0),
        merchant_id=one(row.party_id), order_id=one(charge.line_id), statement_id=one(row.id),
        cumulative_before=one(0), quantity=one(0), done=one(0), step=one(0), whole=one(0), occurred_us=now,
        billable_us=now, entity_id=one(row.entity_id), business_line_id=one(charge.business_line_id),
        rule_set_id=one(0), kind=one(EntrySource.CHARGE), mode=one(row.mode),
        currency=np.array([row.currency.encode()], dtype="S3"), fee_types=one(charge.fee_type_id)[:, None],
        rules=one(0)[:, None], bases=one(charge.base_minor)[:, None], amounts=one(charge.amount_minor)[:, None],
    )  # fmt: skip
    settle_blocks(sides=[Side(block, one(row.billed_account_id))], at=at, zone=zone)
