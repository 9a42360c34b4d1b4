"""Keys of programs: which there are, issuing and ending one."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.people_changed import key_issued, key_revoked
from zhanggui.parties.models import ApiKey
from zhanggui.parties.queries import key_by_number, key_state, memberships_of, person
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.endpoints.people import party_of, who_may
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, ask, look
from zhanggui.portals.api.schemas.fields import Code, Day, Note, Number, Strict
from zhanggui.portals.api.schemas.outgoing import Paged

router = Router(tags=["people"])


class KeyFilters(Schema):
    """Where to go on."""

    cursor: CursorText = ""
    limit: Limit = 100


class KeyIn(Strict):
    """A key for a program that acts for a person, in a role the person holds; `expires` is its last day."""

    username: Code
    party: Code
    role: Code
    label: Note
    expires: Day


class KeyOut(Schema):
    """A key without its secret; `state` is valid, expired, revoked, or orphaned (person or role gone)."""

    id: int
    hint: str
    label: str
    username: str
    party: str
    role: str
    state: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class KeyIssued(KeyOut):
    """A key with its secret, which is answered this once and kept nowhere."""

    secret: str


class KeyPage(Paged):
    """Keys, oldest first."""

    items: list[KeyOut]


@look(router, "/api-keys", KeyPage)
def list_keys(request: HttpRequest, filters: Query[KeyFilters]) -> Any:
    """Every key that was issued."""
    caller(request).require("security.view")
    rows = ApiKey.objects.select_related("user", "party")
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    alive = memberships_of(shown)
    return {"items": [_key(row, alive) for row in shown], "next_cursor": following}


# Not an `act`: the answer to an act is kept, to be given again, and a secret is kept nowhere.
@ask(router, "/api-keys", KeyIssued)
def issue_key(request: HttpRequest, payload: KeyIn) -> Any:
    """Issue a key. Asked again it issues another one: the answer is not kept. End those that got lost."""
    who = who_may(request)
    end = datetime.combine(payload.expires + timedelta(days=1), time.min, timezone.get_default_timezone())
    key, secret = key_issued(
        user=person(payload.username), party=party_of(who, payload.party), role=payload.role,
        label=payload.label, at=timezone.now(), actor=who.actor, expires_at=end,
    )  # fmt: skip
    return _key(key, memberships_of([key])) | {"secret": secret}


@act(router, "/api-keys/{key_id}/revocation", KeyOut)
def revoke_key(request: HttpRequest, key_id: Number) -> Any:
    """End a key; the program that has it is refused from now on."""
    who = who_may(request)
    key_revoked(number=key_id, at=timezone.now(), actor=who.actor)
    key = key_by_number(key_id)
    return _key(key, memberships_of([key]))


def _key(row: ApiKey, alive: Any) -> dict[str, Any]:
    same = ("id", "hint", "label", "role", "created_at", "expires_at", "revoked_at", "last_used_at")
    return {name: getattr(row, name) for name in same} | {
        "username": row.user.username, "party": row.party.code,
        "state": key_state(row, timezone.now(), alive),
    }  # fmt: skip
