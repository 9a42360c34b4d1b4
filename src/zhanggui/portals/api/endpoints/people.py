"""People, their roles, and the backups there are."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.backups.models import Backup
from zhanggui.journeys.people_changed import role_given, role_taken
from zhanggui.parties.models import Membership, Party, User
from zhanggui.parties.queries import person
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotAllowed, NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code, Strict
from zhanggui.portals.api.schemas.outgoing import Paged
from zhanggui.portals.desk.factors import fresh_factor
from zhanggui.portals.desk.sessions import end_sessions

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


class BackupOut(Schema):
    """One attempt at a backup; `failure` is empty when it was written and read back."""

    id: int
    kind: str
    started_at: datetime
    ended_at: datetime
    size_bytes: int
    sha256: str
    with_keys: bool
    failure: str
    removed_at: datetime | None


class BackupPage(Paged):
    """Backups, oldest first."""

    items: list[BackupOut]


@look(router, "/people", PersonPage)
def list_people(request: HttpRequest, filters: Query[PagedFilters]) -> Any:
    """People with their roles; the owner of a shop sees those with a role there."""
    who = caller(request)
    who.require("security.change", "own_staff.change")
    rows = User.objects.prefetch_related("memberships__party")
    if not who.is_platform:
        rows = rows.filter(id__in=Membership.objects.filter(party_id=who.party_id).values("user_id"))
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": [_person(row, who) for row in shown], "next_cursor": following}


@act(router, "/people/roles", PersonOut)
def change_role(request: HttpRequest, payload: RoleIn) -> Any:
    """Give or take a role. The last administrator, and a shop's last owner, keep theirs. A browser's session needs a
    fresh second factor."""
    who = caller(request)
    who.require("security.change", "own_staff.change")
    if not who.owner.startswith("key:") and not fresh_factor(request):
        raise NotAllowed("This needs a fresh second factor; give a code in the back office first")
    party = Party.objects.filter(code=payload.party).first()
    if party is None or who.party_id not in (None, party.id):
        raise NotFound(f"There is no party {payload.party!r}", party=payload.party)
    user = person(payload.username)
    if not who.is_platform and not user.memberships.filter(party_id=who.party_id).exists():
        raise NotFound(f"Nobody has the user name {payload.username!r}", username=payload.username)
    change = role_given if payload.act == "give" else role_taken
    change(user=user, party=party, role=payload.role, at=timezone.now(), actor=who.actor)
    end_sessions(user.pk)
    return _person(User.objects.prefetch_related("memberships__party").get(pk=user.pk), who)


@look(router, "/backups", BackupPage)
def list_backups(request: HttpRequest, filters: Query[PagedFilters]) -> Any:
    """Backups made here and how they came out."""
    who = caller(request)
    who.require("audit.view")
    shown, following = keyset(Backup.objects.all(), cursor=filters.cursor, limit=filters.limit)
    return {"items": list(shown), "next_cursor": following}


def _person(row: User, who: Caller) -> dict[str, Any]:
    held = [one for one in row.memberships.all() if who.party_id in (None, one.party_id)]
    return {
        "id": row.pk, "username": row.username, "name": row.get_full_name(), "active": row.is_active,
        "roles": [{"party": one.party.code, "role": one.role} for one in held],
    }  # fmt: skip
