"""Reads over buyers, how they log in, and their addresses."""

from django.db.models import Exists, OuterRef, QuerySet

from zhanggui.parties.models import Membership, User
from zhanggui.trade.buyers.errors import UnknownAddress, UnknownBuyer, UnknownIdentity
from zhanggui.trade.buyers.models import Address, Buyer, BuyerState, Identity


def buyer_of(user: User) -> Buyer | None:
    """This function will return who a log-in buys as: of a merged buyer, the one it was merged into.

    None for a log-in that never bought. The state is the caller's to look at: blocked buyers are returned too.
    """
    found = Buyer.objects.select_related("merged_into__user", "user").filter(user_id=user.pk).first()
    if found is None:
        return None
    return found.merged_into or found


def buyers_of(buyer: Buyer) -> list[int]:
    """This function will return the ids under which a person bought: the buyer's own and those merged into it."""
    merged = Buyer.objects.filter(merged_into=buyer).order_by("id").values_list("id", flat=True)
    return [buyer.id, *merged]


def buyer_by_number(number: str, *, lock: bool = False) -> Buyer:
    """This function will return a buyer with its log-in. Raises UnknownBuyer."""
    rows = Buyer.objects.select_related("user", "merged_into")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(number=number.strip()).first()
    if found is None:
        raise UnknownBuyer(
            f"there is no buyer {number!r}; look the number up in the list of buyers", number=number
        )
    return found


def locked_buyers(*buyers: Buyer) -> list[Buyer]:
    """This function will lock buyers until the caller's transaction ends, in the order of their ids whatever order
    they are given in, and return them fresh in the order given."""
    ids = {buyer.id for buyer in buyers}
    rows = {
        row.id: row
        for row in Buyer.objects.select_for_update(of=("self",))
        .filter(id__in=ids)
        .select_related("user")
        .order_by("id")
    }
    return [rows[buyer.id] for buyer in buyers]


def identity_of(*, provider: str, app: str, subject: str, union: str = "") -> Identity | None:
    """This function will return how a person at a provider is known here: by the app's own id, else by the id that
    is the same over our apps."""
    rows = Identity.objects.select_related("buyer__user").filter(provider=provider)
    known = rows.filter(app=app, subject=subject).first()
    if known is None and union:
        known = rows.filter(union=union).order_by("id").first()
    return known


def identities_of(buyer: Buyer) -> list[Identity]:
    """This function will return a buyer's identities, the oldest first."""
    return list(Identity.objects.filter(buyer=buyer).order_by("id"))


def identity_by_id(buyer: Buyer, number: int) -> Identity:
    """This function will return one identity of a buyer. Raises UnknownIdentity."""
    found = Identity.objects.filter(buyer=buyer, id=number).first()
    if found is None:
        raise UnknownIdentity("this log-in is not one of yours any more; reload the page", identity=number)
    return found


def has_password(buyer: Buyer) -> bool:
    """This function will say whether the person can log in with a name and a password, an old one included."""
    people = User.objects.filter(id__in=Buyer.objects.filter(id__in=buyers_of(buyer)).values("user_id"))
    return any(user.is_active and user.has_usable_password() for user in people)


def addresses_of(buyer: Buyer) -> list[Address]:
    """This function will return a buyer's addresses, the preferred one first, then the latest."""
    return list(Address.objects.filter(buyer=buyer, removed_at=None).order_by("-preferred", "-id"))


def address_of(buyer: Buyer, number: int) -> Address:
    """This function will return one address of a buyer. Raises UnknownAddress."""
    found = Address.objects.filter(buyer=buyer, id=number, removed_at=None).first()
    if found is None:
        raise UnknownAddress("this address is not one of yours any more; choose another", address=number)
    return found


def is_active(buyer: Buyer) -> bool:
    """This function will say whether a buyer may log in and buy."""
    return buyer.state == BuyerState.ACTIVE


def people_of_offices() -> QuerySet[User]:
    """This function will return every log-in but those of people who do nothing here but buy."""
    buys = Buyer.objects.filter(user_id=OuterRef("pk"))
    works = Membership.objects.filter(user_id=OuterRef("pk"))
    return User.objects.filter(~Exists(buys) | Exists(works))
