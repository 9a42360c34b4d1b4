"""Questions of buyers: read by the shop that was asked and by the platform, answered and closed by whoever was."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
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
from zhanggui.portals.api.schemas.fields import Strict
from zhanggui.trade.questions.models import Question, QuestionState
from zhanggui.trade.questions.operations.answer_question import answer_question
from zhanggui.trade.questions.operations.close_question import close_question
from zhanggui.trade.questions.queries import messages_of
from zhanggui.trade.questions.rules import LONGEST

router = Router(tags=["questions"])
WORDS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


class QuestionFilters(Schema):
    """Which questions; a merchant sees those it was asked."""

    state: QuestionState | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class QuestionOut(Schema):
    """A question. `merchant` is empty where the platform is asked, `asker` is the buyer's name, masked; `unread` is
    how many messages of the buyer nobody has looked at on the screens."""

    question_no: str
    merchant: str
    asker: str
    state: QuestionState
    good: str
    order_no: str
    messages: int
    unread: int
    asked_at: datetime
    said_at: datetime
    closed_at: datetime | None


class QuestionPage(Paged):
    """Questions."""

    items: list[QuestionOut]


class QuestionMessageOut(Schema):
    """A message; `author` is empty for the buyer."""

    from_buyer: bool
    author: str
    text: str
    at: datetime


class WholeQuestionOut(QuestionOut):
    """A question with what was written, in order."""

    said: list[QuestionMessageOut]


class QuestionAnswerIn(Strict):
    """A message to the buyer."""

    text: str = Field(min_length=1, max_length=LONGEST, pattern=WORDS)


class QuestionClosingIn(Strict):
    """Nothing to say."""


@look(router, "/questions", QuestionPage)
def list_questions(request: HttpRequest, filters: Query[QuestionFilters]) -> Any:
    """Questions in the order they were asked."""
    who = caller(request)
    who.require("questions.view", "own_questions.view")
    rows = _own(who)
    if filters.state:
        rows = rows.filter(state=filters.state)
    with who.reading():
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _documents(shown), "next_cursor": following}


@look(router, "/questions/{question_no}", WholeQuestionOut)
def get_question(request: HttpRequest, question_no: str) -> Any:
    """One question with what was written."""
    who = caller(request)
    who.require("questions.view", "own_questions.view")
    return _whole(who, question_no)


@act(router, "/questions/{question_no}/answers", WholeQuestionOut)
def answer_a_question(request: HttpRequest, question_no: str, payload: QuestionAnswerIn) -> Any:
    """Write to the buyer, in a question that the caller's side was asked."""
    who = caller(request)
    who.require("questions.answer", "own_questions.answer")
    with transaction.atomic():
        answer_question(
            question_no=question_no, merchant_id=who.party_id or 0, text=payload.text, at=timezone.now(),
            actor=who.actor,
        )  # fmt: skip
    return _whole(who, question_no)


@act(router, "/questions/{question_no}/closing", WholeQuestionOut)
def close_a_question(request: HttpRequest, question_no: str, payload: QuestionClosingIn) -> Any:
    """Close a question that the caller's side was asked: nothing is written into it any more."""
    who = caller(request)
    who.require("questions.answer", "own_questions.answer")
    with transaction.atomic():
        close_question(
            question_no=question_no, merchant_id=who.party_id or 0, at=timezone.now(), actor=who.actor
        )
    return _whole(who, question_no)


def _own(who: Caller) -> QuerySet[Question]:
    rows = Question.objects.select_related("spu", "order").annotate(
        count=Count("messages"),
        unread=Count("messages", filter=Q(messages__from_buyer=True, messages__id__gt=F("staff_seen_id"))),
    )
    return rows if who.party_id is None else rows.filter(merchant_id=who.party_id)


def _whole(who: Caller, question_no: str) -> dict[str, Any]:
    with who.reading():
        row = _own(who).filter(question_no=question_no).first()
        said = messages_of(row) if row else []
    if row is None:
        raise NotFound(f"there is no question {question_no}")
    same = ("from_buyer", "author", "text", "at")
    return _documents([row])[0] | {"said": [{name: getattr(one, name) for name in same} for one in said]}


def _documents(rows: list[Question]) -> list[dict[str, Any]]:
    codes = dict(Party.objects.filter(id__in={row.merchant_id for row in rows}).values_list("id", "code"))
    same = ("question_no", "asker", "state", "unread", "asked_at", "said_at", "closed_at")
    return [
        {name: getattr(row, name) for name in same}
        | {
            "merchant": codes.get(row.merchant_id, ""), "messages": row.count,
            "good": row.spu.number if row.spu else "", "order_no": row.order.order_no if row.order else "",
        }
        for row in rows
    ]  # fmt: skip
