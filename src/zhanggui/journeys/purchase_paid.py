"""The buyer's money is here: orders go to their merchants, coupons are used up."""

from datetime import datetime

from zhanggui.trade.orders.models import Order, Purchase
from zhanggui.trade.orders.operations.pay_purchase import pay_purchase
from zhanggui.trade.promotions.operations.use_coupons import use_coupons


def purchase_paid(
    *, purchase: Purchase, orders: list[Order], paid_at: datetime, at: datetime, actor: str
) -> None:
    """This function will move a purchase and its orders, locked by the caller in its transaction, to paid. Raises
    OrderNotInState."""
    pay_purchase(purchase=purchase, orders=orders, paid_at=paid_at, actor=actor)
    use_coupons(purchase_no=purchase.purchase_no, at=at)
