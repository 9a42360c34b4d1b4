"""Carry out a what-if that was asked for; what breaks is kept as its reason."""

import logging
from collections.abc import Callable
from datetime import datetime

from zhanggui.money.errors import OurFault
from zhanggui.settlement.billing.models import Comparison, ComparisonState
from zhanggui.settlement.billing.operations.execute_comparison import execute_comparison

logger = logging.getLogger("zhanggui.comparisons")


def carry_out_comparison(comparison_id: int, *, clock: Callable[[], datetime]) -> Comparison:
    """This function will rate, and keep the result or the reason why there is none. Safe to run twice."""
    try:
        return execute_comparison(comparison_id=comparison_id, clock=clock)
    except Exception:
        logger.exception("comparison %s failed", comparison_id)
        fault = OurFault(f"this is our fault; report it as comparison {comparison_id}")
        Comparison.objects.filter(id=comparison_id).exclude(state=ComparisonState.DONE).update(
            state=ComparisonState.FAILED, finished_at=clock(), reject_code=fault.code,
            reject_message=fault.message,
        )  # fmt: skip
        return Comparison.objects.get(id=comparison_id)
