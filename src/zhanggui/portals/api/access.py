"""Who calls: a program by its key, or a person by the session; what they may do, and whose rows they see."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from zhanggui.parties.models import PartyKind, User
from zhanggui.parties.queries import Standing, standings
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.api.errors import NotAllowed
from zhanggui.portals.api.keys import find_key
from zhanggui.portals.desk.factors import fresh_factor, session_complete

PARTY_HEADER = "X-Zhanggui-Party"
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Caller:
    """Who makes the request. `owner` names the caller for kept answers, `actor` for the books."""

    owner: str
    actor: str
    user: User
    standing: Standing

    @property
    def is_platform(self) -> bool:
        """Whether the caller sees everybody's rows."""
        return self.standing.party.kind == PartyKind.PLATFORM

    @property
    def party_id(self) -> int | None:
        """The one party whose rows the caller sees; None for the platform."""
        return None if self.is_platform else self.standing.party.id

    def reading(self) -> AbstractContextManager[None]:
        """What every read for this caller happens in."""
        return nullcontext() if self.party_id is None else as_tenant(self.party_id)

    def require(self, platform: str | None = None, merchant: str | None = None) -> None:
        """Raise NotAllowed unless the role includes the permission meant for this kind of caller."""
        wanted = platform if self.is_platform else merchant
        if wanted is None or not self.standing.may(wanted):
            raise NotAllowed(
                f"{self.actor} may not do this: it needs {platform or merchant}",
                needed=platform if self.is_platform else merchant,
            )

    def own(self, party_id: int | None) -> int | None:
        """The party to filter by: what was asked for, but never anyone else than oneself."""
        return party_id if self.is_platform else self.party_id


class KeyAccess(HttpBearer):
    """`Authorization: Bearer zg_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller behind the key, or None."""
        found = find_key(token, timezone.now())
        if found is None:
            return None
        key, standing = found
        return Caller(f"key:{key.id}", f"{key.user.get_username()} ({key.label})"[:150], key.user, standing)


class SessionAccess(APIKeyCookie):
    """The log-in of a browser; writes need its CSRF token. The header X-Zhanggui-Party picks one of several
    parties by code."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> Caller | None:
        """The caller behind the session, or None."""
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        """The caller behind the session, or None; the session middleware has read the cookie."""
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated or request.headers.get("Authorization"):
            return None
        if request.method not in SAFE and check_csrf(request):
            raise NotAllowed("The CSRF token is missing or wrong; send it as X-CSRFToken, or use a key")
        if not session_complete(request):
            raise NotAllowed("This log-in lacks its second factor; give it in the back office, or use a key")
        wanted = request.headers.get(PARTY_HEADER, "")
        found = next((one for one in standings(user) if wanted in ("", one.party.code)), None)
        if found is None:
            return None
        return Caller(f"user:{user.pk}", user.get_username(), user, found)


def caller(request: HttpRequest) -> Caller:
    """The caller of an authenticated request."""
    found = request.auth  # type: ignore[attr-defined]
    assert isinstance(found, Caller)
    return found


def require_fresh_factor(request: HttpRequest) -> None:
    """Raise NotAllowed when a browser's session did not give its second factor lately; keys have none."""
    if not caller(request).owner.startswith("key:") and not fresh_factor(request):
        raise NotAllowed("This needs a fresh second factor; give a code in the back office first")
