"""Which kind of file it is, by its content and never by its name."""

import re
import zipfile
from enum import StrEnum
from typing import BinaryIO, Final

HEAD: Final = 64 * 1024
TAIL: Final = 1024
_BEGINS: Final = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\x1f\x8b", b"PK\x03\x04", b"PAR1")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ONE_IN: Final = (
    100  # a torn row may hold a few bytes that are no text; a program or a picture holds one in ten
)


class Kind(StrEnum):
    """Kinds of files, as far as anybody here takes them; `OTHER` is taken nowhere."""

    TEXT = "text"
    XML = "XML"
    PDF = "PDF"
    PNG = "PNG"
    JPEG = "JPEG"
    GZIP = "gzip"
    ZIP = "ZIP"
    XLSX = "Excel (xlsx)"
    OFD = "OFD"
    PARQUET = "Parquet"
    OTHER = "none of these"


def kind_of(stream: BinaryIO) -> Kind:
    """This function will say of which kind a file is; it reads the two ends and, of a zip archive, its names. The
    stream stands at its beginning again."""
    stream.seek(0)
    head = stream.read(HEAD)
    tail = _tail(stream, len(head))
    stream.seek(0)
    if head.startswith(b"%PDF-"):
        return Kind.PDF if b"%%EOF" in tail else Kind.OTHER
    if head.startswith(b"PAR1"):
        return Kind.PARQUET if tail.endswith(b"PAR1") else Kind.OTHER
    if head.startswith(b"PK\x03\x04"):
        return _archive(stream)
    for begins, kind in zip(_BEGINS[1:4], (Kind.PNG, Kind.JPEG, Kind.GZIP), strict=True):
        if head.startswith(begins):
            return kind
    return kind_of_text(head, tail)


def kind_of_text(head: bytes, tail: bytes = b"") -> Kind:
    """This function will say whether what begins so is XML, text in some encoding, or neither."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Kind.TEXT  # UTF-16: whoever reads it says what to save it as
    if not head or head.startswith(_BEGINS) or len(_CONTROL.findall(head)) * _ONE_IN > len(head):
        return Kind.OTHER
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(b"<") and (not tail or tail.rstrip().endswith(b">")):
        # a document type could pull in other files, or grow without end
        return Kind.OTHER if b"<!DOCTYPE" in head or b"<!ENTITY" in head else Kind.XML
    return Kind.TEXT


def _tail(stream: BinaryIO, read: int) -> bytes:
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - TAIL))
    return stream.read()


def _archive(stream: BinaryIO) -> Kind:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = {info.filename for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return Kind.ZIP
    finally:
        stream.seek(0)
    if "OFD.xml" in names:
        return Kind.OFD
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return Kind.XLSX
    return Kind.ZIP
