"""Security of my account: the second factor, where I am logged in, logging out everywhere."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.portals.desk.factors import factor_required
from zhanggui.portals.desk.models import PersonSession
from zhanggui.portals.desk.sessions import ROW, log_out_everywhere, renew_key

SHOWN_SESSIONS = 50


@login_required
def security_page(request: HttpRequest) -> HttpResponse:
    """What protects the account, and where it is used."""
    kinds = {one.type: one for one in Authenticator.objects.filter(user_id=request.user.pk)}
    recovery = kinds.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "title": _("Security of my account"),
        "factor": kinds.get(Authenticator.Type.TOTP),
        "required": factor_required(request.user),
        "codes_left": len(recovery.wrap().get_unused_codes()) if recovery else 0,
        "sessions": list(PersonSession.objects.filter(user_id=request.user.pk)[:SHOWN_SESSIONS]),
        "this_session": request.session.get(ROW),
    }
    return render(request, "desk/security.html", context)


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Log out everywhere but here."""
    log_out_everywhere(
        request.user, at=timezone.now(), actor=request.user.get_username(),
        but=request.session.session_key or "",
    )  # fmt: skip
    renew_key(request)
    messages.success(request, _("You are logged out everywhere else."))
    return HttpResponseRedirect(reverse("desk:security"))
