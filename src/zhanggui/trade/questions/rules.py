"""What a message may look like, and how much a buyer may write."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from zhanggui.trade.questions.errors import QuestionTextWrong, TooManyQuestions

LONGEST = 1000
ASKED_MOST, ASKED_WITHIN = 20, timedelta(days=1)
"""New questions of one buyer."""
WRITTEN_MOST, WRITTEN_WITHIN = 30, timedelta(hours=1)
"""Messages of one buyer, over all questions."""
MESSAGES_MOST = 500
"""Messages of one thread: whoever needs more asks anew."""
TWICE_WITHIN = timedelta(minutes=1)
"""The same words again so soon are the same message, sent twice."""
_BETWEEN_WORDS = re.compile(r"[,，、;；\s]+")


def checked_text(text: str, *, blocked: Sequence[str]) -> str:
    """This function will return the text without what cannot be seen at its ends or within. Raises QuestionTextWrong
    where nothing is left, too much is, or a blocked word is in it."""
    clean = "".join(char for char in text.replace("\r\n", "\n") if char == "\n" or char.isprintable()).strip()
    if not clean:
        raise QuestionTextWrong("write something, then send it")
    if len(clean) > LONGEST:
        raise QuestionTextWrong(
            f"the text has {len(clean)} characters; {LONGEST} are the most", have=len(clean), most=LONGEST
        )
    found = blocked_in(clean, blocked)
    if found:
        raise QuestionTextWrong(f"“{found}” is not let through here; write it without", word=found)
    return clean


def blocked_words(listed: str) -> list[str]:
    """This function will return the words of a list with commas, semicolons or blanks between them."""
    return [word for word in _BETWEEN_WORDS.split(listed) if word]


def blocked_in(text: str, blocked: Sequence[str]) -> str:
    """This function will return the first of these words that is in a text, however wide, large or spaced out its
    letters are written; nothing if none is."""
    plain = _plain(text)
    return next((word for word in blocked if _plain(word) and _plain(word) in plain), "")


def check_rate(*, asked: int, written: int, in_thread: int) -> None:
    """This function will refuse one more message of a buyer who asked `asked` questions and wrote `written` messages
    lately, in a thread of `in_thread`; a new question has none, an old one does not count as asked.

    Raises TooManyQuestions.
    """
    if in_thread >= MESSAGES_MOST:
        raise TooManyQuestions(
            f"this question has {MESSAGES_MOST} messages; ask a new one", most=MESSAGES_MOST
        )
    if in_thread == 0 and asked >= ASKED_MOST:
        raise TooManyQuestions(
            f"you asked {ASKED_MOST} questions within a day; write on in one of them, or come back tomorrow",
            most=ASKED_MOST,
        )
    if written >= WRITTEN_MOST:
        raise TooManyQuestions(
            f"you wrote {WRITTEN_MOST} messages within an hour; wait a while", most=WRITTEN_MOST
        )


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
