"""A purchase is not paid: by the buyer's wish or by time what was reserved is free again."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from zhanggui.journeys.charge_answered import charge_asked, charge_closed
from zhanggui.payments.locks import hold_payment
from zhanggui.payments.models import AttemptState
from zhanggui.payments.operations.close_payment import close_payment
from zhanggui.payments.queries import open_attempts, payment_of
from zhanggui.trade.catalogue.operations.release_stock import release_stock
from zhanggui.trade.orders.locks import hold_orders_of, hold_purchase
from zhanggui.trade.orders.models import Purchase, PurchaseState
from zhanggui.trade.orders.operations.cancel_purchase import cancel_purchase
from zhanggui.trade.orders.reserving import stock_moves
from zhanggui.trade.promotions.operations.free_coupons import free_coupons


def purchase_cancelled(
    *, purchase: Purchase, clock: Callable[[], datetime], actor: str, note: str = ""
) -> Purchase:
    """This function will cancel a purchase that is not paid, and return it as it is now: it may turn out to be paid.

    Its channels are asked first whether the money is there, and closed, so that nobody pays for what is gone; one
    that is silent keeps nobody waiting: money that comes late is given back. It must not be called inside a
    transaction. Raises OrderNotInState where it is paid or cancelled already.
    """
    payment = payment_of(purchase.purchase_no)
    for attempt in open_attempts(payment) if payment else ():
        if attempt.state == AttemptState.RECORDED and not attempt.invitation:
            continue  # the channel was never asked
        if charge_asked(attempt=attempt, clock=clock) is not None:
            break
        charge_closed(attempt=attempt, clock=clock)
    return _cancelled(purchase.purchase_no, clock(), actor, note)


@transaction.atomic
def _cancelled(purchase_no: str, at: datetime, actor: str, note: str) -> Purchase:
    purchase = hold_purchase(purchase_no)
    orders = hold_orders_of(purchase)
    if purchase.state == PurchaseState.PAID:
        return purchase
    cancel_purchase(purchase=purchase, orders=orders, at=at, actor=actor, note=note)
    payment = payment_of(purchase_no)
    if payment is not None:
        close_payment(payment=hold_payment(payment.id), at=at)
    free_coupons(purchase_no=purchase_no)
    release_stock(moves=stock_moves(orders), at=at, actor=actor)
    return purchase
