"""A file of codes of a digital good: text, one code a line."""

from typing import Final

from zhanggui.files.checking import MEGABYTE, Taken, check_content
from zhanggui.files.kinds import Kind
from zhanggui.trade.fulfilment.errors import DigitalItemRefused

CODE_FILES: Final = Taken(
    {".txt": frozenset({Kind.TEXT}), ".csv": frozenset({Kind.TEXT})}, most_bytes=2 * MEGABYTE
)
MOST_CODES: Final = 10_000


def codes_in(content: bytes, *, name: str) -> list[str]:
    """This function will return the codes of a file, one a line, in UTF-8 or GB 18030. Raises FileEndingRefused,
    FileEmpty, FileTooLarge, FileNotWhatItSays, DigitalItemRefused."""
    check_content(content, name=name, taken=CODE_FILES)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return codes_of(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise DigitalItemRefused(f"{name} is no text in UTF-8; save it so and send it again")


def codes_of(text: str) -> list[str]:
    """This function will return the codes of a text, one a line, without empty lines. Raises DigitalItemRefused."""
    codes = [line.strip() for line in text.splitlines() if line.strip()]
    if len(codes) > MOST_CODES:
        raise DigitalItemRefused(
            f"there are {len(codes):,} codes; {MOST_CODES:,} at once are the most: cut them into several",
            codes=len(codes), most=MOST_CODES,
        )  # fmt: skip
    return codes
