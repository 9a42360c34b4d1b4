"""Sessions of people: how long they last, where one is logged in, and ending them.

A session ends after ZHANGGUI_SESSION_IDLE_MINUTES without a request and ZHANGGUI_SESSION_HOURS after the log-in,
whichever comes first. It gets a new key when its person proves or changes anything about who they are.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.audit.operations.record_change import record_change
from zhanggui.portals.desk.bell import QUIET
from zhanggui.portals.desk.factors import session_complete
from zhanggui.portals.desk.menus import forget_badges
from zhanggui.portals.desk.models import PersonSession
from zhanggui.portals.desk.people import standings_of
from zhanggui.portals.desk.throttling import address_of
from zhanggui.trade.buyers.queries import buyer_of

BUYS_ONLY = "buys_only"
"""In a session: WeChat or Weibo vouched for the person. It may buy, and enters no back office: that takes the
password, whatever roles the person holds."""
STARTED, SEEN, ROW = "started_at", "seen_at", "person_session"
TOUCH_SECONDS = 60
MOST_SESSIONS = 200
"""How often "last seen" is written; a time-out is exact to this."""
OPEN_TO_THE_UNPROVED = frozenset({
    "desk:factor_enrol", "desk:login", "desk:login_code", "desk:logout", "desk:set_language", "desk:look",
    "desk:factor", "set_language", "desk:picture",
})  # fmt: skip


OPEN_TO_BUYERS = OPEN_TO_THE_UNPROVED | {
    "desk:door", "desk:security", "desk:end_sessions", "desk:factor_remove", "desk:recovery_codes",
    "desk:new_recovery_codes", "desk:password", "desk:password_done",
}  # fmt: skip
"""What of the desk concerns everybody's own log-in."""


class SessionRulesMiddleware:
    """Ends sessions that are over, keeps the list of them, and sends the unproved to their second factor.

    Put it after the messages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            why = _over(request)
            if why:
                end_this_session(request)
                messages.info(request, why)
            elif QUIET not in request.headers:
                _touch(request)
        response = self.get_response(request)
        if request.user.is_authenticated and request.method not in ("GET", "HEAD"):
            forget_badges(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, named: Any
    ) -> HttpResponse | None:
        """A person who must have a second factor gets nowhere before giving it. The API asks for itself."""
        if not request.user.is_authenticated:
            return None
        if request.path.startswith("/api/"):
            if request.session.get(BUYS_ONLY):
                request.user = AnonymousUser()
            return None
        match = request.resolver_match
        if match is not None and match.view_name in OPEN_TO_THE_UNPROVED:
            return None
        if request.session.get(BUYS_ONLY):
            return _kept_to_buying(request, match)
        if match is not None and _is_closed_to_buyers(request, match):
            raise PermissionDenied(_("This belongs to the back office, and you hold no role there."))
        if session_complete(request):
            return None
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("desk:factor_enrol")})
        return HttpResponseRedirect(reverse("desk:factor_enrol"))


def _kept_to_buying(request: HttpRequest, match: Any) -> HttpResponse | None:
    """None at the storefront, and for people without any role, who are turned away anyway; else the log-in page."""
    if (match is not None and match.app_name == "storefront") or not standings_of(request.user):
        return None
    end_this_session(request)
    messages.info(request, _("The back office is entered with name and password. Log in with them to go on."))
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def _is_closed_to_buyers(request: HttpRequest, match: Any) -> bool:
    """Whether a page of the desk is asked for by somebody who does nothing here but buy."""
    if match.app_name != "desk" or match.view_name in OPEN_TO_BUYERS or standings_of(request.user):
        return False
    return buyer_of(request.user) is not None


def end_this_session(request: HttpRequest) -> None:
    """Log this session out and take it off the list."""
    PersonSession.objects.filter(pk=request.session.get(ROW) or 0).delete()
    logout(request)


def end_sessions(user_id: int, *, but: str = "") -> int:
    """Log a person out everywhere, but for the session with the key `but`; how many sessions ended."""
    rows = PersonSession.objects.filter(user_id=user_id).exclude(session_key=but)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.delete()
    return len(keys)


def sessions_of(user_id: int) -> list[PersonSession]:
    """Where a person is logged in, the latest seen first."""
    return list(PersonSession.objects.filter(user_id=user_id)[:MOST_SESSIONS])


def log_out_everywhere(user: Any, *, at: datetime, actor: str, but: str = "") -> int:
    """End a person's sessions and write it down; how many ended."""
    with transaction.atomic():
        ended = end_sessions(user.pk, but=but)
        record_change(
            at=at, actor=actor, action="sessions.ended", object_kind="user", object_id=user.get_username(),
            after={"sessions": ended},
        )  # fmt: skip
    return ended


def renew_key(request: HttpRequest) -> None:
    """Give the session a new key: what was known of it before is worth nothing any more."""
    request.session.cycle_key()
    PersonSession.objects.filter(pk=request.session.get(ROW) or 0).update(
        session_key=request.session.session_key
    )


def _over(request: HttpRequest) -> str:
    """Why this session is over; empty while it is not."""
    now = timezone.now().timestamp()
    started, seen = request.session.get(STARTED), request.session.get(SEEN)
    if started is None or seen is None:
        return ""
    if now - started >= settings.SESSION_SECONDS:
        return _("You were logged in for long enough. Log in again to go on.")
    if now - seen >= settings.SESSION_IDLE_SECONDS:
        return _("You were logged out because nothing happened for a while. Log in again to go on.")
    return ""


def _touch(request: HttpRequest) -> None:
    """Note that the session is used, once a minute; the first time it gets its row in the list."""
    now = timezone.now()
    seconds = int(now.timestamp())
    if STARTED not in request.session:
        if request.session.session_key is None:
            request.session.create()
        row = PersonSession.objects.create(
            user_id=request.user.pk, session_key=request.session.session_key or "", started_at=now,
            seen_at=now, address=address_of(request), agent=request.headers.get("User-Agent", "")[:200],
        )  # fmt: skip
        request.session[STARTED] = request.session[SEEN] = seconds
        request.session[ROW] = row.pk
    elif seconds - request.session.get(SEEN, 0) >= TOUCH_SECONDS:
        request.session[SEEN] = seconds
        PersonSession.objects.filter(pk=request.session.get(ROW) or 0).update(
            seen_at=now, address=address_of(request), session_key=request.session.session_key
        )
