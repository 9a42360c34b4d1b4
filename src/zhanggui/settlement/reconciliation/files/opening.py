"""A file as it came (plain, gzip or zip) as the files in it, bounded, with the digest of the unpacked content."""

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, Final

from zhanggui.files.checking import MEGABYTE, Taken, check_kind, counted
from zhanggui.files.kinds import Kind, kind_of_text
from zhanggui.settlement.reconciliation.errors import BillEmptyAnswer, BillNameUnsafe, BillUnreadable
from zhanggui.settlement.reconciliation.records import BillFile

MOST_UNPACKED: Final = 2 * 1024**3  # bytes; a million rows of the widest bill are about 0.4 GiB
MOST_MEMBERS: Final = 50
HEAD: Final = 8192
BILL_FILES: Final = Taken(
    # channels and banks name their files as they like, and what they answer instead of one is saved as one
    {"": frozenset({Kind.TEXT, Kind.XML, Kind.GZIP, Kind.ZIP})},
    most_bytes=1024 * MEGABYTE, most_unpacked=MOST_UNPACKED,
)  # fmt: skip
_UTF8_NAME: Final = 0x800
BREAKS: Final = (EOFError, zlib.error, OSError, zipfile.BadZipFile)
_NONE_YET: Final = (b"BILL_CREATING", b"STATEMENT_CREATING", b"Bill Creating")
_NONE_AT_ALL: Final = (
    b"No Bill Exist", b"NO_BILL_EXIST", b"NO_STATEMENT_EXIST", b"BILL_NOT_EXIST", b"bill_not_exist",
)  # fmt: skip


def open_bill(path: Path, *, name: str = "") -> list[BillFile]:
    """This function will return the files at `path`: itself, or what a gzip or zip archive holds.

    Every file is read through once, for its digest and its size. Raises BillUnreadable (missing, empty, cut),
    HandedFileRefused, BillNameUnsafe, BillEmptyAnswer.
    """
    shown = name or path.name
    try:
        with path.open("rb") as stream:
            _ending, kind = check_kind(stream, name=shown, taken=BILL_FILES)
    except OSError as error:
        raise BillUnreadable(f"{shown} cannot be opened: {error.strerror}; check the path") from error
    packed = path.stat().st_size
    if kind is Kind.GZIP:
        found = [_file(shown.removesuffix(".gz"), lambda: gzip.GzipFile(path), packed, shown)]
    elif kind is Kind.ZIP:
        found = _members(path, shown)
    else:
        found = [_file(shown, lambda: path.open("rb"), packed, shown)]
    for one in found:
        _refuse_answer(one)
    return found


def _members(path: Path, shown: str) -> list[BillFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except BREAKS as error:
        raise BillUnreadable(f"{shown} breaks off or is no zip archive; fetch the bill again") from error
    if not infos or len(infos) > MOST_MEMBERS:
        raise BillUnreadable(
            f"{shown} holds {len(infos)} files; a bill's archive holds 1 to {MOST_MEMBERS}; check the file"
        )
    found, room = [], MOST_UNPACKED
    for info in infos:
        name = member_name(info)
        _refuse_unsafe(name, shown)
        if info.flag_bits & 0x1:
            raise BillUnreadable(f"{name} in {shown} is locked with a password; unlock it first")
        one = _file(name, _member_opener(path, info), info.compress_size, shown, most=room)
        room -= one.size
        found.append(one)
    return found


def _member_opener(path: Path, info: zipfile.ZipInfo) -> Callable[[], Any]:
    return lambda: zipfile.ZipFile(path).open(info)


def member_name(info: zipfile.ZipInfo) -> str:
    """This function will return a member's name; without the UTF-8 flag it is taken for GBK, as Chinese
    channels write it, where it can be that."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.orig_filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _refuse_unsafe(name: str, shown: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in name or "\0" in name:
        raise BillNameUnsafe(
            f"{shown} holds a file named {name!r}, which points outside; it is not read; ask where it comes from"
        )


def _file(
    name: str, opener: Callable[[], Any], packed: int, shown: str, most: int = MOST_UNPACKED
) -> BillFile:
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with opener() as stream:
            for part in counted(stream, name=shown, packed=packed, most=most):
                if len(head) < HEAD:
                    head += part[: HEAD - len(head)]
                digest.update(part)
                size += len(part)
    except BREAKS as error:
        raise BillUnreadable(f"{shown} breaks off or is damaged ({error}); fetch the bill again") from error
    if not size:
        raise BillUnreadable(f"{name} is empty; fetch the bill again")
    if kind_of_text(head) is Kind.OTHER:
        raise BillUnreadable(f"{name} is no text, as bills are; check the file")
    return BillFile(name=name, open=opener, digest=digest.digest(), size=size, head=head)


def _refuse_answer(file: BillFile) -> None:
    """What a channel answers instead of a bill is not a bill."""
    if file.head.lstrip(b"\xef\xbb\xbf \r\n")[:1] not in (b"<", b"{"):
        return
    if any(word in file.head for word in _NONE_YET):
        raise BillEmptyAnswer(f"{file.name}: the channel is still writing this bill; fetch it again later")
    if any(word in file.head for word in _NONE_AT_ALL):
        raise BillEmptyAnswer(
            f"{file.name}: the channel says that there is no bill; if nothing moved on that day, import it with"
            " --empty-day DATE"
        )
