"""Take money from a confirmed statement and put it on hold."""

from datetime import datetime, tzinfo

from django.db.models import F

from zhanggui.ledger.chart import CONFIRMED, RESERVED
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.guarantees.models import Hold, HoldMovement
from zhanggui.settlement.statements.models import Statement


def hold_amount(
    *, hold: Hold, statement: Statement, amount_minor: int, at: datetime, zone: tzinfo, actor: str
) -> HoldMovement:
    """This function will move `amount_minor` between a locked, confirmed statement and a locked hold, in the
    caller's transaction: positive takes it from the statement, negative gives it back. The caller has seen
    that it is payable, or held."""
    movement = HoldMovement.objects.create(
        hold=hold, party_id=hold.party_id, statement_id=statement.id, amount_minor=amount_minor, at=at,
        actor=actor,
    )  # fmt: skip
    post_entry(
        book_id=hold.party_id, source=EntrySource.HOLD, key_a=movement.id, key_b=0,
        legs=[
            (AccountKey(statement.entity_id, CONFIRMED, hold.party_id, statement.id, statement.currency),
             amount_minor),
            (AccountKey(statement.entity_id, RESERVED, hold.party_id, 0, statement.currency), -amount_minor),
        ],
        booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
    )  # fmt: skip
    Statement.objects.filter(party_id=hold.party_id, id=statement.id).update(
        withheld_minor=F("withheld_minor") + amount_minor
    )
    statement.withheld_minor += amount_minor
    hold.held_minor += amount_minor
    hold.save()
    return movement
