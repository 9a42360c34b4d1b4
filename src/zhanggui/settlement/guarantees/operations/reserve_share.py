"""Reserve a share of a statement that was just confirmed, and cover amounts frozen before."""

from datetime import datetime, timedelta, tzinfo

from zhanggui.settlement.guarantees.models import Hold, HoldKind
from zhanggui.settlement.guarantees.operations.hold_amount import hold_amount
from zhanggui.settlement.guarantees.queries import reserve_policy
from zhanggui.settlement.guarantees.rules import reserve_of
from zhanggui.settlement.statements.models import Statement


def reserve_share(*, statement: Statement, at: datetime, zone: tzinfo, actor: str) -> Hold | None:
    """This function will put the reserve of a confirmed, locked statement on hold, as the policy of the day says,
    in the caller's transaction, and return the hold; None where nothing is reserved."""
    day = at.astimezone(zone).date()
    policy = reserve_policy(statement.party_id, statement.entity_id, day)
    if policy is None:
        return None
    net = statement.net_minor - statement.carried_minor
    amount = reserve_of(statement.payable_minor, net, policy.rate_ppm)
    if not amount:
        return None
    hold = Hold.objects.create(
        party_id=statement.party_id, entity_id=statement.entity_id, currency=statement.currency,
        kind=HoldKind.RESERVE, statement_id=statement.id, wanted_minor=amount, rate_ppm=policy.rate_ppm,
        release_on=day + timedelta(days=policy.days), reason=statement.number, made_at=at,
        made_by=actor,
    )  # fmt: skip
    hold_amount(hold=hold, statement=statement, amount_minor=amount, at=at, zone=zone, actor=actor)
    return hold


def cover_frozen(*, statement: Statement, at: datetime, zone: tzinfo, actor: str) -> None:
    """This function will take from a confirmed, locked statement what frozen amounts of the party still lack, the
    oldest first, in the caller's transaction."""
    holds = Hold.objects.select_for_update().filter(
        party_id=statement.party_id, entity_id=statement.entity_id, currency=statement.currency,
        kind=HoldKind.AMOUNT, released_at=None,
    ).order_by("id")  # fmt: skip
    for hold in holds:
        amount = min(hold.wanted_minor - hold.held_minor, statement.payable_minor)
        if amount > 0:
            hold_amount(hold=hold, statement=statement, amount_minor=amount, at=at, zone=zone, actor=actor)
