"""The money of a case is with the buyer."""

from datetime import datetime

from zhanggui.trade.orders.models import GiveBack
from zhanggui.trade.returns.models import ReturnCase, ReturnState
from zhanggui.trade.returns.operations.step_case import step_case

CAUSE = "case:"


def end_refunded(*, refund_no: str, at: datetime, actor: str) -> ReturnCase | None:
    """This function will end the case whose money this refund is, its order locked by the caller; None where the
    refund is of no case, or the case ended before."""
    slip = GiveBack.objects.filter(refund_no=refund_no, cause__startswith=CAUSE).first()
    if slip is None:
        return None
    case = ReturnCase.objects.select_for_update().get(case_no=slip.cause.removeprefix(CAUSE))
    if case.state != ReturnState.REFUNDING:
        return None
    case.refunded_at, case.refund_no = at, refund_no
    return step_case(case=case, to=ReturnState.REFUNDED, at=at, actor=actor)
