"""Applications to open a shop or to supply, and deciding them."""

import base64
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.application_decided import application_accepted, application_rejected
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, given, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Strict
from zhanggui.trade.applications.models import Application
from zhanggui.trade.applications.queries import application_by_number, licence_of

router = Router(tags=["mall"])
FIELDS = ("number", "kind", "entity_kind", "name", "credit_code", "contact", "phone", "email", "categories", "about",
          "asked_at", "state", "reason", "username", "decided_at", "decided_by")  # fmt: skip
type Kind = Literal["merchant", "supplier"]
type State = Literal["waiting", "accepted", "rejected"]


class ApplicationFilters(Schema):
    """Which applications."""

    state: State | None = None
    kind: Kind | None = None
    cursor: CursorText = ""
    limit: Limit = 100


class ApplicationOut(Schema):
    """An application; `party` and `username` are what an acceptance opened."""

    number: str
    kind: Kind
    entity_kind: Literal["company", "sole_trader", "cooperative"]
    name: str
    credit_code: str
    contact: str
    phone: str
    email: str
    categories: list[str]
    about: str
    asked_at: datetime
    state: State
    reason: str
    party: str
    username: str
    decided_at: datetime | None
    decided_by: str


class ApplicationPage(Paged):
    """Applications in the order they came."""

    items: list[ApplicationOut]


class ApplicationFull(ApplicationOut):
    """An application with the picture of its licence, in base64."""

    licence_name: str
    licence: str


class AcceptanceIn(Strict):
    """The code of the party to open, and its owner's user name."""

    code: Code
    username: Annotated[str, Field(min_length=1, max_length=150, pattern=r"^[^\x00-\x20\x7f]*$")]


class RejectionIn(Strict):
    """Why not; the applicant reads it."""

    reason: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]


@look(router, "/shop-applications", ApplicationPage)
def list_applications(request: HttpRequest, filters: Query[ApplicationFilters]) -> Any:
    """Applications in the order they came."""
    caller(request).require("applications.view")
    rows = Application.objects.defer("licence_sealed").filter(**given(state=filters.state, kind=filters.kind))
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _told(shown), "next_cursor": following}


@look(router, "/shop-applications/{number}", ApplicationFull)
def get_application(request: HttpRequest, number: Code) -> Any:
    """One application."""
    caller(request).require("applications.view")
    row = application_by_number(number)
    licence = base64.b64encode(licence_of(row)).decode()
    return _told([row])[0] | {"licence_name": row.licence_name, "licence": licence}


@act(router, "/shop-applications/{number}/acceptance", ApplicationOut)
def accept_application(request: HttpRequest, number: Code, payload: AcceptanceIn) -> Any:
    """Accept an application: its party and its owner's log-in are opened, all or nothing."""
    who = caller(request)
    who.require("applications.decide")
    row = application_accepted(
        number=number, code=payload.code, username=payload.username, at=timezone.now(), actor=who.actor
    )
    return _told([row])[0]


@act(router, "/shop-applications/{number}/rejection", ApplicationOut)
def reject_application(request: HttpRequest, number: Code, payload: RejectionIn) -> Any:
    """Reject an application."""
    who = caller(request)
    who.require("applications.decide")
    row = application_rejected(number=number, reason=payload.reason, at=timezone.now(), actor=who.actor)
    return _told([row])[0]


def _told(rows: list[Application]) -> list[dict[str, Any]]:
    codes = naming.party_codes(row.party_id for row in rows)
    return [
        {name: getattr(row, name) for name in FIELDS} | {"party": codes.get(row.party_id, "")} for row in rows
    ]
