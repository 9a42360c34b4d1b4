"""Write down which shares are taken back from whoever got them, before the buyer gets a refund."""

from datetime import datetime

from zhanggui.payments.models import ChargePart, Refund
from zhanggui.payments.splitting import SplitLimits
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.settlement.splits.models import ShareReturn, SplitShare
from zhanggui.settlement.splits.queries import returns_of_refund, shares_to_take_back, unsplit_minor
from zhanggui.settlement.splits.rules import taken_back


def request_share_returns(*, refund: Refund, limits: SplitLimits, at: datetime) -> list[ShareReturn]:
    """This function will write down which shares are taken back for a refund of an order, once, in the caller's
    transaction: as much as the refund needs beyond what of the order is with us still, from receivers that can give
    back. Returns those of the refund, asked for before or now."""
    part = ChargePart.objects.select_for_update(of=("self",)).get(refunds__id=refund.id)
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
