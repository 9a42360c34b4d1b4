"""What waited for the next day's bill long enough is open."""

from datetime import date

from zhanggui.settlement.reconciliation.kinds import DifferenceState
from zhanggui.settlement.reconciliation.models import Difference


def age_differences(*, today: date) -> int:
    """This function will open every suspended difference whose last day to wait is over, in the caller's
    transaction, and return how many; a bill of that day does the same when it comes."""
    return Difference.objects.filter(state=DifferenceState.SUSPENDED, suspended_through__lt=today).update(
        state=DifferenceState.OPEN
    )
