"""Find, or make, the buyer whom WeChat or Weibo vouches for."""

from datetime import datetime

from django.db import connection

from zhanggui.parties.operations.add_person import add_person
from zhanggui.trade.buyers.errors import BuyerBlocked, IdentityIncomplete
from zhanggui.trade.buyers.models import Buyer, Identity
from zhanggui.trade.buyers.operations.sign_up import add_buyer, next_sequence
from zhanggui.trade.buyers.queries import identity_of, is_active, locked_buyers
from zhanggui.trade.buyers.rules import PROVIDERS, given_name, number_of


def log_in_with_identity(
    *, provider: str, app: str, subject: str, at: datetime, union: str = "", nickname: str = ""
) -> tuple[Buyer, bool]:
    """This function will return the buyer whom a provider vouches for, and whether it is a new one.

    A known subject is its buyer. A known union is the same buyer under another app of ours, and gets one more
    identity. Anybody else is a new buyer, with a log-in that has no password. Raises IdentityIncomplete,
    BuyerBlocked.
    """
    hold_identity(provider=provider, app=app, subject=subject, union=union)
    known = identity_of(provider=provider, app=app, subject=subject, union=union)
    if known is not None:
        buyer = _held(known.buyer)
        keep_identity(
            buyer=buyer, provider=provider, app=app, subject=subject, union=union, nickname=nickname, at=at
        )
        return buyer, False
    sequence = next_sequence()
    user = add_person(username=given_name(number_of(sequence), provider), password=None)
    buyer = add_buyer(user=user, name=nickname, at=at, sequence=sequence)
    keep_identity(
        buyer=buyer, provider=provider, app=app, subject=subject, union=union, nickname=nickname, at=at
    )
    return buyer, True


def _held(buyer: Buyer) -> Buyer:
    """The buyer, locked; the one it was merged into, if that happened just now. Raises BuyerBlocked."""
    (buyer,) = locked_buyers(buyer)
    if buyer.merged_into is not None:
        (buyer,) = locked_buyers(buyer.merged_into)
    if not is_active(buyer) or not buyer.user.is_active:
        raise BuyerBlocked("this account is blocked; write to support", number=buyer.number)
    return buyer


def hold_identity(*, provider: str, app: str, subject: str, union: str) -> None:
    """This function will let nobody else log in or bind as this person until the caller's transaction ends.

    Raises IdentityIncomplete.
    """
    if provider not in PROVIDERS or not app or not subject or max(map(len, (app, subject, union))) > 128:
        raise IdentityIncomplete(
            "the other side did not say who you are; try to log in again", provider=provider
        )
    names = [
        f"identity {provider} {app} {subject}",
        *([f"identity {provider} union {union}"] if union else []),
    ]
    with connection.cursor() as cursor:
        for name in sorted(names):
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def keep_identity(
    *, buyer: Buyer, provider: str, app: str, subject: str, union: str, nickname: str, at: datetime
) -> Identity:
    """This function will keep what a provider says of a buyer: a new identity, or the nickname of today.

    A union that came later is kept unless it stands for another buyer: only the person can say that both are one.
    """
    row, made = Identity.objects.get_or_create(
        provider=provider, app=app, subject=subject,
        defaults={"buyer": buyer, "union": union, "nickname": nickname.strip()[:64], "created_at": at},
    )  # fmt: skip
    if not made:
        others = Identity.objects.filter(provider=provider, union=union).exclude(buyer=buyer)
        row.nickname = nickname.strip()[:64] or row.nickname
        if union and not row.union and not others.exists():
            row.union = union
        row.save(update_fields=["nickname", "union"])
    return row
