"""What a review may look like."""

from collections.abc import Sequence

from zhanggui.trade.reviews.errors import ReviewWrong

LONGEST = 1000
LONGEST_ANSWER = 500
MOST_PICTURES = 6
STARS = range(1, 6)


def checked_text(text: str, *, longest: int) -> str:
    """This function will return the text without what cannot be seen at its ends or within. Raises ReviewWrong."""
    clean = "".join(char for char in text.replace("\r\n", "\n") if char == "\n" or char.isprintable()).strip()
    if len(clean) > longest:
        raise ReviewWrong(
            f"the text has {len(clean)} characters; {longest} are the most", have=len(clean), most=longest
        )
    return clean


def check_review(*, rating: int, pictures: Sequence[str]) -> None:
    """This function will refuse stars other than 1 to 5 and more pictures than there may be. Raises ReviewWrong."""
    if rating not in STARS:
        raise ReviewWrong("give one to five stars", rating=rating)
    if len(pictures) > MOST_PICTURES:
        raise ReviewWrong(
            f"a review shows {MOST_PICTURES} pictures at most; leave some out", most=MOST_PICTURES
        )
