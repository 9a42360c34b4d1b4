"""Reads over adjustments and rebates."""

from datetime import date
from typing import Any

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.adjustments.models import Adjustment, DocumentState, Rebate, RebateAgreement
from zhanggui.settlement.fees.queries.fee_types import catalogue

# Fees an adjustment may use are what other systems may send, and our own; not what documents move.
NOT_ADJUSTED = ("goods", "discount", "carry", "deposit", "reserve", "split")
SALES_GROUPS = ("goods", "discount")

# The goods side of sales and of their refunds, by the business day the sale became billable.
SALES = """
select (s.billable_at at time zone %(zone)s)::date as day, sum(d.amount)::bigint as amount
from settlement_billed_line s
join settlement_detail d on d.party_id = s.party_id and d.line_id = s.line_id and d.kind in (1, 2)
join settlement_fee_type f on f.id = d.fee_type_id and f."group" = any(%(groups)s)
where s.party_id = %(party)s and s.business_line_id = %(line)s and s.event_id = 0 and s.kind = 1
  and s.merchant_id = s.party_id
  and (s.billable_at at time zone %(zone)s)::date >= %(first)s
  and (s.billable_at at time zone %(zone)s)::date < %(before)s
group by 1
"""


def adjustment(adjustment_id: int) -> Adjustment | None:
    """This function will return one adjustment, or None."""
    return Adjustment.objects.select_related("business_line", "reverses").filter(id=adjustment_id).first()


def adjustment_by_line(party_id: int, line_id: int) -> Adjustment | None:
    """This function will return the adjustment that became this billed line, or None."""
    return Adjustment.objects.filter(party_id=party_id, line_id=line_id).first()


def pending_adjustments() -> int:
    """This function will count the adjustments that wait for a decision."""
    return Adjustment.objects.filter(state=DocumentState.PENDING).count()


def rebate_of_adjustment(adjustment_id: int) -> Rebate | None:
    """This function will return the run of a rebate that an adjustment came from, or None."""
    return Rebate.objects.select_related("agreement").filter(adjustment_id=adjustment_id).first()


def runs_of(agreement_id: int) -> list[Rebate]:
    """This function will return what an agreement gave, the latest period first."""
    return list(
        Rebate.objects.select_related("adjustment")
        .filter(agreement_id=agreement_id)
        .order_by("-starts_on", "-sequence")
    )


def active_agreements(today: date) -> list[RebateAgreement]:
    """This function will return the approved agreements that began before `today`."""
    return list(
        RebateAgreement.objects.select_related("business_line")
        .filter(state=DocumentState.APPROVED, effective_from__lt=today)
        .order_by("id")
    )


def sales_by_day(
    *, party_id: int, business_line_id: int, first: date, before: date, zone: str
) -> dict[date, int]:
    """This function will sum the goods side of a merchant's sales less their refunds (minor units) by the day
    the sale became billable, however late the refund came."""
    rows = rows_of(
        SALES,
        {"party": party_id, "line": business_line_id, "first": first, "before": before, "zone": zone,
         "groups": list(SALES_GROUPS)},
    )  # fmt: skip
    return {row["day"]: row["amount"] for row in rows}


def adjustable_fees() -> list[Any]:
    """This function will return the fee types an adjustment may use, in catalogue order."""
    return [fee for fee in catalogue().by_id.values() if fee.group not in NOT_ADJUSTED]
