"""Somebody writes into a question."""

from datetime import datetime

from zhanggui.trade.parameters.queries import text as parameter_text
from zhanggui.trade.questions.errors import QuestionClosed
from zhanggui.trade.questions.models import Question, QuestionMessage
from zhanggui.trade.questions.rules import (
    ASKED_WITHIN,
    TWICE_WITHIN,
    WRITTEN_WITHIN,
    blocked_words,
    check_rate,
    checked_text,
)
from zhanggui.trade.questions.states import after_message, is_open


def write_message(*, question: Question, text: str, author: str, at: datetime) -> QuestionMessage | None:
    """This function will add a message to a question, locked by the caller, in its transaction, and say with the
    question's state who wrote last; `author` is empty for the buyer. The same words again within a minute are sent
    twice and written once: None.

    Raises QuestionClosed, QuestionTextWrong, TooManyQuestions.
    """
    if not is_open(question.state):
        raise QuestionClosed(
            f"question {question.question_no} is closed; ask a new one", question_no=question.question_no
        )
    clean = message_text(text)
    last = question.messages.order_by("-id").first()
    if last and last.text == clean and last.author == author and at - last.at < TWICE_WITHIN:
        return None
    if not author:
        check_buyer(buyer_id=question.buyer_id, in_thread=question.messages.count(), at=at)
    return add_message(question=question, text=clean, author=author, at=at)


def message_text(text: str) -> str:
    """This function will return the text of a message as it is kept. Raises QuestionTextWrong."""
    return checked_text(text, blocked=blocked_words(parameter_text("blocked_words")))


def check_buyer(*, buyer_id: int, in_thread: int, at: datetime) -> None:
    """This function will refuse a buyer, locked by the caller, who wrote too much lately. Raises TooManyQuestions."""
    written = QuestionMessage.objects.filter(buyer_id=buyer_id, from_buyer=True, at__gt=at - WRITTEN_WITHIN)
    asked = Question.objects.filter(buyer_id=buyer_id, asked_at__gt=at - ASKED_WITHIN)
    check_rate(asked=asked.count(), written=written.count(), in_thread=in_thread)


def add_message(*, question: Question, text: str, author: str, at: datetime) -> QuestionMessage:
    """This function will add a checked message, and move the question on; whoever writes has seen what is there."""
    message = QuestionMessage.objects.create(
        question=question, merchant_id=question.merchant_id, buyer_id=question.buyer_id, from_buyer=not author,
        author=author, text=text, at=at,
    )  # fmt: skip
    question.state, question.said_at = after_message(from_buyer=not author), at
    if author:
        question.staff_seen_id = message.id
    else:
        question.buyer_seen_id = message.id
    question.save(update_fields=["state", "said_at", "staff_seen_id", "buyer_seen_id"])
    return message
