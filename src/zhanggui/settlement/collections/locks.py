"""Rows of collections, locked in one order: the receipt first, then the debt, then its statement."""

from zhanggui.settlement.collections.errors import UnknownDebt, UnknownReceipt
from zhanggui.settlement.collections.models import Debt, Receipt


def lock_receipt(receipt_id: int) -> Receipt:
    """This function will return a receipt and keep others from it. Raises UnknownReceipt."""
    row = Receipt.objects.select_for_update().filter(id=receipt_id).first()
    if row is None:
        raise UnknownReceipt(f"there is no receipt {receipt_id}")
    return row


def lock_debt(party_id: int, statement_id: int) -> Debt:
    """This function will return the debt of a statement and keep others from it. Raises UnknownDebt."""
    row = Debt.objects.select_for_update().filter(party_id=party_id, statement_id=statement_id).first()
    if row is None:
        raise UnknownDebt(f"statement {statement_id} of party {party_id} is not being collected")
    return row
