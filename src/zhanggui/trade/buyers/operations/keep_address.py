"""Keep a buyer's addresses: add, change, prefer, remove. Orders hold their own copy, so none of this reaches them."""

from datetime import datetime
from typing import TypedDict

from zhanggui.trade.buyers.errors import AddressIncomplete, TooManyAddresses
from zhanggui.trade.buyers.models import Address, Buyer
from zhanggui.trade.buyers.operations.assert_active import assert_active
from zhanggui.trade.buyers.queries import address_of, addresses_of
from zhanggui.trade.buyers.rules import ADDRESS_LENGTHS, MOST_ADDRESSES


class Where(TypedDict):
    """Where goods go, as it was typed. `region` is the code that freight and fee rules know."""

    recipient: str
    phone: str
    region: str
    city: str
    street: str
    postcode: str


def keep_address(*, buyer: Buyer, where: Where, address: int = 0, preferred: bool = False) -> Address:
    """This function will add an address, or change the one named, in the caller's transaction.

    The first one is preferred by itself. Raises BuyerBlocked, AddressIncomplete, UnknownAddress, TooManyAddresses.
    """
    buyer = assert_active(buyer=buyer)
    clean = _clean(where)
    if address:
        row = address_of(buyer, address)
        for name, text in clean.items():
            setattr(row, name, text)
        row.save(update_fields=list(clean))
    else:
        have = addresses_of(buyer)
        if len(have) >= MOST_ADDRESSES:
            raise TooManyAddresses(f"you keep {MOST_ADDRESSES} addresses already; remove one first")
        row = Address.objects.create(buyer=buyer, **clean)
        preferred = preferred or not have
    if preferred:
        _prefer(buyer, row)
    return row


def prefer_address(*, buyer: Buyer, address: int) -> Address:
    """This function will make an address the one that is offered first. Raises BuyerBlocked, UnknownAddress."""
    buyer = assert_active(buyer=buyer)
    row = address_of(buyer, address)
    _prefer(buyer, row)
    return row


def remove_address(*, buyer: Buyer, address: int, at: datetime) -> None:
    """This function will remove an address; if it was preferred, the latest of the others is from now on.

    Raises BuyerBlocked, UnknownAddress.
    """
    buyer = assert_active(buyer=buyer)
    row = address_of(buyer, address)
    was_preferred, row.preferred, row.removed_at = row.preferred, False, at
    row.save(update_fields=["preferred", "removed_at"])
    left = addresses_of(buyer)
    if was_preferred and left:
        _prefer(buyer, left[0])


def _prefer(buyer: Buyer, row: Address) -> None:
    Address.objects.filter(buyer=buyer, preferred=True).exclude(id=row.id).update(preferred=False)
    row.preferred = True
    row.save(update_fields=["preferred"])


def _clean(where: Where) -> dict[str, str]:
    clean = {name: " ".join(str(text).replace("\x00", "").split()) for name, text in where.items()}
    wrong = sorted(
        name
        for name, most in ADDRESS_LENGTHS.items()
        if len(clean.get(name, "")) > most or (name not in ("city", "postcode") and not clean.get(name))
    )
    if wrong:
        raise AddressIncomplete(
            "an address needs a recipient, a phone, a region and a street; correct: " + ", ".join(wrong),
            fields=wrong,
        )
    return {name: clean.get(name, "") for name in ADDRESS_LENGTHS}
