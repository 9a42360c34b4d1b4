"""A person becomes the buyer of this session."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from zhanggui.portals.desk.factors import has_factor
from zhanggui.portals.desk.sessions import BUYS_ONLY
from zhanggui.portals.desk.views.factors import hold_log_in
from zhanggui.portals.storefront.visiting import VISITOR_COOKIE, visit_of
from zhanggui.trade.buyers.queries import buyer_of, is_active
from zhanggui.trade.carts.operations.take_over_cart import take_over_cart

BACKEND = "django.contrib.auth.backends.ModelBackend"
HOME = "/"


def enter(request: HttpRequest, user: Any, *, target: str, by_password: bool) -> HttpResponse:
    """Log in and go where the person wanted to.

    Whoever has a second factor gives its code after the password. A session that WeChat or Weibo vouched for only
    buys, and is asked for none.
    """
    user.backend = BACKEND
    target = safe_target(request, target)
    if by_password and has_factor(user):
        return hold_log_in(request, user, f"{reverse('storefront:arrived')}?{urlencode({'next': target})}")
    login(request, user, backend=BACKEND)
    if not by_password:
        request.session[BUYS_ONLY] = True
    return arrive(request, target)


def arrive(request: HttpRequest, target: str) -> HttpResponse:
    """What the visitor put into the cart is the buyer's now; then to where the person wanted to go."""
    visitor = visit_of(request).visitor
    buyer = buyer_of(request.user)
    response = HttpResponseRedirect(safe_target(request, target))
    if buyer is not None and is_active(buyer) and visitor:
        with transaction.atomic():
            take_over_cart(to_buyer=buyer.id, visitor=visitor)
        response.delete_cookie(VISITOR_COOKIE)
    return response


def safe_target(request: HttpRequest, target: str) -> str:
    """The address of ours that was asked for, else the mall's first page."""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and safe else HOME
