"""What a case asks for is agreed: the money is asked back at the channel."""

from datetime import datetime

from zhanggui.trade.orders.models import GiveBackKind, Order
from zhanggui.trade.orders.operations.give_back import LineBack, give_back
from zhanggui.trade.returns.models import ReturnCase, ReturnKind, ReturnState
from zhanggui.trade.returns.operations.step_case import step_case


def begin_refund(*, case: ReturnCase, order: Order, at: datetime, actor: str, text: str = "") -> ReturnCase:
    """This function will give back what the lines of a case say, case and order locked by the caller. Units come back
    with it but for price protection. Raises CaseNotInState, GiveBackAbovePaid, and what payments refuse."""
    protects = case.kind == ReturnKind.PRICE_PROTECTION
    step_case(case=case, to=ReturnState.REFUNDING, at=at, actor=actor, text=text)
    slip = give_back(
        order=order, cause=f"case:{case.case_no}", reason=case.reason, at=at,
        kind=GiveBackKind.PRICE_PROTECTION if protects else GiveBackKind.RETURN,
        lines=[
            LineBack(line.line_id, 0 if protects else line.quantity, line.goods_minor, line.freight_minor)
            for line in case.lines.order_by("id")
        ],
    )  # fmt: skip
    case.goods_minor = sum(line.goods_minor for line in case.lines.all())
    case.freight_minor = sum(line.freight_minor for line in case.lines.all())
    case.refund_no = slip.refund_no
    case.save(update_fields=["goods_minor", "freight_minor", "refund_no"])
    return case
