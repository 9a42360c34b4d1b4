"""Let documents go that nobody decided about: what they held is free again."""

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

from zhanggui.journeys.approval_decided import approvals_expired


def let_approvals_run_out(*, clock: Callable[[], datetime], zone: tzinfo, life: timedelta) -> int:
    """This function will end every request for approval that waits longer than `life`, or past its own last moment,
    and return how many those were."""
    return approvals_expired(at=clock(), zone=zone, actor="clockwork", life=life)
