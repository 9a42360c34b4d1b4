"""Orders on hold (风控, 客诉): what risk control and customer service tell us before an order is settled."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.order_held import order_held, order_released
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, decode, page, read
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Note, Strict
from zhanggui.settlement.entities.queries import business_line as line_of
from zhanggui.settlement.intake.models import HoldReason, OrderHold

router = Router(tags=["orders"])

Reason = Literal["risk", "complaint", "other"]
HOLDS = """
select h.id, b.code as business_line, h.order_no, h.hold_no, h.reason, h.opened_at, h.released_at {more}
from settlement_order_hold h join settlement_business_line b on b.id = h.business_line_id
where h.id > %(after)s and (%(line)s::text is null or b.code = %(line)s)
 and (%(order)s::text is null or h.order_no = %(order)s)
 and (%(open)s::boolean is null or (h.released_at is null) = %(open)s)
order by h.id limit %(limit)s
"""
NOTES = ", h.note, h.opened_by, h.released_by, h.release_note"


class OrderHoldIn(Strict):
    """An order to keep from being billed; it need not be here yet. `hold_no` is the sender's own number."""

    business_line: Code
    order_no: Code
    hold_no: Code
    reason: Reason
    note: Note = ""


class ReleaseIn(Strict):
    """Why it is let go; only the platform reads it."""

    note: Note = ""


class OrderHoldOut(Schema):
    """A hold. Notes and names are null for a merchant."""

    business_line: str
    order_no: str
    hold_no: str
    reason: Reason
    opened_at: datetime
    released_at: datetime | None
    note: str | None = None
    opened_by: str | None = None
    released_by: str | None = None
    release_note: str | None = None


class OrderHoldPage(Paged):
    """Holds on orders."""

    items: list[OrderHoldOut]


class OrderHoldFilters(Schema):
    """Which holds."""

    business_line: Code | None = None
    order_no: Code | None = None
    open: bool | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/order-holds", OrderHoldPage)
def list_order_holds(request: HttpRequest, filters: Query[OrderHoldFilters]) -> Any:
    """Holds in the order they were made; a merchant sees those on orders it has a line in."""
    who = caller(request)
    who.require("orders.view", "own_details.view")
    after = decode(filters.cursor, 1)
    with who.reading():
        rows = read(
            HOLDS.format(more=NOTES if who.is_platform else ""),
            {"after": after[0] if after else 0, "line": filters.business_line, "order": filters.order_no,
             "open": filters.open, "limit": filters.limit + 1},
        )  # fmt: skip
    shown, following = page(rows, filters.limit, lambda row: [row["id"]])
    return {"items": shown, "next_cursor": following}


@act(router, "/order-holds", OrderHoldOut, status=201)
def hold_an_order(request: HttpRequest, payload: OrderHoldIn) -> Any:
    """Hold an order: its lines that are not billed yet wait. The same hold again is answered with the one that is
    there; an order whose lines are all billed is refused (`order_billed`): dispute them on the statement."""
    who = caller(request)
    who.require("orders.hold")
    line = line_of(payload.business_line)
    row = order_held(
        business_line=line, order_no=payload.order_no, hold_no=payload.hold_no,
        reason=HoldReason(payload.reason), at=timezone.now(), actor=who.actor, note=payload.note,
    )  # fmt: skip
    return _document(row, line.code)


@act(router, "/order-holds/{business_line}/{hold_no}/release", OrderHoldOut)
def release_an_order(request: HttpRequest, business_line: Code, hold_no: Code, payload: ReleaseIn) -> Any:
    """Release a hold: the order's lines are billed from now on, or from their own day if that is later."""
    who = caller(request)
    who.require("orders.hold")
    line = line_of(business_line)
    row = order_released(
        business_line=line, hold_no=hold_no, at=timezone.now(), actor=who.actor, note=payload.note
    )
    return _document(row, line.code)


def _document(row: OrderHold, line: str) -> dict[str, Any]:
    same = ("order_no", "hold_no", "reason", "opened_at", "released_at", "note", "opened_by", "released_by",
            "release_note")  # fmt: skip
    return {"business_line": line} | {name: getattr(row, name) for name in same}
