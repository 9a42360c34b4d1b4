"""A rebate is agreed with a party, approved, and computed when its periods are over."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.parties.models import Party
from zhanggui.settlement.adjustments.models import DocumentState, Rebate, RebateAgreement
from zhanggui.settlement.adjustments.operations.agree_rebate import agree_rebate, end_agreement
from zhanggui.settlement.adjustments.operations.compute_rebates import compute_rebates
from zhanggui.settlement.adjustments.queries import active_agreements
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.statements.locks import hold_for_filling


@transaction.atomic
def rebate_agreed(
    *, party: Party, business_line: BusinessLine, name: str, method: str, tiers: Sequence[Any], cycle: str,
    cap_minor: int, effective_from: date, effective_before: date | None = None, at: datetime, maker: str,
) -> RebateAgreement:  # fmt: skip
    """This function will write down an agreement and put it up for approval. Raises AdjustmentIncomplete,
    UnreadableTiers, InvalidCycle."""
    return agree_rebate(
        party=party, business_line=business_line, name=name, method=method, tiers=tiers, cycle=cycle,
        cap_minor=cap_minor, effective_from=effective_from, effective_before=effective_before, at=at,
        maker=maker,
    )  # fmt: skip


def agreement_approved(approval: Approval, moment: Moment) -> RebateAgreement:
    """This function will put an approved agreement into force."""
    return end_agreement(
        agreement_id=int(approval.subject[2:]), state=DocumentState.APPROVED, at=moment.at, actor=moment.actor
    )


def agreement_ended(approval: Approval, moment: Moment) -> RebateAgreement:
    """This function will end an agreement that was not approved."""
    return end_agreement(
        agreement_id=int(approval.subject[2:]), state=approval.state, at=moment.at, actor=moment.actor
    )


def rebates_due(*, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> list[Rebate]:
    """This function will compute every agreement over its periods that ended before today, each in a transaction
    of its own, and return what was given or taken back."""
    today = clock().astimezone(zone).date()
    made: list[Rebate] = []
    for agreement in active_agreements(today):
        with transaction.atomic():
            hold_for_filling()
            made += compute_rebates(
                agreement_id=agreement.id, through=today - timedelta(days=1), at=clock(), zone=zone,
                actor=actor,
            )  # fmt: skip
    return made
