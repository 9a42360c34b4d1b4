"""The second factor's pages: the code after the password, setting up, recovery codes, a code before an act."""

import base64
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.audit.operations.record_change import record_change
from zhanggui.portals.desk import throttling
from zhanggui.portals.desk.factors import (
    CODE_FIELD,
    PASSED_AT,
    code_problem,
    factor_problem,
    factor_required,
    has_factor,
    mark_passed,
    wait_text,
)
from zhanggui.portals.desk.sessions import end_sessions, renew_key

PENDING, SECRET, SHOW_CODES = "login_pending", "factor_secret", "factor_show_codes"
PENDING_SECONDS = 300


def hold_log_in(request: HttpRequest, user: Any, target: str) -> HttpResponse:
    """The password was right: remember that, log nobody in yet, and ask for the code."""
    request.session.cycle_key()
    request.session[PENDING] = {
        "user": user.pk, "backend": user.backend, "hash": user.get_session_auth_hash(), "next": target,
        "at": int(timezone.now().timestamp()),
    }  # fmt: skip
    return HttpResponseRedirect(reverse("desk:login_code"))


def login_code(request: HttpRequest) -> HttpResponse:
    """The code after the password; only both together log in."""
    pending = request.session.get(PENDING)
    user = _pending_person(pending)
    if pending is None or user is None:
        request.session.pop(PENDING, None)
        return HttpResponseRedirect(reverse("desk:login"))
    problem = ""
    if request.method == "POST":
        problem = code_problem(user, request.POST.get(CODE_FIELD, ""), now=timezone.now())
        if not problem:
            del request.session[PENDING]
            login(request, user, backend=pending["backend"])
            mark_passed(request)
            return HttpResponseRedirect(pending["next"])
    return render(
        request, "desk/login_code.html", {"title": _("Second factor"), "problem": problem},
        status=422 if problem else 200,
    )  # fmt: skip


@login_required
def factor_page(request: HttpRequest) -> HttpResponse:
    """A code before an act; afterwards back to where it was asked for."""
    target = safe_target(request, request.POST.get("next") or request.GET.get("next", ""))
    if not has_factor(request.user):
        return HttpResponseRedirect(reverse("desk:factor_enrol"))
    problem = ""
    if request.method == "POST":
        request.session.pop(PASSED_AT, None)
        problem = factor_problem(request)
        if not problem:
            renew_key(request)
            return HttpResponseRedirect(target)
    context = {"title": _("Second factor"), "problem": problem, "next": target}
    return render(request, "desk/factor.html", context, status=422 if problem else 200)


@login_required
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up one-time codes: the secret as a picture, proved by the password and a first code."""
    if has_factor(request.user):
        return HttpResponseRedirect(
            reverse("desk:factor" if PASSED_AT not in request.session else "desk:security")
        )
    adapter = get_adapter()
    sealed = request.session.get(SECRET)
    if sealed is None:
        sealed = request.session[SECRET] = adapter.encrypt(generate_totp_secret())
    secret = adapter.decrypt(sealed)
    problem = ""
    if request.method == "POST":
        problem = _enrolled(request, secret)
        if not problem:
            return HttpResponseRedirect(reverse("desk:recovery_codes"))
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    context = {
        "title": _("Set up your second factor"), "problem": problem, "required": factor_required(request.user),
        "picture": base64.b64encode(picture.encode("utf-8")).decode("ascii"),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }  # fmt: skip
    return render(request, "desk/factor_enrol.html", context, status=422 if problem else 200)


def _enrolled(request: HttpRequest, secret: str) -> str:
    """Keep the factor; the sentence of what keeps it from being kept, empty when done."""
    user, now, address = request.user, timezone.now(), throttling.address_of(request)
    name = user.get_username()
    seconds = throttling.seconds_to_wait(username=name, address=address, now=now)
    if seconds:
        return wait_text(seconds)
    if not user.check_password(request.POST.get("password", "")):
        throttling.record_failure(username=name, address=address, now=now)
        return _("The password is wrong. Enter the one you log in with.")
    code = "".join(request.POST.get(CODE_FIELD, "").split())
    if not validate_totp_code(secret, code):
        return _("The code does not fit this secret. Scan the picture again and enter the code shown now.")
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=user.pk)
        if has_factor(user):
            return _("You have set up a second factor elsewhere just now. Log in again.")
        TOTP.activate(user, secret)
        Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(user)
        record_change(
            at=now, actor=name, action="factor.set_up", object_kind="user", object_id=name,
            before={"second_factor": False}, after={"second_factor": True},
        )  # fmt: skip
    del request.session[SECRET]
    request.session[SHOW_CODES] = True
    mark_passed(request)
    renew_key(request)
    end_sessions(user.pk, but=request.session.session_key or "")
    return ""


@login_required
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, shown once after they were made."""
    if not request.session.pop(SHOW_CODES, False):
        return HttpResponseRedirect(reverse("desk:security"))
    row = Authenticator.objects.get(user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES)
    codes = [f"{code[:5]} {code[5:]}" for code in row.wrap().get_unused_codes()]
    return render(request, "desk/recovery_codes.html", {"title": _("Recovery codes"), "codes": codes})


@login_required
@require_POST
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make ten new recovery codes; the old ones are worth nothing any more."""
    problem = factor_problem(request) if has_factor(request.user) else _("Set up a second factor first.")
    if problem:
        messages.error(request, problem)
        return HttpResponseRedirect(reverse("desk:security"))
    with transaction.atomic():
        Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(request.user)
        _note(request, "factor.recovery_renewed")
    request.session[SHOW_CODES] = True
    return HttpResponseRedirect(reverse("desk:recovery_codes"))


@login_required
@require_POST
def remove_factor(request: HttpRequest) -> HttpResponse:
    """Take the factor off, to set up another (a new telephone). Asks for a code of the old one."""
    if has_factor(request.user):
        problem = factor_problem(request)
        if problem:
            messages.error(request, problem)
            return HttpResponseRedirect(reverse("desk:security"))
        with transaction.atomic():
            Authenticator.objects.filter(user_id=request.user.pk).delete()
            _note(request, "factor.removed")
        request.session.pop(PASSED_AT, None)
        renew_key(request)
        messages.success(request, _("Your second factor is off. Set up the new one now."))
    return HttpResponseRedirect(reverse("desk:factor_enrol"))


def safe_target(request: HttpRequest, target: str) -> str:
    """A path of ours, else the door."""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and safe else reverse("desk:door")


def _pending_person(pending: dict[str, Any] | None) -> Any:
    """Whose password was given a moment ago; None when that is too long ago or the password changed since."""
    if pending is None or timezone.now().timestamp() - pending["at"] > PENDING_SECONDS:
        return None
    user = get_user_model().objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(pending["hash"], user.get_session_auth_hash()):
        return None
    return user


def _note(request: HttpRequest, action: str) -> None:
    name = request.user.get_username()
    record_change(at=timezone.now(), actor=name, action=action, object_kind="user", object_id=name)
