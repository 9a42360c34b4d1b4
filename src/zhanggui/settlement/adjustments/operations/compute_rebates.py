"""Compute what an agreement gives on every period that is over, and give the difference to what was given."""

from datetime import date, datetime, timedelta, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.adjustments.models import (
    Adjustment,
    AdjustmentKind,
    DocumentState,
    Rebate,
    RebateAgreement,
)
from zhanggui.settlement.adjustments.operations.issue_adjustment import put_on_statement
from zhanggui.settlement.adjustments.queries import sales_by_day
from zhanggui.settlement.adjustments.rules import Derived, read_tiers, rebate_of
from zhanggui.settlement.entities.rules.periods import Cycle, Period, periods_between
from zhanggui.settlement.fees.queries.fee_types import catalogue

FEE = "rebate"


def compute_rebates(
    *, agreement_id: int, through: date, at: datetime, zone: tzinfo, actor: str
) -> list[Rebate]:
    """This function will compute an approved agreement over its periods that ended by `through`, in the caller's
    transaction, which holds `locks.hold_for_filling`, and return what it gave or took back.

    A sale counts in the period in which it became billable; a refund lowers the period of its sale, however
    late it comes. Run again without news it gives nothing.
    """
    agreement = (
        RebateAgreement.objects.select_for_update(of=("self",))
        .select_related("business_line")
        .get(id=agreement_id)
    )
    if agreement.state != DocumentState.APPROVED:
        return []
    periods = _periods(agreement, through)
    if not periods:
        return []
    sales = sales_by_day(
        party_id=agreement.party_id, business_line_id=agreement.business_line_id,
        first=periods[0].starts_on, before=periods[-1].ends_before, zone=str(zone),
    )  # fmt: skip
    given: dict[date, list[Rebate]] = {}
    for run in Rebate.objects.filter(agreement=agreement).order_by("sequence"):
        given.setdefault(run.starts_on, []).append(run)
    tiers = read_tiers(agreement.tiers)
    made = []
    for period in periods:
        base = sum(amount for day, amount in sales.items() if day in period)
        derived = rebate_of(base, tiers, method=agreement.method, cap_minor=agreement.cap_minor)
        runs = given.get(period.starts_on, [])
        if derived.total_minor != (runs[-1].total_minor if runs else 0):
            made.append(_give(agreement, period, derived, runs, at, zone, actor))
    return made


def _periods(agreement: RebateAgreement, through: date) -> list[Period]:
    """The agreement's periods that are over, cut to its dates."""
    if through < agreement.effective_from:
        return []
    found = []
    for period in periods_between(Cycle.parse(agreement.cycle), agreement.effective_from, through):
        begins = max(period.starts_on, agreement.effective_from)
        stops = min(period.ends_before, agreement.effective_before or period.ends_before)
        if begins < stops <= through + timedelta(days=1):
            found.append(Period(starts_on=begins, ends_before=stops))
    return found


def _give(
    agreement: RebateAgreement, period: Period, derived: Derived, runs: list[Rebate], at: datetime,
    zone: tzinfo, actor: str,
) -> Rebate:  # fmt: skip
    before = runs[-1].total_minor if runs else 0
    amount = derived.total_minor - before
    adjustment = Adjustment(
        party_id=agreement.party_id, business_line=agreement.business_line, kind=AdjustmentKind.REBATE,
        fee_type_id=catalogue().by_code[FEE].id, currency=agreement.currency, amount_minor=amount,
        base_minor=derived.base_minor, evidence=agreement.number, approval_id=agreement.approval_id,
        reason=f"{agreement.name} {period.starts_on}/{period.last_day} #{len(runs) + 1}",
        made_at=at, made_by=actor,
    )  # fmt: skip
    adjustment.save(force_insert=True)
    adjustment.line_id = put_on_statement(adjustment, at=at, zone=zone, actor=actor)
    adjustment.state, adjustment.ended_at = DocumentState.APPROVED, at
    adjustment.save(update_fields=["line_id", "state", "ended_at"])
    rebate = Rebate.objects.create(
        agreement=agreement, party_id=agreement.party_id, starts_on=period.starts_on,
        ends_before=period.ends_before, sequence=len(runs) + 1, base_minor=derived.base_minor,
        derivation=derived.document(method=agreement.method, cap_minor=agreement.cap_minor),
        total_minor=derived.total_minor, before_minor=before, amount_minor=amount, adjustment=adjustment,
        computed_at=at,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="rebate.computed", object_kind="rebate_agreement",
        object_id=agreement.number, party_id=agreement.party_id,
        after={"period": f"{period.starts_on}/{period.ends_before}", "base_minor": derived.base_minor,
               "amount_minor": amount, "adjustment": adjustment.number},
    )  # fmt: skip
    return rebate
