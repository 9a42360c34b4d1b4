"""Take shares back from whoever got them, before the buyer gets a refund."""

from datetime import datetime, tzinfo

from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.payments.models import ChargePart, Refund
from zhanggui.payments.splitting import SplitLimits
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.splits.models import ShareReturn, ShareReturnState, SplitShare
from zhanggui.settlement.splits.operations.record_split_outcome import gateway_of, statement_of, transit_of
from zhanggui.settlement.splits.queries import returns_of_refund, shares_to_take_back, unsplit_minor
from zhanggui.settlement.splits.rules import taken_back
from zhanggui.settlement.splits.states import RETURN, allowed


def request_share_returns(*, refund: Refund, limits: SplitLimits, at: datetime) -> list[ShareReturn]:
    """This function will write down which shares are taken back for a refund of an order, once, in the caller's
    transaction: as much as the refund needs beyond what of the order is with us still, from receivers that can give
    back. Returns those of the refund, asked for before or now."""
    part = ChargePart.objects.select_for_update().get(id=refund.part_id)
    known = returns_of_refund(refund.refund_no)
    if known:
        return known
    shares = {
        share.id: share for share in shares_to_take_back(part)
        if share.receiver.kind in limits.returns_to
    }  # fmt: skip
    # The refund itself is among what was asked back: what is below nothing is what it lacks.
    lacking = max(0, -unsplit_minor(part))
    wanted = taken_back(
        [(one.id, one.amount_minor - one.returned_minor) for one in shares.values()],
        needed_minor=min(lacking, refund.amount_minor),
    )
    for number, amount in wanted.items():
        share = SplitShare.objects.select_for_update().get(id=number)
        share.returned_minor += amount
        share.save(update_fields=["returned_minor"])
        ShareReturn.objects.create(
            number=fresh_number("G", at), party_id=share.party_id, share=share, refund_no=refund.refund_no,
            currency=share.currency, amount_minor=amount, with_refund=limits.returns_with_refunds, made_at=at,
        )  # fmt: skip
    return returns_of_refund(refund.refund_no)


def record_share_return(
    *, return_id: int, state: ShareReturnState, at: datetime, zone: tzinfo, reason: str = ""
) -> ShareReturn:
    """This function will move a share being taken back to `state`, in the caller's transaction, which holds
    `locks.hold_for_filling`: what came back is on the party's statement again, what failed stays with the party. A
    step that its table does not have changes nothing."""
    row = ShareReturn.objects.select_for_update().get(id=return_id)
    row.asked_again_at = at
    if allowed(RETURN, row.state, state):
        share = SplitShare.objects.select_for_update().select_related("split__channel").get(id=row.share_id)
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
    gateway = gateway_of(share, share.split.channel)
    post_entry(
        book_id=share.party_id, source=EntrySource.SPLIT_TAKEN_BACK, key_a=row.id, key_b=0,
        legs=[(gateway, row.amount_minor), (transit_of(share), -row.amount_minor)],
        booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
    )  # fmt: skip
    row.line_id = bill_document(
        like=statement_of(share), fee="split_returned", amount=row.amount_minor, kind=EntrySource.SPLIT_RETURNED,
        document_id=row.id, base=row.amount_minor, at=at, zone=zone,
    )  # fmt: skip
