"""The life of a question as a table: it says who wrote last, until it is closed."""

from zhanggui.trade.questions.models import QuestionState

QUESTION: dict[str, tuple[str, ...]] = {
    QuestionState.WAITING: (QuestionState.ANSWERED, QuestionState.CLOSED),
    QuestionState.ANSWERED: (QuestionState.WAITING, QuestionState.CLOSED),
    QuestionState.CLOSED: (),
}


def after_message(*, from_buyer: bool) -> QuestionState:
    """This function will return the state of an open question once somebody has written into it."""
    return QuestionState.WAITING if from_buyer else QuestionState.ANSWERED


def is_open(state: str) -> bool:
    """This function will say whether a question can be written into, and be closed."""
    return bool(QUESTION[state])
