"""Log-in with a growing wait after failures, log-out, password change, and the door to one's portal."""

from typing import Any

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhanggui.audit.operations.record_change import record_change
from zhanggui.portals.desk import throttling
from zhanggui.portals.desk.factors import has_factor, wait_text
from zhanggui.portals.desk.menus import portals_of
from zhanggui.portals.desk.sessions import end_sessions, end_this_session, renew_key
from zhanggui.portals.desk.views.factors import hold_log_in


class ThrottledLoginForm(AuthenticationForm):
    """Name and password; says how long to wait when there were too many failures."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _("User name or password is wrong. Check both; the password is case-sensitive."),
        "inactive": _("This account is switched off. Ask your administrator."),
    }

    def clean(self) -> dict[str, Any]:
        """Refuse while locked; count failures; forget them after a success."""
        name = self.data.get("username", "")
        address = throttling.address_of(self.request)
        now = timezone.now()
        seconds = max(
            throttling.seconds_to_wait(username=name, address=address, now=now),
            throttling.seconds_for_address(address=address, now=now),
        )
        if seconds:
            raise ValidationError(wait_text(seconds), code="locked")
        try:
            cleaned = super().clean()
        except ValidationError:
            throttling.record_failure(username=name, address=address, now=timezone.now())
            raise
        throttling.forget_failures(username=name, address=address)
        return cleaned


class LoginView(auth_views.LoginView):
    """The log-in page; afterwards the page asked for, else the person's portal."""

    template_name = "desk/login.html"
    authentication_form = ThrottledLoginForm
    redirect_authenticated_user = True
    next_page = reverse_lazy("desk:door")

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in, or ask for the code first where the person has a second factor."""
        user = form.get_user()
        if has_factor(user):
            return hold_log_in(self.request, user, self.get_success_url())
        return super().form_valid(form)


class LogoutView(auth_views.LogoutView):
    """Log out (POST only) and back to the log-in page."""

    next_page = reverse_lazy("desk:login")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """End the session and take it off the list of them."""
        if request.user.is_authenticated:
            end_this_session(request)
        return super().post(request, *args, **kwargs)


class PasswordView(auth_views.PasswordChangeView):
    """Change the own password."""

    template_name = "desk/password.html"
    success_url = reverse_lazy("desk:password_done")

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it, note that, and end every other session of the person."""
        name = self.request.user.get_username()
        with transaction.atomic():
            response = super().form_valid(form)
            record_change(
                at=timezone.now(), actor=name, action="password.changed", object_kind="user", object_id=name
            )
        renew_key(self.request)
        end_sessions(self.request.user.pk, but=self.request.session.session_key or "")
        return response


@login_required
def password_done(request: HttpRequest) -> HttpResponse:
    """The password was changed."""
    return render(request, "desk/password_done.html", {"title": _("Password changed")})


@login_required
def door(request: HttpRequest) -> HttpResponse:
    """Send a person to the first portal they may enter."""
    allowed = portals_of(request.user)
    if allowed:
        return HttpResponseRedirect(allowed[0].prefix)
    return render(request, "desk/no_portal.html", {"title": _("No back office yet")}, status=403)
