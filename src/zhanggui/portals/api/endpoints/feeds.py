"""Charge feeds (拉取): other systems whose details are pulled by themselves."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.clockwork.tasks import enqueue_pull
from zhanggui.journeys.feed_changed import feed_added, feed_asked, feed_changed, feed_switched
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.feeds import (
    AskIn,
    FeedChangeIn,
    FeedIn,
    FeedOut,
    FeedPage,
    PullPage,
)
from zhanggui.portals.api.schemas.fields import Code
from zhanggui.portals.api.schemas.guarded import ReasonIn
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.intake.models import ChargeFeed, ChargePull
from zhanggui.settlement.intake.queries import batches_of, charge_feed, latest_pulls

router = Router(tags=["charges"])


class PageFilters(Schema):
    """Where to go on."""

    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/charge-feeds", FeedPage)
def list_charge_feeds(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """Charge feeds, each with its latest pull."""
    caller(request).require("imports.view")
    rows = ChargeFeed.objects.select_related("business_line")
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _feeds(shown), "next_cursor": following}


@act(router, "/charge-feeds", FeedOut, status=201)
def add_charge_feed(request: HttpRequest, payload: FeedIn) -> Any:
    """Add a charge feed; it is pulled within minutes."""
    who = caller(request)
    who.require("feeds.change")
    row = feed_added(
        code=payload.code, name=payload.name.model_dump(), business_line=business_line(payload.business_line),
        url=payload.url, token=payload.token, every_minutes=payload.every_minutes, at=timezone.now(),
        actor=who.actor,
    )  # fmt: skip
    return _feeds([row])[0]


@look(router, "/charge-feeds/{code}", FeedOut)
def get_charge_feed(request: HttpRequest, code: Code) -> Any:
    """One charge feed."""
    caller(request).require("imports.view")
    return _feeds([charge_feed(code)])[0]


@act(router, "/charge-feeds/{code}/changes", FeedOut)
def change_charge_feed(request: HttpRequest, code: Code, payload: FeedChangeIn) -> Any:
    """Change a charge feed; it goes on after the page where it is."""
    who = caller(request)
    who.require("feeds.change")
    row = feed_changed(
        code=code, name=payload.name.model_dump(), url=payload.url, token=payload.token,
        every_minutes=payload.every_minutes, at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    return _feeds([row])[0]


@act(router, "/charge-feeds/{code}/switching-off", FeedOut)
def switch_charge_feed_off(request: HttpRequest, code: Code, payload: ReasonIn) -> Any:
    """Switch a charge feed off; what it brought stays."""
    return _switched(request, code, payload.reason, active=False)


@act(router, "/charge-feeds/{code}/switching-on", FeedOut)
def switch_charge_feed_on(request: HttpRequest, code: Code, payload: ReasonIn) -> Any:
    """Switch a charge feed on again; it goes on where it was."""
    return _switched(request, code, payload.reason, active=True)


@act(router, "/charge-feeds/{code}/pulls", FeedOut, status=202)
def pull_charge_feed(request: HttpRequest, code: Code, payload: AskIn) -> Any:
    """Have a charge feed pulled now; its list of pulls says what came of it."""
    who = caller(request)
    who.require("charges.create")
    with transaction.atomic():
        row = feed_asked(code=code, anew=payload.anew, at=timezone.now(), actor=who.actor)
        enqueue_pull(row.id)
    return _feeds([row])[0]


@look(router, "/charge-feeds/{code}/pulls", PullPage)
def list_charge_pulls(request: HttpRequest, code: Code, filters: Query[PageFilters]) -> Any:
    """The pulls of a charge feed; `/charges?pull=` lists the charges of one."""
    caller(request).require("imports.view")
    rows = ChargePull.objects.filter(feed=charge_feed(code))
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _pulls(shown), "next_cursor": following}


def _switched(request: HttpRequest, code: str, reason: str, *, active: bool) -> Any:
    who = caller(request)
    who.require("feeds.change")
    row = feed_switched(code=code, active=active, reason=reason, at=timezone.now(), actor=who.actor)
    return _feeds([row])[0]


def _feeds(rows: Sequence[ChargeFeed]) -> list[dict[str, Any]]:
    latest = latest_pulls([row.id for row in rows])
    told = {one["id"]: one for one in _pulls(list(latest.values()))}
    same = ("id", "code", "url", "every_minutes", "active", "failures")
    return [
        {name: getattr(row, name) for name in same}
        | {"zh": row.name.get("zh", ""), "en": row.name.get("en", ""), "business_line": row.business_line.code,
           "has_token": bool(row.token_sealed), "after": row.cursor,
           "next_at": row.next_at if row.active else None,
           "last_pull": told[latest[row.id].id] if row.id in latest else None}
        for row in rows
    ]  # fmt: skip


def _pulls(rows: Sequence[ChargePull]) -> list[dict[str, Any]]:
    batches = batches_of([row.id for row in rows])
    same = ("id", "state", "actor", "started_at", "finished_at", "complete", "pages", "accepted", "repeated",
            "rejected", "reject_code", "reject_message")  # fmt: skip
    return [
        {name: getattr(row, name) for name in same} | {"batches": batches.get(row.id, [])} for row in rows
    ]
