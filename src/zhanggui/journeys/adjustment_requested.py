"""An adjustment is asked for, and billed once somebody else has approved it."""

from datetime import datetime, tzinfo

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.parties.models import Party
from zhanggui.settlement.adjustments.models import Adjustment
from zhanggui.settlement.adjustments.operations.end_adjustment import end_adjustment
from zhanggui.settlement.adjustments.operations.issue_adjustment import issue_adjustment
from zhanggui.settlement.adjustments.operations.request_adjustment import (
    request_adjustment,
    request_reversal,
)
from zhanggui.settlement.entities.models import BusinessLine


@transaction.atomic
def adjustment_requested(
    *, party: Party, business_line: BusinessLine, fee: str, amount_minor: int, reason: str, evidence: str = "",
    at: datetime, zone: tzinfo, maker: str,
) -> Adjustment:  # fmt: skip
    """This function will make an adjustment and put it up for approval. Raises AdjustmentIncomplete."""
    return request_adjustment(
        party=party, business_line=business_line, fee=fee, amount_minor=amount_minor, reason=reason,
        evidence=evidence, at=at, zone=zone, maker=maker,
    )  # fmt: skip


@transaction.atomic
def adjustment_reversed(*, adjustment_id: int, reason: str, at: datetime, maker: str) -> Adjustment:
    """This function will ask to take an approved adjustment back by a new one. Raises NotReversible."""
    return request_reversal(adjustment_id=adjustment_id, reason=reason, at=at, maker=maker)


def adjustment_approved(approval: Approval, moment: Moment) -> Adjustment:
    """This function will bill an approved adjustment on the party's open statement."""
    return issue_adjustment(
        adjustment_id=int(approval.subject[2:]), at=moment.at, zone=moment.zone, actor=moment.actor
    )


def adjustment_ended(approval: Approval, moment: Moment) -> Adjustment:
    """This function will end an adjustment that was not approved."""
    return end_adjustment(
        adjustment_id=int(approval.subject[2:]), state=approval.state, at=moment.at, actor=moment.actor
    )
