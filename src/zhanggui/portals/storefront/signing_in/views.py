"""Logging in, signing up, logging out, and the way to WeChat and Weibo."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from zhanggui.money.errors import Refusal
from zhanggui.parties.errors import NameTaken
from zhanggui.portals.desk import throttling
from zhanggui.portals.desk.factors import wait_text
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.sessions import end_this_session
from zhanggui.portals.desk.views.accounts import ThrottledLoginForm
from zhanggui.portals.storefront.showing import show
from zhanggui.portals.storefront.signing_in.coming_back import BIND, LOG_IN
from zhanggui.portals.storefront.signing_in.entering import HOME, arrive, enter, safe_target
from zhanggui.portals.storefront.signing_in.providers import DOORS, configured, open_doors, origins
from zhanggui.portals.storefront.visiting import visit_of
from zhanggui.rails.weibo.provider import WeiboAdapter
from zhanggui.rails.weixin.provider import WeixinAdapter, WeixinInAppAdapter
from zhanggui.trade.buyers.operations.become_buyer import become_buyer
from zhanggui.trade.buyers.operations.sign_up import sign_up as sign_up_buyer
from zhanggui.trade.buyers.queries import is_active

SIGN_UPS = "+sign-up"
"""Sign-ups that failed are counted under this name, which nobody can have: names are not tried out here."""

weixin_callback = never_cache(OAuth2CallbackView.adapter_view(WeixinAdapter))
weixin_in_app_callback = never_cache(OAuth2CallbackView.adapter_view(WeixinInAppAdapter))
weibo_callback = never_cache(OAuth2CallbackView.adapter_view(WeiboAdapter))


def leads_elsewhere(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page whose forms lead to WeChat and Weibo: browsers are told so. It is kept by nobody on the way."""

    @wraps(view)
    @never_cache
    def told(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        policy = {**settings.SECURE_CSP, "form-action": [*settings.SECURE_CSP["form-action"], *origins()]}
        return csp_override(policy)(view)(request, *args, **named)

    return told


@leads_elsewhere
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password, or a button for each log-in elsewhere."""
    target = request.POST.get("next") or request.GET.get("next", "")
    if visit_of(request).buyer and request.method != "POST":
        return HttpResponseRedirect(safe_target(request, target))
    form = (
        ThrottledLoginForm(request, request.POST) if request.method == "POST" else ThrottledLoginForm(request)
    )
    problem = ""
    if request.method == "POST":
        if form.is_valid():
            with transaction.atomic():
                buyer = become_buyer(user=form.get_user(), at=timezone.now())
            if is_active(buyer):
                return enter(request, form.get_user(), target=target, by_password=True)
            problem = _("This account is blocked. Write to support.")
        else:
            problem = str((form.non_field_errors() or [_("Type your user name and your password.")])[0])
    context = {
        "title": _("Log in"), "bare": True, "next": target, "doors": open_doors(request), "problem": problem,
        "username": request.POST.get("username", ""),
    }  # fmt: skip
    return show(request, "signing_in/sign_in.html", context, status=422 if problem else 200)


@leads_elsewhere
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account with name and password."""
    target = request.POST.get("next") or request.GET.get("next", "")
    if visit_of(request).buyer:
        return HttpResponseRedirect(safe_target(request, target))
    problem = ""
    if request.method == "POST":
        answered, problem = _signed_up(request, target)
        if answered is not None:
            return answered
    context = {
        "title": _("Sign up"), "bare": True, "next": target, "doors": open_doors(request), "problem": problem,
        "username": request.POST.get("username", ""),
    }  # fmt: skip
    return show(request, "signing_in/sign_up.html", context, status=422 if problem else 200)


def _signed_up(request: HttpRequest, target: str) -> tuple[HttpResponse | None, str]:
    """Where a new buyer goes on, or the sentence of what keeps the person from being one."""
    typed = {
        name: request.POST.get(name, "").replace("\x00", "") for name in ("username", "password", "again")
    }
    address, now = throttling.address_of(request), timezone.now()
    seconds = throttling.seconds_to_wait(username=SIGN_UPS, address=address, now=now)
    if seconds:
        return None, wait_text(seconds)
    if typed["password"] != typed["again"]:
        return None, _("The two passwords differ. Type the same one twice.")
    try:
        with transaction.atomic():
            buyer = sign_up_buyer(username=typed["username"], password=typed["password"], at=now)
    except Refusal as refusal:
        if isinstance(refusal, NameTaken):
            throttling.record_failure(username=SIGN_UPS, address=address, now=now)
        return None, refusal_text(refusal)
    user = authenticate(request, username=buyer.user.get_username(), password=typed["password"])
    if user is None:
        return HttpResponseRedirect(reverse("storefront:sign_in")), ""
    messages.success(request, _("Welcome to the mall, %(name)s.") % {"name": buyer.name})
    return enter(request, user, target=target, by_password=True), ""


def arrived(request: HttpRequest) -> HttpResponse:
    """Back from the second factor: the cart first, then to where the person wanted to go."""
    return arrive(request, request.GET.get("next", ""))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Log out and see the mall as a visitor."""
    if request.user.is_authenticated:
        end_this_session(request)
    return HttpResponseRedirect(HOME)


@require_POST
@never_cache
def go_elsewhere(request: HttpRequest, code: str) -> HttpResponse:
    """To WeChat or Weibo: to log in, or, logged in already, to bind it to the account."""
    if code not in DOORS or configured(code) is None:
        raise Http404(_("There is no such log-in."))
    buyer = visit_of(request).buyer
    return get_adapter().get_provider(request, code).redirect(
        request, process=BIND if buyer else LOG_IN, next_url=safe_target(request, request.POST.get("next", "")),
        data={"buyer": buyer.number} if buyer else None,
    )  # fmt: skip
