"""Back from WeChat or Weibo, which vouched for somebody: log in as that buyer, or bind it to the one logged in."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.sessions import end_this_session
from zhanggui.portals.storefront.signing_in.entering import enter
from zhanggui.portals.storefront.signing_in.providers import NAMES
from zhanggui.portals.storefront.visiting import visit_of
from zhanggui.trade.buyers.errors import IdentityTaken
from zhanggui.trade.buyers.operations.bind_identity import bind_identity
from zhanggui.trade.buyers.operations.log_in_with_identity import log_in_with_identity

LOG_IN, BIND = "login", "connect"
MERGE_PROOF = "merge_proof"
PROOF_SECONDS = 600


def came_back(request: HttpRequest, sociallogin: Any) -> HttpResponse:
    """Where the person goes on."""
    provider = sociallogin.provider
    who = {
        "provider": provider.identity_provider, "app": provider.app.client_id,
        **provider.says(sociallogin.account.extra_data),
    }  # fmt: skip
    state = sociallogin.state or {}
    if state.get("process") == BIND:
        return _bound(request, who, (state.get("data") or {}).get("buyer", ""))
    return _logged_in(request, who, state.get("next", ""))


def start_page(request: HttpRequest) -> HttpResponse:
    """Where to begin again: the account of who is logged in, else the log-in page."""
    name = "storefront:account" if visit_of(request).buyer else "storefront:sign_in"
    return HttpResponseRedirect(reverse(name))


def _logged_in(request: HttpRequest, who: dict[str, str], target: str) -> HttpResponse:
    try:
        with transaction.atomic():
            buyer, is_new = log_in_with_identity(at=timezone.now(), **who)
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
        return start_page(request)
    if request.user.is_authenticated:
        end_this_session(request)
    response = enter(request, buyer.user, target=target, by_password=False)
    if is_new:
        messages.success(request, _("Welcome to the mall, %(name)s.") % {"name": buyer.name})
    return response


def _bound(request: HttpRequest, who: dict[str, str], number: str) -> HttpResponse:
    buyer = visit_of(request).buyer
    if buyer is None or buyer.number != number:
        messages.warning(
            request, _("You are not logged in any more as who you were. Log in and begin again.")
        )
        return start_page(request)
    name = {"name": NAMES[who["provider"]]}
    try:
        with transaction.atomic():
            bind_identity(buyer=buyer, at=timezone.now(), **who)
    except IdentityTaken as taken:
        prove(request, taken.details["other"], at=timezone.now())
        return HttpResponseRedirect(reverse("storefront:merge"))
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, _("You can log in with %(name)s from now on.") % name)
    return start_page(request)


def prove(request: HttpRequest, number: str, *, at: datetime) -> None:
    """Note that whoever holds this session also logged in as this buyer, now."""
    request.session[MERGE_PROOF] = {"number": number, "at": int(at.timestamp())}


def proved(request: HttpRequest, *, at: datetime) -> str:
    """The number of the buyer as whom this session also logged in within the last minutes, or nothing."""
    proof = request.session.get(MERGE_PROOF) or {}
    if at.timestamp() - proof.get("at", 0) > PROOF_SECONDS:
        return ""
    return str(proof.get("number", ""))
