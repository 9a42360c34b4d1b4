"""Whatever is in the file, reading ends in records and refusals, never in a crash or a half order."""

import gzip
import re
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.settlement.intake.formats.readings import SHANGHAI, orders, put, read, refused_rows, rejects
from zhanggui.money.errors import Refusal
from zhanggui.settlement.intake.formats import read_records
from zhanggui.settlement.intake.records import OrderRecord, Record

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "import-formats.md"
EXAMPLES = [
    text.encode() for text in re.findall(r"```(?:csv|json)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
]
RETAIL = (
    b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    b'501,85123A,"WHITE, HEART",6,2011-03-01 08:00:00,2.55,17850.0,France\n'
    b"501,22423,CAKESTAND,1,2011-03-01 08:00:00,12.75,17850.0,France\n"
    b"C502,22423,CAKESTAND,-1,2011-03-02 08:00:00,12.75,17850.0,France\n"
)


def read_bytes(name: str, packed: bytes) -> list[Record]:
    """What is read before the end or a refusal."""
    records: list[Record] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "source"
        path.write_bytes(packed)
        options = {"currency": "CNY"} if name == "zhanggui" else {}
        with suppress(Refusal):
            records.extend(read_records(name, path, tz=SHANGHAI, options=options))
    return records


def spoilt(source: bytes, at: int, length: int, by: bytes) -> bytes:
    """The source with some bytes replaced by others."""
    at %= len(source)
    return source[:at] + by + source[at + length :]


@settings(max_examples=300, deadline=None)
@given(
    which=st.integers(0, len(EXAMPLES)),
    at=st.integers(0, 10_000),
    length=st.integers(0, 40),
    by=st.binary(max_size=8)
    | st.sampled_from([b'"', b",", b"\n", b"\r", b"-", b".5", b"\0", b"{", b"\xff", b"1e9"]),
    packed=st.booleans(),
)
def test_spoilt_bytes_end_in_records_or_refusals(
    which: int, at: int, length: int, by: bytes, packed: bool
) -> None:
    name, source = ("zhanggui", EXAMPLES[which]) if which < len(EXAMPLES) else ("online-retail", RETAIL)
    content = (
        spoilt(gzip.compress(source, mtime=0), at, length, by) if packed else spoilt(source, at, length, by)
    )
    for record in read_bytes(name, content):
        if isinstance(record, OrderRecord):
            assert record.ordered_at.tzinfo is not None
            assert set(Counter(line.line_no for line in record.lines).values()) <= {1}
            assert all(line.goods >= 0 and line.quantity >= 1 for line in record.lines)


def test_an_order_without_end_is_refused_and_not_held(tmp_path: Path) -> None:
    header = "record,currency,order_no,ordered_at,line_no,merchant,sku,quantity,goods_minor\n"
    rows = "".join(f"order,CNY,A,2026-03-01 09:30:00,{number},m,s,1,1\n" for number in range(5_010))
    last = "order,CNY,B,2026-03-01 09:30:00,1,m,s,1,1\n"
    found = read("zhanggui", put(tmp_path / "a.csv", header + rows + last), currency="CNY")
    assert [order.order_no for order in orders(found)] == ["B"]
    assert Counter(code for _, code in refused_rows(found)) == {
        "order_too_long": 10,
        "order_has_refused_rows": 5_000,
    }
    assert len({reject.row for reject in rejects(found)}) == 5_010
