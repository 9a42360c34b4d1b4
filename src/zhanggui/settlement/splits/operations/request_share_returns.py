"""Write down which shares are taken back from whoever got them, before the buyer gets a refund."""

from datetime import datetime

from zhanggui.payments.models import ChargePart, Refund
from zhanggui.payments.splitting import SplitLimits
from zhanggui.payments.sub_merchants import follows
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.settlement.splits.accounts import kind_of
from zhanggui.settlement.splits.models import ShareReturn, ShareWay, SplitShare
from zhanggui.settlement.splits.queries import returns_of_refund, shares_to_take_back, unsplit_minor
from zhanggui.settlement.splits.rules import taken_back
from zhanggui.settlement.subsidies.operations.request_subsidy_return import request_subsidy_return


def request_share_returns(*, refund: Refund, limits: SplitLimits, at: datetime) -> list[ShareReturn]:
    """This function will write down which shares are taken back for a refund of an order, once, in the caller's
    transaction: as much as the refund needs beyond what of the order is with us still, from receivers that can give
    back. Of what lay with a sub-merchant our part comes back in proportion, as does the subsidy, and the refund takes
    the rest from what the sub-merchant kept. Returns those of the refund, asked for before or now."""
    part = ChargePart.objects.select_for_update(of=("self",)).get(refunds__id=refund.id)
    known = returns_of_refund(refund.refund_no)
    if known:
        return known
    shares = {
        share.id: share for share in shares_to_take_back(part)
        if share.way == ShareWay.KEPT or kind_of(share.receiver) in limits.returns_to
    }  # fmt: skip
    request_subsidy_return(refund=refund, part=part, at=at)
    # The refund itself is among what was asked back: what is below nothing is what it lacks.
    lacking = max(0, -unsplit_minor(part))
    before = part.amount_minor - part.refunded_minor + refund.amount_minor
    wanted = taken_back(
        [(one.id, _at_most(one, refund.amount_minor, before)) for one in shares.values()],
        needed_minor=lacking if part.account else min(lacking, refund.amount_minor),
    )
    for number, amount in wanted.items():
        share = SplitShare.objects.select_for_update().get(id=number)
        share.returned_minor += amount
        share.save(update_fields=["returned_minor"])
        ShareReturn.objects.create(
            number=fresh_number("G", at), party_id=share.party_id, share=share, refund_no=refund.refund_no,
            currency=share.currency, amount_minor=amount,
            with_refund=share.way == ShareWay.KEPT or limits.returns_with_refunds, made_at=at,
        )  # fmt: skip
    return returns_of_refund(refund.refund_no)


def _at_most(share: SplitShare, refund_minor: int, before_minor: int) -> int:
    """What a share gives at most to a refund out of what the buyer had still paid before it."""
    left = share.amount_minor - share.returned_minor
    if share.way != ShareWay.OURS:
        return left
    return follows(left, refund_minor=refund_minor, left_minor=before_minor)
