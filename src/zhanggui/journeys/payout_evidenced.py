"""What became of a payout is stated by evidence: one person brings it, another approves, the books follow."""

from datetime import datetime, tzinfo

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.settlement.payouts.locks import hold_payouts
from zhanggui.settlement.payouts.models import PayoutAnswer
from zhanggui.settlement.payouts.operations.settle_by_evidence import (
    Evidence,
    request_evidence,
    settle_by_evidence,
)


@transaction.atomic
def payout_evidenced(*, number: str, evidence: Evidence, at: datetime, zone: tzinfo, maker: str) -> Approval:
    """This function will put up for approval what evidence states of a payout. Raises UnknownPayout,
    EvidenceIncomplete, PayoutNotSent, AlreadyRequested."""
    return request_evidence(
        number=number, evidence=evidence, at=at, day=at.astimezone(zone).date(), maker=maker
    )


def hold_for_evidence(approval: Approval) -> None:
    """This function will keep every other act on payouts out before the decision is noted."""
    hold_payouts()


def evidence_approved(approval: Approval, moment: Moment) -> PayoutAnswer:
    """This function will apply what approved evidence states. Raises PayoutNotSent."""
    return settle_by_evidence(
        content=approval.payload,
        at=moment.at,
        day=moment.at.astimezone(moment.zone).date(),
        actor=moment.actor,
    )
