"""Set a party's settlement terms from a date on."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.entities.errors import OverlappingTerms, TermsRefused
from zhanggui.settlement.entities.models import BusinessLine, SettlementEntity, SettlementTerms
from zhanggui.settlement.entities.rules.calendars import calendar_of
from zhanggui.settlement.entities.rules.due_dates import DueRule
from zhanggui.settlement.entities.rules.periods import Cycle

DAYS_MOST = 3650


@transaction.atomic
def set_terms(
    *,
    business_line: BusinessLine,
    entity: SettlementEntity,
    effective_from: date,
    at: datetime,
    actor: str,
    party_id: int = 0,
    effective_before: date | None = None,
    **settings: object,
) -> SettlementTerms:
    """This function will add terms from `effective_from` on, ending the open row before them.

    `party_id` 0 sets the business line's defaults. `settings` are the other columns of SettlementTerms.
    Lines already staged keep the terms frozen on them. Raises OverlappingTerms when a row would still hold
    on a day of the new one, TermsRefused, and the period package's refusals for an unreadable cycle, due rule or
    calendar.
    """
    Cycle.parse(str(settings.get("cycle", "month:1")))
    DueRule.parse(str(settings.get("due_rule", "D+7")))
    calendar_of(str(settings.get("calendar", "CN")))
    _check(effective_from, effective_before, settings)
    BusinessLine.objects.select_for_update().get(id=business_line.id)  # one change of terms at a time
    rows = list(
        SettlementTerms.objects.filter(party_id=party_id, business_line=business_line).order_by(
            "effective_from"
        )
    )
    for row in rows:
        if row.effective_before is None and row.effective_from < effective_from:
            SettlementTerms.objects.filter(id=row.id).update(effective_before=effective_from)
            row.effective_before = effective_from
        starts_inside = effective_before is None or row.effective_from < effective_before
        ends_inside = row.effective_before is None or row.effective_before > effective_from
        if starts_inside and ends_inside:
            raise OverlappingTerms(
                f"terms {row.id} of party {party_id} hold from {row.effective_from} to "
                f"{row.effective_before or 'further notice'} and would overlap; start later or end before them"
            )
    terms = SettlementTerms(
        party_id=party_id, business_line=business_line, entity=entity,
        effective_from=effective_from, effective_before=effective_before, **settings,
    )  # fmt: skip
    terms.save(force_insert=True)
    record_change(
        at=at, actor=actor, action="terms.set", object_kind="settlement_terms", object_id=str(terms.id),
        party_id=party_id, after={"from": effective_from.isoformat(), "entity": entity.code,
                                  **{name: str(value) for name, value in settings.items()}},
    )  # fmt: skip
    return terms


def _check(effective_from: date, effective_before: date | None, settings: Mapping[str, object]) -> None:
    if effective_before is not None and effective_before <= effective_from:
        raise TermsRefused(
            f"the terms begin on {effective_from} and end before {effective_before}; name a later end, or none"
        )
    for name in ("hold_days", "auto_confirm_days"):
        days = settings.get(name, 0)
        if not isinstance(days, int) or not 0 <= days <= DAYS_MOST:
            raise TermsRefused(f"{name} is {days}; give whole days from 0 to {DAYS_MOST}", field=name)
