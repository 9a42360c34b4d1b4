"""A difference is settled: explained at once, or by an entry after a second person approved it."""

from datetime import date, datetime

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.settlement.reconciliation.models import Difference
from zhanggui.settlement.reconciliation.operations.adjust_difference import adjust_difference, drop_proposal
from zhanggui.settlement.reconciliation.operations.age_differences import age_differences
from zhanggui.settlement.reconciliation.operations.propose_resolution import (
    APPROVAL_KIND,
    propose_resolution,
)

__all__ = ["APPROVAL_KIND", "approved", "differences_aged", "ended", "resolution_proposed"]


@transaction.atomic
def resolution_proposed(
    *, difference_id: int, way: str, reason: str, at: datetime, actor: str
) -> tuple[Difference, Approval | None]:
    """This function will explain a difference or put its entry up for approval. Raises as `propose_resolution`."""
    return propose_resolution(difference_id=difference_id, way=way, reason=reason, at=at, actor=actor)


@transaction.atomic
def differences_aged(*, today: date) -> int:
    """This function will open what waited long enough, and return how many."""
    return age_differences(today=today)


def approved(approval: Approval, moment: Moment) -> Difference:
    """This function will post the approved entry, in the decision's transaction."""
    return adjust_difference(
        difference_id=int(approval.subject), at=moment.at, actor=moment.actor, zone=moment.zone
    )


def ended(approval: Approval, moment: Moment) -> None:
    """This function will take the proposal back, in the transaction that ended the request."""
    del moment
    drop_proposal(difference_id=int(approval.subject))
