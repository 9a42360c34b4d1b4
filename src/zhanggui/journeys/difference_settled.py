"""A difference is looked into and settled: explained at once, or by an entry that a second person approved."""

from datetime import date, datetime

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.settlement.reconciliation.models import Difference, DifferenceNote
from zhanggui.settlement.reconciliation.operations.adjust_difference import adjust_difference, drop_proposal
from zhanggui.settlement.reconciliation.operations.age_differences import age_differences
from zhanggui.settlement.reconciliation.operations.note_difference import (
    assign_difference,
    note_difference,
)
from zhanggui.settlement.reconciliation.operations.propose_resolution import (
    APPROVAL_KIND,
    propose_resolution,
)

__all__ = [
    "APPROVAL_KIND", "approved", "difference_assigned", "difference_noted", "differences_aged", "ended",
    "resolution_proposed",
]  # fmt: skip


@transaction.atomic
def difference_noted(
    *, difference_id: int, text: str, at: datetime, actor: str, evidence: bytes = b"", evidence_name: str = ""
) -> DifferenceNote:
    """This function will keep a note, with a file as evidence where one is given. Raises as `note_difference`."""
    return note_difference(
        difference_id=difference_id, text=text, at=at, actor=actor, evidence=evidence,
        evidence_name=evidence_name,
    )  # fmt: skip


@transaction.atomic
def difference_assigned(*, difference_id: int, to: str, at: datetime, actor: str) -> Difference:
    """This function will give a difference to somebody. Raises UnknownDifference, AssigneeUnfit."""
    return assign_difference(difference_id=difference_id, to=to, at=at, actor=actor)


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
