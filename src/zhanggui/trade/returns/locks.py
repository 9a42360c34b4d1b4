"""A case is locked after its order."""

from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import Order
from zhanggui.trade.returns.errors import UnknownCase
from zhanggui.trade.returns.models import ReturnCase


def hold_case(case_no: str) -> tuple[ReturnCase, Order]:
    """This function will lock a case and, before it, its order. Raises UnknownCase."""
    order_no = ReturnCase.objects.filter(case_no=case_no).values_list("order__order_no", flat=True).first()
    if order_no is None:
        raise UnknownCase(f"there is no after-sale case {case_no!r}", case_no=case_no)
    order = hold_order(order_no)
    return ReturnCase.objects.select_for_update().get(case_no=case_no), order
