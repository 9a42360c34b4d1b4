"""End what a buyer asked for about an order that is called off."""

from datetime import datetime

from zhanggui.trade.orders.models import Order
from zhanggui.trade.returns.models import ReturnCase, ReturnState
from zhanggui.trade.returns.operations.step_case import step_case
from zhanggui.trade.returns.states import allowed


def withdraw_cases(*, order: Order, at: datetime, actor: str, text: str) -> int:
    """This function will withdraw the open cases of `order`, locked by the caller, and return how many those were:
    all of its money goes back, so that nothing is left to give for them. A case whose money or goods are on their
    way goes on."""
    found = list(ReturnCase.objects.select_for_update().filter(order=order, ended_at=None).order_by("id"))
    open_ones = [case for case in found if allowed(case.state, ReturnState.WITHDRAWN)]
    for case in open_ones:
        step_case(case=case, to=ReturnState.WITHDRAWN, at=at, actor=actor, text=text)
    return len(open_ones)
