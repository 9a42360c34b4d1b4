"""Lines of text, decoded strictly: a bill in another encoding is refused, never guessed."""

from collections.abc import Iterator, Sequence
from typing import Final

from zhanggui.settlement.reconciliation.errors import (
    BillEncodingRefused,
    BillRowRefused,
    BillUnreadable,
)
from zhanggui.settlement.reconciliation.files.opening import BREAKS
from zhanggui.settlement.reconciliation.records import BillFile

LONGEST_LINE: Final = 64 * 1024
_BOM: Final = b"\xef\xbb\xbf"
UTF8: Final = "utf-8"
GB18030: Final = "gb18030"
_SHOWN: Final = {UTF8: "UTF-8", GB18030: "GBK or GB18030", "latin-1": "Latin 1"}


def encoding_of(file: BillFile, *, words: Sequence[str], allowed: Sequence[str]) -> str | None:
    """This function will return the encoding in which the file's beginning holds one of `words`, or None.

    Raises BillEncodingRefused when it holds them in an encoding that this bill is not written in.
    """
    head = file.head.removeprefix(_BOM)
    if file.head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        if any(word.encode(code) in file.head for word in words for code in ("utf-16-le", "utf-16-be")):
            raise _refused(file.name, "UTF-16", allowed)
        return None
    for encoding in (UTF8, GB18030):
        if any(word.encode(encoding) in head for word in words):
            if encoding not in allowed:
                raise _refused(file.name, _SHOWN[encoding], allowed)
            return encoding
    return None


def _refused(name: str, found: str, allowed: Sequence[str]) -> BillEncodingRefused:
    wanted = " or ".join(_SHOWN[one] for one in allowed)
    return BillEncodingRefused(
        f"{name} is {found} text, and this bill is written in {wanted}; it was opened and saved by another"
        " programme: fetch the bill again and do not open it before",
        name=name,
    )


def lines(file: BillFile, encoding: str) -> Iterator[tuple[int, str]]:
    """This function will yield each line with its number, from 1, without line end and byte order mark.

    Raises BillEncodingRefused naming the row, BillRowRefused for a line of no sane length, BillUnreadable
    where a packed file breaks off.
    """
    number = 0
    stream = file.open()
    try:
        while packed := stream.readline(LONGEST_LINE + 1):
            number += 1
            if len(packed) > LONGEST_LINE:
                raise BillRowRefused(
                    f"{file.name}, row {number}: is longer than {LONGEST_LINE} bytes", row=number
                )
            if number == 1:
                packed = packed.removeprefix(_BOM)
            try:
                yield number, packed.decode(encoding).rstrip("\r\n")
            except UnicodeDecodeError as error:
                raise BillEncodingRefused(
                    f"{file.name}, row {number}: byte {error.start + 1} is not {_SHOWN.get(encoding, encoding)};"
                    " the bill is damaged or was changed: fetch it again",
                    row=number,
                ) from error
    except BREAKS as error:
        raise BillUnreadable(
            f"{file.name} breaks off after row {number}; fetch the bill again", row=number
        ) from error
    finally:
        stream.close()
