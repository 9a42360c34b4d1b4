"""Note steps in the lives of receivers, batches, payouts and attempts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from zhanggui.settlement.payouts.models import PayoutEvent


@dataclass(frozen=True)
class Step:
    """One step: of what (receiver, batch, payout, attempt), from where to where."""

    subject: str
    subject_id: int
    before: str
    after: str
    party_id: int = 0
    reason: str = ""


def note_steps(*, steps: Sequence[Step], at: datetime, actor: str) -> None:
    """This function will write the steps down in the caller's transaction."""
    PayoutEvent.objects.bulk_create(
        PayoutEvent(
            party_id=one.party_id, subject=one.subject, subject_id=one.subject_id, at=at, actor=actor,
            before=one.before, after=one.after, reason=one.reason,
        )
        for one in steps
    )  # fmt: skip
