"""The account: what it logs in with, binding and unbinding, the password, and merging two accounts into one."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.audit.operations.record_change import record_change
from zhanggui.journeys.buyers_merged import buyers_merged
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk import throttling
from zhanggui.portals.desk.factors import has_factor, wait_text
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.sessions import end_sessions, renew_key
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.portals.storefront.signing_in.coming_back import MERGE_PROOF, prove, proved
from zhanggui.portals.storefront.signing_in.providers import NAMES, open_doors
from zhanggui.portals.storefront.signing_in.views import leads_elsewhere
from zhanggui.trade.buyers.models import Buyer, Identity
from zhanggui.trade.buyers.operations.choose_password import choose_password as choose_password_of
from zhanggui.trade.buyers.operations.unbind_identity import unbind_identity
from zhanggui.trade.buyers.queries import (
    buyer_by_number,
    buyer_of,
    has_password,
    identities_of,
    is_active,
)


@leads_elsewhere
@for_buyers
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and every way in."""
    return _account_page(request, "", "")


def _account_page(request: HttpRequest, act: str, problem: str) -> HttpResponse:
    buyer = request.buyer
    rows = identities_of(buyer)
    bound = {one.provider for one in rows}
    context = {
        "title": _("Account and log-ins"), "tab": "me", "buyer": buyer, "own_name": request.user.get_username(),
        "people": [(one, NAMES[one.provider]) for one in _once_a_person(rows)],
        "doors": [one for one in open_doors(request) if one.provider not in bound],
        "with_password": has_password(buyer), "usable": request.user.has_usable_password(),
        "act": act, "problem": problem, "username": request.POST.get("username", ""),
    }  # fmt: skip
    return show(request, "signing_in/account.html", context, status=422 if problem else 200)


def _once_a_person(rows: Iterable[Identity]) -> list[Identity]:
    """One row for each person at a provider, though two apps of ours may know it."""
    seen: dict[tuple[str, str], Identity] = {}
    for row in rows:
        seen.setdefault((row.provider, row.union or f"{row.app} {row.subject}"), row)
    return list(seen.values())


@leads_elsewhere
@require_POST
@for_buyers
def unbind(request: HttpRequest, number: int) -> HttpResponse:
    """Take a log-in elsewhere off."""
    try:
        with transaction.atomic():
            unbind_identity(buyer=request.buyer, identity=number, at=timezone.now())
    except Refusal as refusal:
        return _account_page(request, "unbind", refusal_text(refusal))
    messages.success(request, _("This log-in is not yours any more."))
    return HttpResponseRedirect(reverse("storefront:account"))


@leads_elsewhere
@require_POST
@for_buyers
def choose_password(request: HttpRequest) -> HttpResponse:
    """A name and a password for somebody who came from WeChat or Weibo."""
    if request.POST.get("password", "") != request.POST.get("again", ""):
        return _account_page(request, "choose", _("The two passwords differ. Type the same one twice."))
    try:
        with transaction.atomic():
            choose_password_of(
                buyer=request.buyer, username=request.POST.get("username", "").replace("\x00", ""),
                password=request.POST.get("password", ""), at=timezone.now(),
            )  # fmt: skip
    except Refusal as refusal:
        return _account_page(request, "choose", refusal_text(refusal))
    # The session is bound to the password: it stays, the others end.
    user = request.buyer.user
    if user.pk == request.user.pk:
        user.refresh_from_db()
        _keep_session(request, user)
    messages.success(request, _("You can log in with your name and your password from now on."))
    return HttpResponseRedirect(reverse("storefront:account"))


def _keep_session(request: HttpRequest, user: Any) -> None:
    update_session_auth_hash(request, user)
    renew_key(request)
    end_sessions(user.pk, but=request.session.session_key or "")


@leads_elsewhere
@require_POST
@for_buyers
def prove_other(request: HttpRequest) -> HttpResponse:
    """Name and password of another account, to merge it with this one."""
    username, address, now = request.POST.get("username", ""), throttling.address_of(request), timezone.now()
    seconds = max(
        throttling.seconds_to_wait(username=username, address=address, now=now),
        throttling.seconds_for_address(address=address, now=now),
    )
    if seconds:
        return _account_page(request, "merge", wait_text(seconds))
    user = authenticate(request, username=username, password=request.POST.get("password", ""))
    if user is None:
        throttling.record_failure(username=username, address=address, now=now)
        return _account_page(request, "merge", _("User name or password is wrong. Check both."))
    throttling.forget_failures(username=username, address=address)
    other = buyer_of(user)
    if other is None or other.id == request.buyer.id:
        return _account_page(request, "merge", _("This is no other account of the mall."))
    if has_factor(user):
        return _account_page(
            request,
            "merge",
            _("The other account has a second factor. Log in there, and merge this one into it."),
        )
    prove(request, other.number, at=now)
    return HttpResponseRedirect(reverse("storefront:merge"))


@for_buyers
def merge(request: HttpRequest) -> HttpResponse:
    """Both accounts side by side; merging them is asked for once more."""
    now = timezone.now()
    other = _other(request, proved(request, at=now))
    if other is None:
        messages.warning(request, _("Prove first that the other account is yours: log in with it here."))
        return HttpResponseRedirect(reverse("storefront:account"))
    problem = ""
    if request.method == "POST":
        try:
            buyers_merged(kept=request.buyer, other=other, at=now)
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            del request.session[MERGE_PROOF]
            renew_key(request)
            messages.success(request, _("Both accounts are one now."))
            return HttpResponseRedirect(reverse("storefront:account"))
    context = {
        "title": _("Merge two accounts"), "tab": "me", "buyer": request.buyer, "other": other,
        "people": [NAMES[one.provider] for one in _once_a_person(identities_of(other))], "problem": problem,
    }  # fmt: skip
    return show(request, "signing_in/merge.html", context, status=422 if problem else 200)


def _other(request: HttpRequest, number: str) -> Buyer | None:
    found = buyer_by_number(number) if number else None
    return found if found and found.id != request.buyer.id and is_active(found) else None


@method_decorator(for_buyers, name="dispatch")
class PasswordView(PasswordChangeView):
    """Change the own password, in the mall's frame."""

    success_url = reverse_lazy("storefront:account")

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        """The form, or what is wrong with what was typed."""
        form = context["form"]
        problems = [problem for field in form.errors.values() for problem in field]
        return show(
            self.request, "signing_in/password.html",
            {"title": _("Change password"), "tab": "me", "problems": problems}, status=422 if problems else 200,
        )  # fmt: skip

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it, note that, and end every other session."""
        name = self.request.user.get_username()
        with transaction.atomic():
            response = super().form_valid(form)
            record_change(
                at=timezone.now(), actor=f"buyer:{self.request.buyer.number}", action="password.changed",
                object_kind="user", object_id=name,
            )  # fmt: skip
        renew_key(self.request)
        end_sessions(self.request.user.pk, but=self.request.session.session_key or "")
        messages.success(self.request, _("The password is changed."))
        return response
