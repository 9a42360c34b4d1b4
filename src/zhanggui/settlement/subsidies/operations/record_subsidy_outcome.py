"""Take down what a channel says of a subsidy."""

from datetime import datetime, tzinfo

from zhanggui.ledger.chart import GATEWAY_AVAILABLE, HELD_BY_SUB_MERCHANTS
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.subsidies.accounts import at_channel
from zhanggui.settlement.subsidies.models import Subsidy, SubsidyState
from zhanggui.settlement.subsidies.states import SUBSIDY, allowed


def record_subsidy_outcome(
    *, subsidy_id: int, done: bool, said: str, at: datetime, zone: tzinfo, channel_number: str = ""
) -> Subsidy:
    """This function will move a subsidy to where its channel says it is, in the caller's transaction: done, it is
    paid or called off; not done, it is asked for again. Told twice it changes nothing."""
    row = Subsidy.objects.select_for_update(of=("self",)).select_related("channel").get(id=subsidy_id)
    row.asked_again_at, row.tries = at, row.tries + 1
    state = SubsidyState.PAID if row.amount_minor else SubsidyState.CALLED_OFF
    if not done:
        row.said = said[:255] if row.state == SubsidyState.RECORDED else row.said
    elif allowed(SUBSIDY, row.state, state):
        row.state, row.said, row.channel_number, row.ended_at = state, said[:255], channel_number, at
        if row.amount_minor:
            ours, theirs = money_at_channel(row)
            post_entry(
                book_id=0, source=EntrySource.SUBSIDY_PAID, key_a=row.id, key_b=0,
                legs=[(theirs, row.amount_minor), (ours, -row.amount_minor)],
                booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
            )  # fmt: skip
    row.save(update_fields=["state", "said", "channel_number", "tries", "asked_again_at", "ended_at"])
    return row


def money_at_channel(row: Subsidy) -> tuple[AccountKey, AccountKey]:
    """This function will return the accounts of our money at the channel, and of what sub-merchants hold there."""
    ours, theirs = (
        at_channel(row.channel, purpose, entity_id=row.entity_id, currency=row.currency)
        for purpose in (GATEWAY_AVAILABLE, HELD_BY_SUB_MERCHANTS)
    )
    return ours, theirs
