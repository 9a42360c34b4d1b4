"""Checking a file before anybody reads it: its name, its size, its kind, its size once unpacked."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from zhanggui.files.errors import (
    FileDamaged,
    FileEmpty,
    FileEndingRefused,
    FileNotWhatItSays,
    FilePackedTooLarge,
    FileTooLarge,
)
from zhanggui.files.kinds import Kind, kind_of, kind_of_text

MEGABYTE: Final = 1024 * 1024
MOST_RATIO: Final = 250  # text packs 10 to 60 times; a bomb thousands
RATIO_FROM: Final = 8 * MEGABYTE  # below this nobody is harmed
MOST_MEMBERS: Final = 10_000
BREAKS: Final = (
    EOFError, zlib.error, OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
_CHUNK: Final = MEGABYTE
_PACKED: Final = (Kind.ZIP, Kind.XLSX, Kind.OFD)


@dataclass(frozen=True)
class Taken:
    """What is taken somewhere: by the ending of the name (lower case; "" for every other one) the kinds of content;
    at most so many bytes as it comes, and so many unpacked."""

    endings: Mapping[str, frozenset[Kind]]
    most_bytes: int
    most_unpacked: int = 2 * 1024 * MEGABYTE

    @property
    def most(self) -> int:
        """Whole megabytes that are taken."""
        return self.most_bytes // MEGABYTE

    @property
    def accept(self) -> str:
        """What a box for files in a form says that it takes."""
        return ",".join(dict.fromkeys(f".{one.rpartition('.')[2]}" for one in self.endings if one))

    def ending_of(self, name: str) -> str:
        """The ending of a name, as it is written here. Raises FileEndingRefused."""
        lower = name.lower()
        for ending in sorted(self.endings, key=len, reverse=True):
            if lower.endswith(ending):
                return ending
        raise FileEndingRefused(
            f"{name or 'the file'} is not taken here by its name: it must end in one of {' '.join(self.endings)};"
            " save it so and send it again",
            endings=list(self.endings),
        )


def check_size(name: str, size: int, taken: Taken) -> None:
    """This function will refuse a file by its size alone, before it is read. Raises FileEmpty, FileTooLarge."""
    if not size:
        raise FileEmpty(f"{name} is empty; choose the right file")
    if size > taken.most_bytes:
        raise FileTooLarge(
            f"{name} has {size:,} bytes; at most {taken.most} MB are taken here; cut it into several",
            size=size, most=taken.most_bytes,
        )  # fmt: skip


def check_kind(stream: BinaryIO, *, name: str, taken: Taken) -> tuple[str, Kind]:
    """This function will check the name, the size and the kind of a file, and return its ending and kind; what is
    packed in it stays unlooked at. Raises FileEndingRefused, FileEmpty, FileTooLarge, FileNotWhatItSays."""
    ending = taken.ending_of(name)
    check_size(name, stream.seek(0, 2), taken)
    kind = kind_of(stream)
    if kind not in taken.endings[ending]:
        raise FileNotWhatItSays(
            f"{name} is not what it says: its content is {kind}; send the file as it was given out", kind=kind
        )
    return ending, kind


def check_file(stream: BinaryIO, *, name: str, taken: Taken) -> str:
    """This function will check a file that can be read from any place, put it at its beginning again and return its
    ending. What is packed is unpacked once, into nothing. Raises FileEndingRefused, FileEmpty, FileTooLarge,
    FileNotWhatItSays, FileDamaged, FilePackedTooLarge."""
    ending, kind = check_kind(stream, name=name, taken=taken)
    if kind is Kind.GZIP:
        _check_gzip(stream, name, taken)
    elif kind in _PACKED:
        _check_archive(stream, name, taken)
    elif kind is Kind.PARQUET:
        _check_parquet(stream, name, taken)
    stream.seek(0)
    return ending


def check_content(content: bytes, *, name: str, taken: Taken) -> str:
    """This function will check a file that is in memory, as `check_file` does."""
    return check_file(io.BytesIO(content), name=name, taken=taken)


def counted(stream: Any, *, name: str, packed: int, most: int) -> Iterator[bytes]:
    """This function will hand on what a packed file of `packed` bytes unpacks to, piece by piece, and break off where
    that is more than `most` or than honest files unpack to. Raises FilePackedTooLarge."""
    size = 0
    while part := stream.read(_CHUNK):
        size += len(part)
        if size > most:
            raise FilePackedTooLarge(
                f"{name} unpacks to more than {most // MEGABYTE:,} MB; no honest file is that large; check the file"
            )
        if size > RATIO_FROM and size > MOST_RATIO * max(packed, 1):
            raise FilePackedTooLarge(
                f"{name} unpacks to more than {MOST_RATIO} times its size; no honest file packs so well; check the"
                " file"
            )
        yield part


def _check_gzip(stream: BinaryIO, name: str, taken: Taken) -> None:
    size, head = stream.seek(0, 2), b""
    stream.seek(0)
    try:
        with gzip.GzipFile(fileobj=stream) as unpacked:
            for part in counted(unpacked, name=name, packed=size, most=taken.most_unpacked):
                head = head or part
    except BREAKS as error:
        raise _damaged(name, error) from error
    if kind_of_text(head) is Kind.OTHER:
        raise FileNotWhatItSays(
            f"{name} is not what it says: what is packed in it is no text; send the file as it was given out"
        )


def _check_archive(stream: BinaryIO, name: str, taken: Taken) -> None:
    stream.seek(0)
    room = taken.most_unpacked
    try:
        with closing(zipfile.ZipFile(stream)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_MEMBERS:
                raise FilePackedTooLarge(
                    f"{name} holds {len(infos):,} files; no honest one holds so many; check the file"
                )
            for info in infos:
                with archive.open(info) as member:
                    parts = counted(member, name=name, packed=info.compress_size, most=room)
                    room -= sum(map(len, parts))
    except BREAKS as error:
        raise _damaged(name, error) from error


def _check_parquet(stream: BinaryIO, name: str, taken: Taken) -> None:
    """By its table of contents, which readers go by too."""
    import pyarrow
    import pyarrow.parquet

    stream.seek(0)
    try:
        contents = pyarrow.parquet.read_metadata(stream)
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise _damaged(name, error) from error
    unpacked = sum(contents.row_group(place).total_byte_size for place in range(contents.num_row_groups))
    # a value that repeats costs nothing in the file and a few bytes wherever it is read
    most_rows = taken.most_unpacked // 64
    if unpacked > taken.most_unpacked or contents.num_rows > most_rows:
        raise FilePackedTooLarge(
            f"{name} unpacks to {contents.num_rows:,} rows of {unpacked // MEGABYTE:,} MB; no honest file is that"
            " large; check the file"
        )


def _damaged(name: str, error: BaseException) -> FileDamaged:
    return FileDamaged(f"{name} breaks off or is damaged ({error}); get the whole file again")
