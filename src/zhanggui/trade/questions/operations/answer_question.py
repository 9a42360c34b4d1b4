"""A shop answers a question, or the platform does one that it was asked."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.trade.questions.models import Question, QuestionState
from zhanggui.trade.questions.operations.write_message import write_message
from zhanggui.trade.questions.queries import question_by_number


def answer_question(*, question_no: str, merchant_id: int, text: str, at: datetime, actor: str) -> Question:
    """This function will add a message of the shop's (0: of the platform) in the caller's transaction, and write who
    answered to the log; the buyer is told of the first one after a message of their own.

    Raises UnknownQuestion (for another's too), QuestionClosed, QuestionTextWrong, TooManyQuestions.
    """
    question = question_by_number(question_no, merchant_id=merchant_id, lock=True)
    before = question.state
    message = write_message(question=question, text=text, author=actor, at=at)
    if message is None:
        return question
    record_change(
        at=at, actor=actor, action="question.answered", object_kind="question", object_id=question_no,
        after={"text": message.text},
    )  # fmt: skip
    if before == QuestionState.WAITING:
        told = Told(
            "question.answered", question_no, buyer_id=question.buyer_id, cause=f"{question_no}:{message.id}",
            about={"by": "shop" if merchant_id else "platform"},
        )  # fmt: skip
        write_notices(told=[told], at=at)
    return question
