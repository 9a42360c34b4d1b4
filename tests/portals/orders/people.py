"""People who look at orders, and a mall in which there are some."""

from typing import Any

from django.db import transaction
from django.test import Client

from tests.trade.fulfilment.sold import NOW, Sold
from tests.trade.fulfilment.test_ship_lines import ship
from zhanggui.journeys.parcel_tracked import parcel_tracked
from zhanggui.parties.models import Membership, Party, PartyKind, User
from zhanggui.trade.fulfilment.rules import TrackingEvent


def platform() -> Party:
    """The platform itself."""
    return Party.objects.get_or_create(
        code="platform", defaults={"kind": PartyKind.PLATFORM, "name": {"en": "Mall"}}
    )[0]


def client_of(sold: Sold, role: str, party: str = "", *, language: str = "en") -> Client:
    """Somebody logged in with a role at a party; the platform if none is named."""
    where = sold.parties[party] if party else platform()
    user = User.objects.create_user(f"{role}-{party or 'platform'}", language=language)
    Membership.objects.create(user=user, party=where, role=role)
    client = Client(headers={"Accept-Language": language})
    client.force_login(user)
    return client


def busy(sold: Sold) -> Sold:
    """Orders in every state, of two merchants and a supplier."""
    sold.order("T-1 tea cup:2 pot:1")
    sold.order("T-2 tea cup:1", buyer="li")
    sold.order("T-3 tea pot:3")
    sold.order("T-4 tea cup*:2")
    sold.order("T-5 tea cup:1", state="placed")
    sold.order("T-6 tea cup:1", state="cancelled")
    sold.order("T-7 tea cup:1", kind="pickup")
    sold.order("B-1 books cup:1")
    ship(sold, ("T-3", "1", 1), tracking="SF2001")
    ship(sold, "T-2", tracking="SF2002")
    events = [
        TrackingEvent(at=NOW, text="已揽收", place="杭州"), TrackingEvent(at=NOW, text="签收 <b>", delivered=True)
    ]  # fmt: skip
    parcel_tracked(carrier="sf", tracking_no="SF2002", events=events)
    return sold


def text_of(answer: Any) -> str:
    """The page as text."""
    content: bytes = answer.content
    return content.decode()


def with_orders() -> Sold:
    """The same in a market that is there already, each in a transaction as in life."""
    with transaction.atomic():
        return busy(Sold(english=False))
