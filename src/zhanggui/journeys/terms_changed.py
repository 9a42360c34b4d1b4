"""A party's settlement terms change, from a day on."""

from datetime import date, datetime

from django.db import transaction

from zhanggui.settlement.entities.models import BusinessLine, SettlementEntity, SettlementTerms
from zhanggui.settlement.entities.operations.set_terms import set_terms


@transaction.atomic
def terms_changed(
    *, party_id: int, business_line: BusinessLine, entity: SettlementEntity, effective_from: date,
    invoice_mode: int, node: int, hold_days: int, cycle: str, due_rule: str, auto_confirm_days: int,
    calendar: str, at: datetime, actor: str, effective_before: date | None = None,
) -> SettlementTerms:  # fmt: skip
    """This function will give a party (0: everyone without own terms) new terms from `effective_from` on, until
    before `effective_before` where that is named.

    Lines already staged keep the terms frozen on them. Raises OverlappingTerms, TermsRefused, and the refusals of
    an unreadable cycle, due rule or calendar.
    """
    return set_terms(
        business_line=business_line, entity=entity, effective_from=effective_from, at=at, actor=actor,
        party_id=party_id, invoice_mode=invoice_mode, node=node, hold_days=hold_days, cycle=cycle,
        due_rule=due_rule, auto_confirm_days=auto_confirm_days, calendar=calendar, effective_before=effective_before,
    )  # fmt: skip
