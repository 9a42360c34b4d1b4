"""Take down what became of a share that is taken back."""

from datetime import datetime, tzinfo

from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.splits.models import ShareReturn, ShareReturnState, ShareWay, SplitShare
from zhanggui.settlement.splits.operations.record_split_outcome import comes_from, goes_to, statement_of
from zhanggui.settlement.splits.states import RETURN, allowed


def record_share_return(
    *, return_id: int, state: ShareReturnState, at: datetime, zone: tzinfo, reason: str = ""
) -> ShareReturn:
    """This function will move a share being taken back to `state`, in the caller's transaction, which holds
    `locks.hold_for_filling`: what came back is on the party's statement again, what failed stays with the party.
    A step that its table does not have changes nothing."""
    row = ShareReturn.objects.select_for_update().get(id=return_id)
    row.asked_again_at = at
    if allowed(RETURN, row.state, state):
        share = (
            SplitShare.objects.select_for_update(of=("self",))
            .select_related("split__channel", "split__part")
            .get(id=row.share_id)
        )
        row.state, row.reason = state, reason[:64]
        if state == ShareReturnState.SUCCEEDED:
            row.ended_at = at
            _came_back(row, share, at, zone)
        elif state == ShareReturnState.FAILED:
            row.ended_at = at
            share.returned_minor -= row.amount_minor
            share.save(update_fields=["returned_minor"])
    row.save(update_fields=["state", "reason", "asked_again_at", "ended_at", "line_id"])
    return row


def renew_share_return(*, return_id: int, at: datetime) -> ShareReturn:
    """This function will give a share being taken back a new number after the channel closed the old one by time, in
    the caller's transaction."""
    row = ShareReturn.objects.select_for_update().get(id=return_id)
    row.number, row.state, row.reason = (
        fresh_number("G", at),
        ShareReturnState.RECORDED,
        f"after {row.number}",
    )
    row.asked_again_at = at
    row.save(update_fields=["number", "state", "reason", "asked_again_at"])
    return row


def _came_back(row: ShareReturn, share: SplitShare, at: datetime, zone: tzinfo) -> None:
    channel = share.split.channel
    post_entry(
        book_id=share.party_id, source=EntrySource.SPLIT_TAKEN_BACK, key_a=row.id, key_b=0,
        legs=[(comes_from(share, channel), row.amount_minor), (goes_to(share, channel), -row.amount_minor)],
        booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
    )  # fmt: skip
    if share.way == ShareWay.OURS:
        return
    row.line_id = bill_document(
        like=statement_of(share), fee="split_returned", amount=row.amount_minor, kind=EntrySource.SPLIT_RETURNED,
        document_id=row.id, base=row.amount_minor, at=at, zone=zone,
    )  # fmt: skip
