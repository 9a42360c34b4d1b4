"""Reviews of goods: read, answered by the shop, hidden and shown by the platform."""

from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.parties.models import Party
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Number, Strict
from zhanggui.trade.reviews.models import Review
from zhanggui.trade.reviews.operations.answer_review import answer_review
from zhanggui.trade.reviews.operations.show_review import show_review

router = Router(tags=["reviews"])
WORDS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


class ReviewFilters(Schema):
    """Which reviews; a merchant sees those of its goods."""

    answered: bool | None = None
    shown: bool | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class ReviewOut(Schema):
    """What a buyer said of an order line. `pictures` are digests."""

    id: int
    merchant: str
    order_no: str
    sku: str
    good: str
    rating: int
    text: str
    pictures: list[str]
    shown: bool
    answer: str
    written_at: datetime
    answered_at: datetime | None


class ReviewPage(Paged):
    """Reviews."""

    items: list[ReviewOut]


class ReviewAnswerIn(Strict):
    """The shop's answer; everybody reads it."""

    text: str = Field(min_length=1, max_length=500, pattern=WORDS)


class VisibilityIn(Strict):
    """Whether the review is on the good's page, and why."""

    visible: Literal["shown", "hidden"]
    reason: str = Field(min_length=1, max_length=200, pattern=WORDS)


@look(router, "/reviews", ReviewPage)
def list_reviews(request: HttpRequest, filters: Query[ReviewFilters]) -> Any:
    """Reviews in the order they were written."""
    who = caller(request)
    who.require("reviews.view", "own_reviews.view")
    rows = _own(who)
    if filters.answered is not None:
        rows = rows.filter(answered_at__isnull=not filters.answered)
    if filters.shown is not None:
        rows = rows.filter(shown=filters.shown)
    with who.reading():
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _documents(shown), "next_cursor": following}


@look(router, "/reviews/{review}", ReviewOut)
def get_review(request: HttpRequest, review: Number) -> Any:
    """One review."""
    who = caller(request)
    who.require("reviews.view", "own_reviews.view")
    return _document(who, review)


@act(router, "/reviews/{review}/answer", ReviewOut)
def answer_a_review(request: HttpRequest, review: Number, payload: ReviewAnswerIn) -> Any:
    """Answer a review of one's goods, once."""
    who = caller(request)
    who.require(merchant="own_reviews.answer")
    assert who.party_id is not None
    with transaction.atomic():
        answer_review(
            review=review, merchant_id=who.party_id, text=payload.text, at=timezone.now(), actor=who.actor
        )
    return _document(who, review)


@act(router, "/reviews/{review}/visibility", ReviewOut)
def set_review_visibility(request: HttpRequest, review: Number, payload: VisibilityIn) -> Any:
    """Take a review off the good's page, with its stars, or put it back."""
    who = caller(request)
    who.require("reviews.decide")
    with transaction.atomic():
        show_review(
            review=review, shown=payload.visible == "shown", reason=payload.reason, at=timezone.now(),
            actor=who.actor,
        )  # fmt: skip
    return _document(who, review)


def _own(who: Caller) -> Any:
    rows = Review.objects.select_related("line__order", "spu")
    return rows if who.party_id is None else rows.filter(merchant_id=who.party_id)


def _document(who: Caller, review: int) -> dict[str, Any]:
    with who.reading():
        row = _own(who).filter(id=review).first()
    if row is None:
        raise NotFound(f"there is no review {review}")
    return _documents([row])[0]


def _documents(rows: list[Review]) -> list[dict[str, Any]]:
    codes = dict(Party.objects.filter(id__in={row.merchant_id for row in rows}).values_list("id", "code"))
    same = ("id", "rating", "text", "pictures", "shown", "answer", "written_at", "answered_at")
    return [
        {name: getattr(row, name) for name in same}
        | {
            "merchant": codes.get(row.merchant_id, ""), "order_no": row.line.order.order_no,
            "sku": row.line.sku_code, "good": row.spu.number,
        }
        for row in rows
    ]  # fmt: skip
