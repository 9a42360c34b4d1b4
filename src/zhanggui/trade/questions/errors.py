"""Refusals of questions, in order of precedence."""

from zhanggui.money.errors import Refusal


class UnknownQuestion(Refusal):
    """There is no such question, or it is somebody else's."""

    code = "unknown_question"
    http_status = 404


class QuestionNotPossible(Refusal):
    """The shop, good or order that is asked about is not there, or does not belong together."""

    code = "question_not_possible"
    http_status = 409


class QuestionClosed(Refusal):
    """The question is closed: nothing is written into it any more."""

    code = "question_closed"
    http_status = 409


class TooManyQuestions(Refusal):
    """The buyer asked or wrote too much in too short a time, or the thread is full."""

    code = "too_many_questions"
    http_status = 409


class QuestionTextWrong(Refusal):
    """The text is empty, too long, or has words in it that are not let through."""

    code = "question_text_wrong"
    http_status = 422
