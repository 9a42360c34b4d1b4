"""Bill what a sub-merchant paid buyers at the channel beyond what it kept of an order."""

from datetime import datetime, tzinfo

from zhanggui.payments.models import ChargePart, Refund, RefundState
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.settlement.splits.models import (
    ShareReturn,
    ShareReturnState,
    ShareState,
    ShareWay,
    Split,
    SplitKind,
    SplitShare,
    SplitState,
)
from zhanggui.settlement.splits.operations.record_share_return import record_share_return
from zhanggui.settlement.splits.queries import (
    kept_share_of,
    owed_to_merchant,
    something_under_way,
    sub_merchant_paid,
    unsplit_minor,
)
from zhanggui.settlement.splits.rules import BORNE, FEE_DIFFERS
from zhanggui.settlement.statements.models import Statement


def record_borne(*, part: ChargePart, at: datetime, zone: tzinfo, reason: str = BORNE) -> ShareReturn | None:
    """This function will put on a sub-merchant's statement what it paid of an order's refunds and neither our part,
    nor others, nor what it kept gave, in the caller's transaction, which holds `locks.hold_for_filling`: it is a
    share of its own that came back, be it more than it got. So is what the channel kept beyond its agreed fee. None
    where nothing is lacking, or while a refund or a share is under way that may still give it; whatever ends last
    calls this again."""
    part = (
        ChargePart.objects.select_for_update(of=("self",)).select_related("charge__channel").get(id=part.id)
    )
    first = Split.objects.filter(part=part).order_by("id").first()
    if not part.account or first is None or something_under_way(part):
        return None
    lacking = -unsplit_minor(part)
    if lacking <= 0:
        return None
    share = kept_share_of(part) or _nothing_kept(first, part, at)
    share.returned_minor += lacking
    share.save(update_fields=["returned_minor"])
    refunds = Refund.objects.filter(part=part, state=RefundState.SUCCEEDED).order_by("-id")
    refund = refunds.first() if reason == BORNE else None
    row = ShareReturn.objects.create(
        number=fresh_number("G", at), party_id=share.party_id, share=share,
        refund_no=refund.refund_no if refund else "", currency=share.currency, amount_minor=lacking,
        with_refund=True, made_at=at,
    )  # fmt: skip
    return record_share_return(
        return_id=row.id,
        state=ShareReturnState.SUCCEEDED,
        reason=reason if refund else FEE_DIFFERS,
        at=at,
        zone=zone,
    )


def _nothing_kept(first: Split, part: ChargePart, at: datetime) -> SplitShare:
    """A share of nothing, which left no statement: refunds took all that was to be freed, and more."""
    before = Split.objects.filter(part=part, kind=SplitKind.LEFT_THERE).count()
    split = Split.objects.create(
        number=fresh_number("F", at), kind=SplitKind.LEFT_THERE, charge=first.charge, part=part,
        channel=first.channel, channel_code=first.channel_code, sequence=before + 1, order_no=first.order_no,
        order_id=first.order_id, merchant_id=first.merchant_id, currency=first.currency,
        paid_minor=part.amount_minor - part.refunded_minor, state=SplitState.FINISHED, made_at=at, ended_at=at,
    )  # fmt: skip
    owed, statement_id = owed_to_merchant(split.order_id, split.merchant_id)
    receiver = sub_merchant_paid(part)
    return SplitShare.objects.create(
        party_id=split.merchant_id, split=split, split_number=split.number, order_no=split.order_no,
        channel_code=split.channel_code, receiver=receiver, account_masked=receiver.account_masked,
        entity_id=Statement.objects.get(party_id=split.merchant_id, id=statement_id).entity_id,
        currency=split.currency, way=ShareWay.KEPT, owed_minor=max(0, owed), amount_minor=0,
        statement_id=statement_id, line_id=0, state=ShareState.SUCCEEDED, made_at=at, ended_at=at,
    )  # fmt: skip
