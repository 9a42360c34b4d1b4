"""Take down what became of a share that is taken back."""

from datetime import datetime, tzinfo

from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.payments.models import Refund, RefundState
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.splits.models import ShareReturn, ShareReturnState, ShareWay, SplitShare
from zhanggui.settlement.splits.operations.record_split_outcome import comes_from, goes_to, statement_of
from zhanggui.settlement.splits.queries import kept_share_of
from zhanggui.settlement.splits.states import RETURN, allowed


def record_share_return(
    *, return_id: int, state: ShareReturnState, at: datetime, zone: tzinfo, reason: str = ""
) -> ShareReturn:
    """This function will move a share being taken back to `state`, in the caller's transaction, which holds
    `locks.hold_for_filling`: what came back is on the party's statement again, what failed stays with the party.
    Where our own part does not go back, the sub-merchant has borne that of the refund, and its statement pays it. A
    step that its table does not have changes nothing."""
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
            if share.way == ShareWay.OURS:
                _borne_by_sub_merchant(row, share, at, zone)
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


def _borne_by_sub_merchant(row: ShareReturn, ours: SplitShare, at: datetime, zone: tzinfo) -> None:
    """The refund took from the sub-merchant what our part did not give back: as much as it had kept."""
    kept = kept_share_of(ours.split.part)
    amount = min(row.amount_minor, kept.amount_minor - kept.returned_minor) if kept else 0
    refund = Refund.objects.get(refund_no=row.refund_no)
    if kept is None or not amount or refund.state == RefundState.FAILED:
        return
    kept.returned_minor += amount
    kept.save(update_fields=["returned_minor"])
    borne = ShareReturn.objects.create(
        number=fresh_number("G", at), party_id=kept.party_id, share=kept, refund_no=row.refund_no,
        currency=kept.currency, amount_minor=amount, with_refund=True, made_at=at,
    )  # fmt: skip
    if refund.state == RefundState.SUCCEEDED:
        record_share_return(return_id=borne.id, state=ShareReturnState.SUCCEEDED, at=at, zone=zone)
