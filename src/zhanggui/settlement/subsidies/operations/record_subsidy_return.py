"""Take down what became of a subsidy that is taken back."""

from datetime import datetime, tzinfo

from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.subsidies.models import Subsidy, SubsidyReturn, SubsidyReturnState
from zhanggui.settlement.subsidies.operations.record_subsidy_outcome import money_at_channel
from zhanggui.settlement.subsidies.states import RETURN, allowed


def record_subsidy_return(
    *, return_id: int, state: SubsidyReturnState, said: str, at: datetime, zone: tzinfo
) -> SubsidyReturn:
    """This function will move a subsidy being taken back to `state`, in the caller's transaction: what came back is
    ours again at the channel, what failed stays with the sub-merchant; in its state still, it is asked for again."""
    row = SubsidyReturn.objects.select_for_update().get(id=return_id)
    row.asked_again_at, row.tries = at, row.tries + 1
    if row.state == SubsidyReturnState.RECORDED:
        row.said = said[:255]
    if allowed(RETURN, row.state, state):
        subsidy = (
            Subsidy.objects.select_for_update(of=("self",)).select_related("channel").get(id=row.subsidy_id)
        )
        row.state, row.ended_at = state, at
        if state == SubsidyReturnState.SUCCEEDED:
            ours, theirs = money_at_channel(subsidy)
            post_entry(
                book_id=0, source=EntrySource.SUBSIDY_TAKEN_BACK, key_a=row.id, key_b=0,
                legs=[(ours, row.amount_minor), (theirs, -row.amount_minor)],
                booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
            )  # fmt: skip
        else:
            subsidy.returned_minor -= row.amount_minor
            subsidy.save(update_fields=["returned_minor"])
    row.save(update_fields=["state", "said", "tries", "asked_again_at", "ended_at"])
    return row


def subsidy_stays(*, refund_no: str, at: datetime, zone: tzinfo) -> None:
    """This function will give up taking a subsidy back with a refund that failed, in the caller's transaction: it is
    asked for only once the refund succeeded, so nothing of it is under way."""
    waiting = SubsidyReturn.objects.filter(refund_no=refund_no, state=SubsidyReturnState.RECORDED)
    for number in waiting.values_list("id", flat=True):
        record_subsidy_return(return_id=number, state=SubsidyReturnState.FAILED, said="", at=at, zone=zone)
