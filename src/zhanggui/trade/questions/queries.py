"""Reads over questions."""

from collections.abc import Collection, Sequence

from django.db.models import Count, F, Q, QuerySet

from zhanggui.trade.questions.errors import UnknownQuestion
from zhanggui.trade.questions.models import Question, QuestionMessage, QuestionState

_UNREAD_BY_BUYER = Count(
    "messages", filter=Q(messages__from_buyer=False, messages__id__gt=F("buyer_seen_id"))
)


def question_by_number(number: str, *, merchant_id: int | None = None, lock: bool = False) -> Question:
    """This function will return a question: of this shop alone if one is named, of the platform for 0. Raises
    UnknownQuestion."""
    rows = Question.objects.filter(question_no=number)
    if merchant_id is not None:
        rows = rows.filter(merchant_id=merchant_id)
    return _one(rows, number, lock)


def question_of_buyer(number: str, buyer_ids: Collection[int], *, lock: bool = False) -> Question:
    """This function will return a question that this buyer asked. Raises UnknownQuestion, for another's too."""
    return _one(Question.objects.filter(question_no=number, buyer_id__in=buyer_ids), number, lock)


def _one(rows: QuerySet[Question], number: str, lock: bool) -> Question:
    found = (rows.select_for_update() if lock else rows.select_related("spu", "order")).first()
    if found is None:
        raise UnknownQuestion(f"there is no question {number!r}; reload the list", question_no=number)
    return found


def messages_of(question: Question) -> Sequence[QuestionMessage]:
    """This function will return the messages of a question as they were written."""
    return list(question.messages.order_by("id"))


def questions_of_buyer(buyer_ids: Collection[int]) -> QuerySet[Question]:
    """This function will return what a buyer asked, with `unread` answers; the latest written first."""
    rows = Question.objects.filter(buyer_id__in=buyer_ids).select_related("spu", "order")
    return rows.annotate(unread=_UNREAD_BY_BUYER).order_by("-said_at", "-id")


def unread_answers(buyer_ids: Collection[int]) -> int:
    """This function will return how many messages to a buyer the buyer has not seen."""
    return QuestionMessage.objects.filter(
        question__buyer_id__in=buyer_ids, from_buyer=False, id__gt=F("question__buyer_seen_id")
    ).count()


def questions_waiting(merchant_id: int) -> int:
    """This function will return how many questions wait for an answer of a shop; of the platform for 0."""
    return Question.objects.filter(merchant_id=merchant_id, state=QuestionState.WAITING).count()
