"""The second factor: who needs one, whether this session has proved it lately, and checking a code.

Portals use three things. `fresh_factor(request)` says whether a sensitive act may go on. `{% factor_field %}` in
its form asks for a code when it may not yet. `factor_problem(request)` at its POST gives the sentence that keeps
the act from happening, empty when the factor is fresh or the code just sent is right:

    problem = factor_problem(request) or _approve(request, row)
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.models import Role
from zhanggui.portals.desk import throttling
from zhanggui.portals.desk.models import FactorUse
from zhanggui.portals.desk.people import standings_of

PASSED_AT = "factor_at"
CODE_FIELD = "factor_code"
REQUIRED, OFFERED = "required", "offered"
ROLES_THAT_NEED_IT = frozenset(
    {Role.PLATFORM_ADMIN, Role.PLATFORM_FINANCE, Role.PLATFORM_CASHIER, Role.PLATFORM_CONTROLLER}
)
ANYWHERE = "*"
"""Codes are throttled by person whatever the address: who tries codes has the password already."""
CODE_LOCK = 0x5A47_0002
KEPT = timedelta(minutes=5)
"""A used code is remembered well beyond the minute and a half in which it would be accepted again."""


def has_factor(user: Any) -> bool:
    """Whether the person has set up one-time codes."""
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def who_has_factor(ids: Iterable[int]) -> set[int]:
    """Which of these people have set up one-time codes."""
    rows = Authenticator.objects.filter(user_id__in=list(ids), type=Authenticator.Type.TOTP)
    return set(rows.values_list("user_id", flat=True))


def factor_required(user: Any) -> bool:
    """Whether the person holds a role that moves money, and the installation asks a second factor of these."""
    if settings.SECOND_FACTOR != REQUIRED:
        return False
    return any(standing.roles & ROLES_THAT_NEED_IT for standing in standings_of(user))


def session_complete(request: HttpRequest) -> bool:
    """Whether this session may go further: its person needs no second factor, or it has been given."""
    return PASSED_AT in request.session or not factor_required(request.user)


def fresh_factor(request: HttpRequest) -> bool:
    """Whether the second factor was given in this session within the last ZHANGGUI_FACTOR_MINUTES.

    Where factors are only offered, a person who has none passes.
    """
    passed = request.session.get(PASSED_AT)
    if passed is not None:
        return timezone.now().timestamp() - passed < settings.FACTOR_FRESH_SECONDS
    return settings.SECOND_FACTOR == OFFERED and not has_factor(request.user)


def mark_passed(request: HttpRequest) -> None:
    """Note that the second factor was given now."""
    request.session[PASSED_AT] = int(timezone.now().timestamp())


def factor_problem(request: HttpRequest) -> str:
    """What keeps a sensitive act from going on, in the reader's language; empty when nothing does.

    Takes the code from the form's `factor_code` when the factor is not fresh.
    """
    if fresh_factor(request):
        return ""
    if not has_factor(request.user):
        return _("This needs a second factor. Set one up under “Security of my account” first.")
    code = request.POST.get(CODE_FIELD, "")
    if not code.strip():
        return _("Enter the code of your authenticator app.")
    problem = code_problem(request.user, code, now=timezone.now())
    if not problem:
        mark_passed(request)
    return problem


def code_problem(user: Any, code: str, *, now: datetime) -> str:
    """Check a one-time code or a recovery code; empty when it is right. A code counts once.

    Five wrong ones are free, then each doubles the wait. Attempts of one person wait for each other.
    """
    name = f"factor {user.pk}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [CODE_LOCK, user.pk])
        seconds = throttling.seconds_to_wait(username=name, address=ANYWHERE, now=now)
        if seconds:
            return wait_text(seconds)
        if _accepted(user, code, now):
            throttling.forget_failures(username=name, address=ANYWHERE)
            return ""
        throttling.record_failure(username=name, address=ANYWHERE, now=now)
    return _("This code is wrong or was used already. Wait for the next one and enter that.")


def wait_text(seconds: int) -> str:
    """How long to wait after too many failures."""
    if seconds > 120:
        return _("Too many failed attempts. Wait %(count)d minutes, then try again.") % {
            "count": ceil(seconds / 60)
        }
    return ngettext(
        "Too many failed attempts. Wait %(count)d second, then try again.",
        "Too many failed attempts. Wait %(count)d seconds, then try again.",
        seconds,
    ) % {"count": seconds}


def _accepted(user: Any, code: str, now: datetime) -> bool:
    plain = "".join(code.split()).replace("-", "")
    if not plain.isascii() or not plain.isdigit():
        return False
    kinds = {one.type: one for one in Authenticator.objects.filter(user_id=user.pk)}
    totp = kinds.get(Authenticator.Type.TOTP)
    if totp is None:
        return False
    if totp.wrap().validate_code(plain):
        return _first_use(user, totp, plain, now)
    recovery = kinds.get(Authenticator.Type.RECOVERY_CODES)
    if recovery is None or not recovery.wrap().validate_code(plain):
        return False
    recovery.record_usage()
    record_change(
        at=now, actor=user.get_username(), action="factor.recovery_used", object_kind="user",
        object_id=user.get_username(),
    )  # fmt: skip
    return True


def _first_use(user: Any, totp: Authenticator, code: str, now: datetime) -> bool:
    """allauth remembers used codes per process; this table does for all of them."""
    FactorUse.objects.filter(user_id=user.pk, used_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            FactorUse.objects.create(user_id=user.pk, code=code, used_at=now)
    except IntegrityError:
        return False
    totp.record_usage()
    return True
