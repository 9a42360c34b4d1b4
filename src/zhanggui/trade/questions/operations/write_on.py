"""A buyer writes on in a question."""

from collections.abc import Sequence
from datetime import datetime

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.assert_active import assert_active
from zhanggui.trade.questions.models import Question, QuestionState
from zhanggui.trade.questions.operations.write_message import write_message
from zhanggui.trade.questions.queries import question_of_buyer


def write_on(
    *, question_no: str, buyer: Buyer, buyer_ids: Sequence[int], text: str, at: datetime
) -> Question:
    """This function will add a message of the buyer in the caller's transaction; the shop is told unless it was to
    answer already.

    Raises BuyerBlocked, BuyerNotSo, UnknownQuestion (for another's too), QuestionClosed, QuestionTextWrong,
    TooManyQuestions.
    """
    assert_active(buyer=buyer)
    question = question_of_buyer(question_no, buyer_ids, lock=True)
    before = question.state
    message = write_message(question=question, text=text, author="", at=at)
    if message is not None and before == QuestionState.ANSWERED:
        told = Told(
            "question.said", question_no, party_id=question.merchant_id, cause=f"{question_no}:{message.id}",
            about={"asker": question.asker},
        )  # fmt: skip
        write_notices(told=[told], at=at)
    return question
