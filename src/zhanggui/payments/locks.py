"""The order in which rows of payments are locked: the payment, then its charge."""

from zhanggui.payments.errors import UnknownPayment
from zhanggui.payments.models import Charge, Payment


def hold_payment(payment_id: int) -> Payment:
    """This function will lock a payment until the transaction ends and return it as it is now. Raises
    UnknownPayment."""
    found = Payment.objects.select_for_update().filter(id=payment_id).first()
    if found is None:
        raise UnknownPayment(f"there is no payment {payment_id}")
    return found


def hold_charge(charge_id: int) -> Charge:
    """This function will lock a charge, whose payment is locked first, and return it as it is now."""
    payment_id = Charge.objects.values_list("payment_id", flat=True).get(id=charge_id)
    hold_payment(payment_id)
    return Charge.objects.select_for_update().get(id=charge_id)
