"""Files by name, size, kind and unpacked size: what an attacker sends is refused before anybody reads it."""

import gzip
import io
import zipfile
from collections.abc import Callable

import pyarrow
import pyarrow.parquet
import pytest
import xlsxwriter

from zhanggui.files import errors
from zhanggui.files.checking import MEGABYTE, Taken, check_content, check_size
from zhanggui.files.kinds import Kind, kind_of

TEXT = frozenset({Kind.TEXT})
TAKEN = Taken(
    {
        ".csv": TEXT, ".csv.gz": frozenset({Kind.GZIP}), ".xlsx": frozenset({Kind.XLSX}),
        ".parquet": frozenset({Kind.PARQUET}), ".zip": frozenset({Kind.ZIP}), ".xml": frozenset({Kind.XML}),
        ".pdf": frozenset({Kind.PDF}), ".ofd": frozenset({Kind.OFD}),
    },
    most_bytes=MEGABYTE, most_unpacked=20 * MEGABYTE,
)  # fmt: skip
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


def workbook() -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    book.add_worksheet().write_row(0, 0, ["order", "amount"])
    book.close()
    return made.getvalue()


def archive(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("_", "."), content)
    return made.getvalue()


def parquet(rows: int) -> bytes:
    made = io.BytesIO()
    table = pyarrow.table({"order_no": pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0] * rows, pyarrow.int8()), ["A"]
    )})  # fmt: skip
    pyarrow.parquet.write_table(table, made)
    return made.getvalue()


def sheet_bomb() -> bytes:
    """A workbook that is one in every way, but for a sheet that unpacks without end."""
    made = io.BytesIO(workbook())
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet2.xml", bytes(12 * MEGABYTE))
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", "订单,金额\nA1,1.00\n".encode(), Kind.TEXT),
        ("a.csv", "订单,金额\nA1,1.00\n".encode("gb18030"), Kind.TEXT),
        ("A.CSV", b"a,b\n", Kind.TEXT),
        ("a.csv", "a,b\n".encode("utf-16"), Kind.TEXT),
        ("a.csv.gz", gzip.compress(b"a,b\n"), Kind.GZIP),
        ("a.xlsx", workbook(), Kind.XLSX),
        ("a.zip", archive(a_csv=b"a,b\n"), Kind.ZIP),
        ("a.ofd", archive(OFD_xml=b"<x/>"), Kind.OFD),
        ("a.parquet", parquet(10), Kind.PARQUET),
        ("a.xml", b"\xef\xbb\xbf <?xml version='1.0'?><x></x>\n", Kind.XML),
        ("a.pdf", PDF, Kind.PDF),
    ],
)
def test_honest_files_are_taken_by_what_they_are(name: str, content: bytes, kind: Kind) -> None:
    assert kind_of(io.BytesIO(content)) is kind
    assert name.lower().endswith(check_content(content, name=name, taken=TAKEN))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"MZ\x90\x00" + bytes(60)),
        ("a.csv", PNG),
        ("a.csv", PDF),
        ("a.csv", workbook()),
        ("a.csv", gzip.compress(b"a,b\n")),
        ("a.csv", b"<html><script>alert(1)</script></html>"),
        ("a.csv.gz", b"a,b\n"),
        ("a.csv.gz", gzip.compress(PNG)),
        ("a.xlsx", archive(a_csv=b"a,b\n")),
        ("a.xlsx", b"a,b\n"),
        ("a.zip", workbook()),
        ("a.pdf", b"%PDF-1.7 cut off"),
        ("a.pdf", b"<html></html>"),
        ("a.parquet", b"PAR1 cut off"),
        ("a.xml", b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>"),
        ("a.xml", b"<x>cut of"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(errors.FileNotWhatItSays, match="not what it says"):
        check_content(content, name=name, taken=TAKEN)


@pytest.mark.parametrize("name", ["a.exe", "a.csv.exe", "csv", "", "a.gz", "a.csv\x00.exe"])
def test_a_name_that_ends_otherwise_is_refused(name: str) -> None:
    with pytest.raises(errors.FileEndingRefused, match=r"\.csv"):
        check_content(b"a,b\n", name=name, taken=TAKEN)


def test_empty_and_too_large_ones_are_refused_by_their_size_alone() -> None:
    with pytest.raises(errors.FileEmpty):
        check_size("a.csv", 0, TAKEN)
    with pytest.raises(errors.FileTooLarge, match="at most 1 MB") as refused:
        check_size("a.csv", MEGABYTE + 1, TAKEN)
    assert refused.value.http_status == 413
    with pytest.raises(errors.FileTooLarge):
        check_content(b"a" * (MEGABYTE + 1), name="a.csv", taken=TAKEN)
    check_size("a.csv", MEGABYTE, TAKEN)


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip, by its ratio": ("a.csv.gz", lambda: gzip.compress(b"0" * 12 * MEGABYTE)),
    "gzip, by its size": ("a.csv.gz", lambda: gzip.compress(b"0" * 21 * MEGABYTE)),
    "zip": ("a.zip", lambda: archive(a_csv=b"0" * 12 * MEGABYTE)),
    "zip, many small ones": (
        "a.zip",
        lambda: archive(**{f"m{one}_csv": b"0" * 7 * MEGABYTE for one in range(4)}),
    ),
    "xlsx": ("a.xlsx", sheet_bomb),
    "ofd": ("a.ofd", lambda: archive(OFD_xml=b"<x/>", page_xml=b"0" * 12 * MEGABYTE)),
    "parquet, of one value": ("a.parquet", lambda: parquet(400_000)),
}


@pytest.mark.parametrize("bomb", list(BOMBS))
def test_bombs_are_refused_before_they_go_off(bomb: str) -> None:
    name, made = BOMBS[bomb]
    content = made()
    assert len(content) < MEGABYTE
    with pytest.raises(errors.FilePackedTooLarge, match="honest"):
        check_content(content, name=name, taken=TAKEN)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", gzip.compress(b"a,b\n" * 1000)[:-12]),
        ("a.zip", archive(a_csv=b"a,b\n" * 1000)[:-30]),
        ("a.xlsx", workbook().replace(b"sheet1.xml", b"sheet9.xml", 1)),
        ("a.parquet", b"PAR1" + bytes(20) + b"PAR1"),
    ],
)
def test_damaged_ones_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(errors.FileDamaged, match="whole file"):
        check_content(content, name=name, taken=TAKEN)


def test_a_lie_about_the_unpacked_size_is_not_believed() -> None:
    content = bytearray(archive(a_csv=b"0" * 12 * MEGABYTE))
    for place in (22, content.rindex(b"PK\x01\x02") + 24):
        content[place : place + 4] = (1000).to_bytes(4, "little")
    with pytest.raises((errors.FilePackedTooLarge, errors.FileDamaged)):
        check_content(bytes(content), name="a.zip", taken=TAKEN)


def test_a_box_of_a_form_says_what_is_taken() -> None:
    assert (TAKEN.accept, TAKEN.most) == (".csv,.gz,.xlsx,.parquet,.zip,.xml,.pdf,.ofd", 1)
