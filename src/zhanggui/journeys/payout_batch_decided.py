"""A payout batch is approved by a second person, or it is not."""

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.settlement.payouts.models import PayoutBatch
from zhanggui.settlement.payouts.operations.approve_batch import approve_batch
from zhanggui.settlement.payouts.operations.cancel_batch import cancel_batch


def payout_batch_approved(approval: Approval, moment: Moment) -> PayoutBatch:
    """This function will approve the batch, as it was put up, in the decision's transaction."""
    return approve_batch(
        number=approval.subject, content=approval.payload, approval_id=approval.id, at=moment.at,
        actor=moment.actor,
    )  # fmt: skip


def payout_batch_refused(approval: Approval, moment: Moment) -> PayoutBatch:
    """This function will cancel the batch: its statements are free for another one."""
    return cancel_batch(number=approval.subject, at=moment.at, actor=moment.actor, reason=approval.state)
