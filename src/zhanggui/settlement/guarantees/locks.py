"""Rows of guarantees, locked in one order: the statement first, then the deposit, then the hold."""

from zhanggui.settlement.guarantees.errors import UnknownGuarantee
from zhanggui.settlement.guarantees.models import Deposit, Hold


def lock_deposit(*, party_id: int, entity_id: int, currency: str) -> Deposit:
    """This function will return the party's deposit at an entity, made if missing, and keep others from it until
    the transaction ends."""
    Deposit.objects.get_or_create(party_id=party_id, entity_id=entity_id, currency=currency)
    return Deposit.objects.select_for_update().get(party_id=party_id, entity_id=entity_id, currency=currency)


def lock_deposit_by_id(deposit_id: int) -> Deposit:
    """This function will return a deposit and keep others from it. Raises UnknownGuarantee."""
    row = Deposit.objects.select_for_update().filter(id=deposit_id).first()
    if row is None:
        raise UnknownGuarantee(f"there is no deposit {deposit_id}")
    return row


def lock_hold(hold_id: int) -> Hold:
    """This function will return a hold and keep others from it. Raises UnknownGuarantee."""
    row = Hold.objects.select_for_update().filter(id=hold_id).first()
    if row is None:
        raise UnknownGuarantee(f"there is no hold {hold_id}")
    return row
