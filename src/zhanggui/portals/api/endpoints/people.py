"""People: their log-ins, roles, second factors and sessions."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.people_changed import (
    factor_reset,
    password_set,
    person_added,
    person_switched,
    role_given,
    role_taken,
)
from zhanggui.parties.models import Membership, Party, User
from zhanggui.parties.queries import person
from zhanggui.portals.api.access import Caller, caller, require_fresh_factor
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, ask, look
from zhanggui.portals.api.schemas.fields import Code, Note, Strict
from zhanggui.portals.api.schemas.outgoing import Paged
from zhanggui.portals.desk.factors import who_has_factor
from zhanggui.portals.desk.sessions import end_sessions, log_out_everywhere, sessions_of
from zhanggui.trade.buyers.queries import people_of_offices

router = Router(tags=["people"])


class PagedFilters(Schema):
    """Where to go on."""

    cursor: CursorText = ""
    limit: Limit = 100


class RoleHeld(Schema):
    """A role at a party."""

    party: str
    role: str


class PersonOut(Schema):
    """Somebody who may log in."""

    id: int
    username: str
    name: str
    active: bool
    second_factor: bool
    last_login: datetime | None
    roles: list[RoleHeld]


class PersonPage(Paged):
    """People, by id."""

    items: list[PersonOut]


class RoleIn(Strict):
    """A role to give or to take."""

    username: Code
    party: Code
    role: Code
    act: Literal["give", "take"]


class PersonIn(Strict):
    """Somebody new, with a first role. A shop's owner adds people to its own shop alone."""

    username: Code
    password: Annotated[str, Field(min_length=1, max_length=200)]
    name: Note = ""
    party: Code
    role: Code


class LogInSwitchIn(Strict):
    """Whether the person may log in."""

    active: Annotated[bool, Field(strict=True)]


class PasswordIn(Strict):
    """A new password, under the rules for passwords."""

    password: Annotated[str, Field(min_length=1, max_length=200)]


class SessionOut(Schema):
    """One place where a person is logged in."""

    started_at: datetime
    seen_at: datetime
    address: str
    agent: str


class Sessions(Schema):
    """Where a person is logged in, the latest seen first."""

    items: list[SessionOut]


class EndedOut(Schema):
    """How many sessions ended."""

    ended: int


@look(router, "/people", PersonPage)
def list_people(request: HttpRequest, filters: Query[PagedFilters]) -> Any:
    """People with their roles; the owner of a shop sees those with a role there."""
    who = caller(request)
    who.require("security.change", "own_staff.change")
    rows = people_of_offices().prefetch_related("memberships__party")
    if not who.is_platform:
        rows = rows.filter(id__in=Membership.objects.filter(party_id=who.party_id).values("user_id"))
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    factors = who_has_factor(row.pk for row in shown)
    return {"items": [_person(row, who, factors) for row in shown], "next_cursor": following}


@act(router, "/people/roles", PersonOut)
def change_role(request: HttpRequest, payload: RoleIn) -> Any:
    """Give or take a role. The last administrator, and a shop's last owner, keep theirs. A browser's session needs a
    fresh second factor."""
    who = who_may(request, "own_staff.change")
    party = party_of(who, payload.party)
    user = person(payload.username)
    if not who.is_platform and not user.memberships.filter(party_id=who.party_id).exists():
        raise NotFound(f"Nobody has the user name {payload.username!r}", username=payload.username)
    change = role_given if payload.act == "give" else role_taken
    change(user=user, party=party, role=payload.role, at=timezone.now(), actor=who.actor)
    end_sessions(user.pk)
    return _shown(user, who)


# Not `act`s: of an act a digest of the body is kept, and of a password nothing quick to guess from may be.
@ask(router, "/people", PersonOut)
def add_somebody(request: HttpRequest, payload: PersonIn) -> Any:
    """Make a log-in with a first role."""
    who = who_may(request, "own_staff.change")
    user = person_added(
        username=payload.username, password=payload.password, full_name=payload.name,
        party=party_of(who, payload.party), role=payload.role, at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    return _shown(user, who)


@act(router, "/people/{username}/switch", PersonOut)
def switch_somebody(request: HttpRequest, username: Code, payload: LogInSwitchIn) -> Any:
    """Switch a log-in off or on; switched off, the person is logged out and their keys are refused."""
    who, user = who_may(request), person(username)
    person_switched(user=user, active=payload.active, at=timezone.now(), actor=who.actor)
    end_sessions(user.pk)
    return _shown(user, who)


@ask(router, "/people/{username}/password", PersonOut)
def set_somebodys_password(request: HttpRequest, username: Code, payload: PasswordIn) -> Any:
    """Set a new password; the person is logged out."""
    who, user = who_may(request), person(username)
    password_set(user=user, password=payload.password, at=timezone.now(), actor=who.actor)
    end_sessions(user.pk)
    return _shown(user, who)


@act(router, "/people/{username}/factor-reset", PersonOut)
def reset_somebodys_factor(request: HttpRequest, username: Code) -> Any:
    """Take a lost second factor off; the person is logged out and has to set up another."""
    who, user = who_may(request), person(username)
    factor_reset(user=user, at=timezone.now(), actor=who.actor)
    end_sessions(user.pk)
    return _shown(user, who)


@look(router, "/people/{username}/sessions", Sessions)
def list_sessions(request: HttpRequest, username: Code) -> Any:
    """Where a person is logged in."""
    caller(request).require("security.change")
    return {"items": sessions_of(person(username).pk)}


@act(router, "/people/{username}/sessions/end", EndedOut)
def end_somebodys_sessions(request: HttpRequest, username: Code) -> Any:
    """Log a person out everywhere."""
    who, user = who_may(request), person(username)
    return {"ended": log_out_everywhere(user, at=timezone.now(), actor=who.actor)}


def who_may(request: HttpRequest, merchant: str | None = None) -> Caller:
    """The caller, who may change people. A browser's session needs a second factor given lately."""
    who = caller(request)
    who.require("security.change", merchant)
    require_fresh_factor(request)
    return who


def party_of(who: Caller, code: str) -> Party:
    party = Party.objects.filter(code=code).first()
    if party is None or who.party_id not in (None, party.id):
        raise NotFound(f"There is no party {code!r}", party=code)
    return party


def _shown(user: User, who: Caller) -> dict[str, Any]:
    row = User.objects.prefetch_related("memberships__party").get(pk=user.pk)
    return _person(row, who, who_has_factor([row.pk]))


def _person(row: User, who: Caller, factors: set[int]) -> dict[str, Any]:
    held = [one for one in row.memberships.all() if who.party_id in (None, one.party_id)]
    return {
        "id": row.pk, "username": row.username, "name": row.get_full_name(), "active": row.is_active,
        "second_factor": row.pk in factors, "last_login": row.last_login,
        "roles": [{"party": one.party.code, "role": one.role} for one in held],
    }  # fmt: skip
