"""What may be written, and how much."""

import pytest

from zhanggui.trade.questions.errors import QuestionTextWrong, TooManyQuestions
from zhanggui.trade.questions.rules import (
    ASKED_MOST,
    LONGEST,
    MESSAGES_MOST,
    WRITTEN_MOST,
    blocked_words,
    check_rate,
    checked_text,
)


def test_a_text_keeps_its_lines_and_loses_what_cannot_be_seen() -> None:
    assert checked_text("  a\r\nb\x07\u202e <b> \n", blocked=[]) == "a\nb <b>"
    assert len(checked_text("字" * LONGEST, blocked=[])) == LONGEST


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b", "字" * (LONGEST + 1)])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(QuestionTextWrong):
        checked_text(text, blocked=[])


@pytest.mark.parametrize("text", ["加微信聊", "加 微\n信", "pay by VX", "ｖｘ 123"])
def test_blocked_words_are_found_however_they_are_written(text: str) -> None:
    with pytest.raises(QuestionTextWrong):
        checked_text(text, blocked=blocked_words("微信，vx;  "))


def test_words_without_them_pass() -> None:
    assert checked_text("微波炉能用吗", blocked=blocked_words("微信、vx")) == "微波炉能用吗"
    assert checked_text("anything", blocked=blocked_words(" ,， ")) == "anything"


@pytest.mark.parametrize(
    ("asked", "written", "in_thread", "refused"),
    [
        (ASKED_MOST - 1, WRITTEN_MOST - 1, 0, False),
        (ASKED_MOST, 0, 0, True),
        (ASKED_MOST, 0, 1, False),
        (0, WRITTEN_MOST, 1, True),
        (0, 0, MESSAGES_MOST, True),
    ],
)
def test_how_much_one_may_write(asked: int, written: int, in_thread: int, refused: bool) -> None:
    if not refused:
        check_rate(asked=asked, written=written, in_thread=in_thread)
        return
    with pytest.raises(TooManyQuestions):
        check_rate(asked=asked, written=written, in_thread=in_thread)
