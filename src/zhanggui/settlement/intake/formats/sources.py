"""Sources as bounded lines of text: plain or gzip, one physical line at a time, counted from 1."""

from __future__ import annotations

import gzip
import hashlib
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from zhanggui.settlement.intake.formats.errors import (
    SourceEmpty,
    SourceNotFound,
    SourceTruncated,
    SourceUnreadable,
)

#: No row of a sane file is longer; a longer one is skipped without being held in memory.
LONGEST_LINE: Final = 4 * 1024 * 1024
_GZIP_MAGIC: Final = b"\x1f\x8b"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
#: What reading raises where a packed file is cut or damaged, or a disk fails.
BREAKS: Final = (EOFError, zlib.error, OSError)
#: What begins a file that is not text at all, and what to tell its owner.
_NOT_TEXT: Final = (
    (b"\xff\xfe", "It is UTF-16 text; save it again as UTF-8."),
    (b"\xfe\xff", "It is UTF-16 text; save it again as UTF-8."),
    (b"PK\x03\x04", "It is a ZIP archive or an Excel workbook; save the sheet as CSV (UTF-8)."),
    (b"\xd0\xcf\x11\xe0", "It is an old Excel workbook; save the sheet as CSV (UTF-8)."),
    (b"%PDF", "It is a PDF."),
    (b"BZh", "It is packed with bzip2; unpack it or use gzip."),
    (b"\xfd7zXZ", "It is packed with xz; unpack it or use gzip."),
    (b"\x28\xb5\x2f\xfd", "It is packed with zstd; unpack it or use gzip."),
)


@dataclass(slots=True)
class SourceLine:
    """One physical line without its line end. `fault` says why `text` is not to be trusted, if it is not."""

    number: int
    text: str
    fault: str = ""


def require_file(path: Path) -> Path:
    """`path` itself, if it is a regular file. Raises SourceNotFound, SourceUnreadable."""
    mode = _mode_of(path)
    if stat.S_ISDIR(mode):
        raise SourceUnreadable(f"{path} is a folder; name the file in it.", path=str(path))
    if not stat.S_ISREG(mode):
        raise SourceUnreadable(f"{path} is not a regular file (a device or a pipe).", path=str(path))
    return path


def require_folder(path: Path) -> Path:
    """`path` itself, if it is a folder. Raises SourceNotFound, SourceUnreadable."""
    if not stat.S_ISDIR(_mode_of(path)):
        raise SourceUnreadable(f"{path} is a file; name the folder the files are in.", path=str(path))
    return path


def _mode_of(path: Path) -> int:
    """The kind and rights of what is at `path`."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        raise SourceNotFound(f"There is nothing at {path}; check the path.", path=str(path)) from None
    except (OSError, ValueError) as error:
        raise SourceUnreadable(f"{path} cannot be looked at: {error}.", path=str(path)) from error


@contextmanager
def open_source(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for reading bytes, unpacking gzip, which is told by its content and not by its name.

    Raises SourceNotFound, SourceUnreadable, SourceEmpty.
    """
    require_file(path)
    try:
        raw = path.open("rb")
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be opened: {error.strerror}.", path=str(path)) from error
    with raw:
        begins = raw.read(8)
        raw.seek(0)
        if not begins:
            raise SourceEmpty(f"{path} is empty.", path=str(path))
        if begins.startswith(_GZIP_MAGIC):
            with gzip.GzipFile(fileobj=raw) as unpacked:
                # Not buffered once more: that would lose, at a break, what had been unpacked before it.
                yield cast(BinaryIO, unpacked)
            return
        for magic, advice in _NOT_TEXT:
            if begins.startswith(magic):
                raise SourceUnreadable(f"{path} is not a text file. {advice}", path=str(path))
        if path.suffix == ".gz":
            raise SourceUnreadable(f"{path} is named .gz but is not gzip; pack it again.", path=str(path))
        yield raw


def read_lines(path: Path) -> Iterator[SourceLine]:
    """Every line of the text at `path`, the first one without its byte order mark.

    A line that is not UTF-8, holds a NUL, or is longer than LONGEST_LINE comes with its `fault` named.
    Memory is bounded by the longest line. Raises SourceNotFound, SourceUnreadable, SourceEmpty, and
    SourceTruncated where a packed file breaks off; the cut line itself is not yielded.
    """
    number = 0
    with open_source(path) as stream:
        try:
            while packed := stream.readline(LONGEST_LINE + 1):
                number += 1
                too_long = len(packed) > LONGEST_LINE
                if too_long:
                    _skip_line(stream)
                if number == 1:
                    packed = packed.removeprefix(_BYTE_ORDER_MARK)
                yield _line_of(number, packed, too_long=too_long)
        except BREAKS as error:
            raise truncated(path, number, str(error)) from error
    if not number:
        raise SourceEmpty(f"{path} is empty.", path=str(path))


def truncated(path: Path, rows_read: int, reason: str) -> SourceTruncated:
    """The refusal of a source that broke off after `rows_read` good rows."""
    return SourceTruncated(
        f"{path} breaks off or is damaged after row {rows_read} ({reason.rstrip('.')}). "
        "The rows before it were read; get the whole file again and import it.",
        path=str(path),
        rows_read=rows_read,
    )


def _line_of(number: int, packed: bytes, *, too_long: bool) -> SourceLine:
    """The line as text, or with the reason why it is none."""
    if too_long:
        shown = packed[:200].decode("utf-8", "replace")
        return SourceLine(number, shown, f"is longer than {LONGEST_LINE} bytes")
    packed = packed.rstrip(b"\r\n")
    try:
        text = packed.decode("utf-8")
    except UnicodeDecodeError as error:
        shown = packed.decode("utf-8", "replace")
        return SourceLine(
            number, shown, f"is not UTF-8 text (byte {error.start + 1}); save the file as UTF-8"
        )
    if "\0" in text:
        return SourceLine(number, text.replace("\0", "\ufffd"), "holds a NUL character")
    return SourceLine(number, text)


def _skip_line(stream: BinaryIO) -> None:
    """Read on to the end of an over-long line without holding it."""
    while packed := stream.readline(LONGEST_LINE):
        if packed.endswith(b"\n"):
            return


def source_digest(path: Path | str) -> bytes:
    """The SHA-256 of the file at `path`; of a folder: over the names and digests of its files, by name.

    Folders inside and hidden files do not count. Raises SourceNotFound, SourceUnreadable, SourceEmpty.
    """
    path = Path(path)
    if not stat.S_ISDIR(_mode_of(path)):
        return _file_digest(require_file(path))
    digest = hashlib.sha256()
    names = sorted(entry.name for entry in path.iterdir() if entry.is_file() and entry.name[0] != ".")
    if not names:
        raise SourceEmpty(f"The folder {path} holds no files.", path=str(path))
    for name in names:
        digest.update(name.encode() + b"\0" + _file_digest(path / name))
    return digest.digest()


def _file_digest(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError as error:
        raise SourceUnreadable(f"{path} cannot be read: {error.strerror}.", path=str(path)) from error
