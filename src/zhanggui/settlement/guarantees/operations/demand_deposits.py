"""Work out what parties must have deposited, and ask those that are short to top up."""

from datetime import date, datetime, timedelta

from zhanggui.audit.operations.record_change import record_change
from zhanggui.rows.reading import rows_of
from zhanggui.rows.times import day_number
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.guarantees.locks import lock_deposit
from zhanggui.settlement.guarantees.models import Deposit
from zhanggui.settlement.guarantees.queries import categories_sold, requirements_on
from zhanggui.settlement.guarantees.rules import required_deposit

DAYS_TO_TOP_UP = 15
SELLERS = "select distinct merchant_id from settlement_staged_line where business_line_id = %s"


def demand_deposits(*, business_line: BusinessLine, today: date, at: datetime, actor: str) -> list[Deposit]:
    """This function will set the requirement of every party that sold on a business line, and return the deposits
    for which a demand is new or larger, in the caller's transaction. Run again without news it asks nothing.

    A party has DAYS_TO_TOP_UP days from the first demand.
    """
    rows = requirements_on(business_line.id, today)
    known = list(
        Deposit.objects.filter(currency=business_line.currency, required_minor__gt=0).values_list(
            "party_id", flat=True
        )
    )
    if not rows and not known:
        return []
    sellers = sorted({row["merchant_id"] for row in rows_of(SELLERS, [business_line.id])})
    sold = categories_sold(business_line.id, sellers)
    book = TermsBook.load(business_line.id)
    demanded = []
    for party_id in sellers:
        terms = book.find(party_id, day_number(today))
        required = required_deposit(rows, party_id=party_id, categories=sold[party_id])
        if terms is None or (not required and party_id not in known):
            continue
        deposit = lock_deposit(party_id=party_id, entity_id=terms.entity_id, currency=business_line.currency)
        if _demand(deposit, required, today, at):
            demanded.append(deposit)
    for deposit in demanded:
        record_change(
            at=at, actor=actor, action="deposit.demanded", object_kind="deposit", object_id=str(deposit.id),
            party_id=deposit.party_id,
            after={"required_minor": deposit.required_minor, "short_minor": deposit.demanded_minor},
        )  # fmt: skip
    return demanded


def _demand(deposit: Deposit, required: int, today: date, at: datetime) -> bool:
    before = deposit.demanded_minor
    deposit.required_minor = required
    deposit.demanded_minor = deposit.short_minor
    if not deposit.demanded_minor:
        deposit.demanded_at, deposit.top_up_by = None, None
    elif not before:
        deposit.demanded_at, deposit.top_up_by = at, today + timedelta(days=DAYS_TO_TOP_UP)
    deposit.save()
    return deposit.demanded_minor > before
