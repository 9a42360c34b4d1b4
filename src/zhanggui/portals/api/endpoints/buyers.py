"""Buyers, for the platform: who buys, how they log in, keeping one out, member levels. Phones are masked."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, OptionalCode, Strict
from zhanggui.portals.desk.buyers import keep_out, let_in, make_member
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.queries import buyer_by_number
from zhanggui.trade.buyers.rules import masked_phone

router = Router(tags=["buyers"])

State = Literal["active", "blocked", "merged"]


class BuyerReasonIn(Strict):
    """Why; the activity log keeps it."""

    reason: Code


class MemberLevelIn(Strict):
    """A member level; empty for none."""

    level: OptionalCode


class BuyerOut(Schema):
    """A buyer. `identities` are the providers the person logs in with; `merged_into` is another buyer's number."""

    number: str
    name: str
    phone: str
    level: str
    state: State
    merged_into: str | None
    identities: list[str]
    created_at: datetime


class BuyerPage(Paged):
    """Buyers."""

    items: list[BuyerOut]


class BuyerFilters(Schema):
    """Which buyers."""

    state: State | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/buyers", BuyerPage)
def list_buyers(request: HttpRequest, filters: Query[BuyerFilters]) -> Any:
    """Buyers in the order in which they came."""
    caller(request).require("buyers.view")
    rows = Buyer.objects.select_related("merged_into").prefetch_related("identities")
    if filters.state:
        rows = rows.filter(state=filters.state)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": [_told(row) for row in shown], "next_cursor": following}


@look(router, "/buyers/{number}", BuyerOut)
def one_buyer(request: HttpRequest, number: Code) -> Any:
    """One buyer."""
    caller(request).require("buyers.view")
    return _told(buyer_by_number(number))


@act(router, "/buyers/{number}/block", BuyerOut)
def block_a_buyer(request: HttpRequest, number: Code, payload: BuyerReasonIn) -> Any:
    """Keep a buyer out: logged out everywhere, no log-in, no purchase. Orders go on as they are."""
    who = caller(request)
    who.require("buyers.change")
    buyer = buyer_by_number(number)
    return _told(keep_out(buyer=buyer, reason=payload.reason, at=timezone.now(), actor=who.actor))


@act(router, "/buyers/{number}/unblock", BuyerOut)
def unblock_a_buyer(request: HttpRequest, number: Code, payload: BuyerReasonIn) -> Any:
    """Let a blocked buyer in again."""
    who = caller(request)
    who.require("buyers.change")
    buyer = buyer_by_number(number)
    return _told(let_in(buyer=buyer, reason=payload.reason, at=timezone.now(), actor=who.actor))


@act(router, "/buyers/{number}/level", BuyerOut)
def set_a_buyers_level(request: HttpRequest, number: Code, payload: MemberLevelIn) -> Any:
    """Give a buyer a member level, or none: whoever has one buys at member prices from now on."""
    who = caller(request)
    who.require("buyers.change")
    buyer = buyer_by_number(number)
    return _told(make_member(buyer=buyer, level=payload.level, at=timezone.now(), actor=who.actor))


def _told(row: Buyer) -> dict[str, Any]:
    return {
        "number": row.number, "name": row.name, "phone": masked_phone(row.phone), "level": row.level_code,
        "state": row.state, "merged_into": row.merged_into.number if row.merged_into else None,
        "identities": sorted({one.provider for one in row.identities.all()}), "created_at": row.created_at,
    }  # fmt: skip
