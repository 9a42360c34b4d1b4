"""Draft the invoices that became due, and check off those whose statements are paid."""

from collections.abc import Callable
from datetime import datetime

from zhanggui.journeys.invoices_due import Drafted, invoices_due, paid_invoices_written_off


def draft_due_invoices(*, clock: Callable[[], datetime]) -> Drafted:
    """This function will draft what is due by each entity's setting and return what it came to."""
    drafted = invoices_due(clock=clock, actor="clockwork")
    paid_invoices_written_off(clock=clock, actor="clockwork")
    return drafted
