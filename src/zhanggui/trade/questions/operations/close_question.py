"""A question is done with."""

from collections.abc import Sequence
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.questions.errors import QuestionClosed
from zhanggui.trade.questions.models import Question, QuestionState
from zhanggui.trade.questions.queries import question_by_number, question_of_buyer
from zhanggui.trade.questions.states import is_open


def close_question(*, question_no: str, merchant_id: int, at: datetime, actor: str) -> Question:
    """This function will close a question of the shop's (0: of the platform) and write who did to the log, in the
    caller's transaction. Raises UnknownQuestion, for another's too, and QuestionClosed."""
    question = question_by_number(question_no, merchant_id=merchant_id, lock=True)
    before = question.state
    _close(question, at)
    record_change(
        at=at, actor=actor, action="question.closed", object_kind="question", object_id=question_no,
        before={"state": before}, after={"state": question.state},
    )  # fmt: skip
    return question


def close_own_question(*, question_no: str, buyer_ids: Sequence[int], at: datetime) -> Question:
    """This function will close a question for the buyer who asked it, in the caller's transaction. Raises
    UnknownQuestion, for another's too, and QuestionClosed."""
    question = question_of_buyer(question_no, buyer_ids, lock=True)
    _close(question, at)
    return question


def _close(question: Question, at: datetime) -> None:
    if not is_open(question.state):
        raise QuestionClosed(
            f"question {question.question_no} is closed; ask a new one", question_no=question.question_no
        )
    question.state, question.closed_at = QuestionState.CLOSED, at
    question.save(update_fields=["state", "closed_at"])
