"""Note what a channel said of a try, short of money."""

from datetime import datetime
from typing import Any

from zhanggui.payments.models import AttemptState, PaymentAttempt
from zhanggui.payments.states import ATTEMPT, allowed


def note_attempt(
    *, attempt: PaymentAttempt, state: AttemptState, at: datetime, said: str = "",
    invitation: dict[str, Any] | None = None,
) -> PaymentAttempt:  # fmt: skip
    """This function will move a try on, its payment locked by the caller; a step that its table does not have is left
    out: what is known already counts. Money is taken down by `record_charge`."""
    attempt.refresh_from_db()
    attempt.asked_again_at = at
    if allowed(ATTEMPT, attempt.state, state):
        attempt.state, attempt.said = state, said[:255]
        if invitation is not None:
            attempt.invitation = invitation
        if state in (AttemptState.CLOSED, AttemptState.REFUSED):
            attempt.ended_at = at
    attempt.save(update_fields=["state", "said", "invitation", "asked_again_at", "ended_at"])
    return attempt
