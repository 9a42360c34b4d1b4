"""Who is looking at the mall, from where and with what: a buyer or a visitor, and the browser they hold."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from zhanggui.outbox.queries import unread_of_buyer
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.queries import buyer_of as buyer_of_person
from zhanggui.trade.buyers.queries import buyers_of, is_active
from zhanggui.trade.carts.queries import item_count
from zhanggui.trade.carts.shapes import CartOwner

CURRENCY = "CNY"
VISITOR_COOKIE = "zhanggui_visitor"
VISITOR_SECONDS = 90 * 24 * 3600
_KEPT = "_storefront_visit"
_PHONES = ("Mobile", "Android", "iPhone", "HarmonyOS")


@dataclass(frozen=True)
class Visit:
    """One request's person and browser.

    `visitor` is the random key of somebody not logged in, empty until something is put into a cart. `surface` is
    pc, phone, weixin or weibo.
    """

    buyer: Buyer | None
    visitor: str
    surface: str
    currency: str = CURRENCY

    @property
    def buyer_id(self) -> int:
        """The buyer's id, 0 for visitors: whose carts and favourites they are."""
        return self.buyer.id if self.buyer else 0

    @property
    def in_app(self) -> bool:
        """Inside another app's browser, where windows cannot be opened and files not be fetched."""
        return self.surface in ("weixin", "weibo")

    def unread(self) -> int:
        """How many messages the buyer has not read."""
        if self.buyer is None:
            return 0
        return unread_of_buyer(buyer_ids=buyers_of(self.buyer), user_id=self.buyer.user_id, at=timezone.now())

    def cart_count(self) -> int:
        """How many different things lie in the cart."""
        if not (self.buyer or self.visitor):
            return 0
        return item_count(CartOwner(self.buyer_id, "" if self.buyer else self.visitor))


def visit_of(request: HttpRequest) -> Visit:
    """Who visits; looked up once a request."""
    found = getattr(request, _KEPT, None)
    if found is None:
        given = request.COOKIES.get(VISITOR_COOKIE, "")
        found = Visit(buyer_of(request), given if len(given) == 43 else "", surface_of(request))
        setattr(request, _KEPT, found)
    return found


def buyer_of(request: HttpRequest) -> Buyer | None:
    """The buyer who is logged in, if the person is one and may buy."""
    if not request.user.is_authenticated:
        return None
    found = buyer_of_person(request.user)
    return found if found is not None and is_active(found) else None


def surface_of(request: HttpRequest) -> str:
    """What kind of browser asks: its way to pay and to share depends on it."""
    agent = request.headers.get("User-Agent", "")
    if "MicroMessenger" in agent:
        return "weixin"
    if "Weibo" in agent:
        return "weibo"
    return "phone" if any(sign in agent for sign in _PHONES) else "pc"


def become_visitor(request: HttpRequest, response: HttpResponse, visitor: str) -> None:
    """Let the browser keep the key of the cart."""
    response.set_cookie(
        VISITOR_COOKIE,
        visitor,
        max_age=VISITOR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def new_visitor() -> str:
    """A key nobody can guess."""
    return secrets.token_urlsafe(32)


def sign_in_address(request: HttpRequest, *, back_to: str = "") -> str:
    """Where one logs in, and from there back to this page."""
    return f"{sign_in_page()}?{urlencode({'next': back_to or request.get_full_path()})}"


def sign_in_page() -> str:
    """The address of the log-in page for buyers."""
    return reverse("storefront:sign_in")
