"""Files of parcels (批量发货): one row an order, or a line of it, with carrier and tracking number."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from zhanggui.files.checking import MEGABYTE, Taken
from zhanggui.files.kinds import Kind
from zhanggui.files.tables import table_rows
from zhanggui.trade.fulfilment.errors import ShippingFileRefused

_TEXT = frozenset({Kind.TEXT})
SHIPPING_FILES = Taken(
    {".csv": _TEXT, ".xlsx": frozenset({Kind.XLSX})}, most_bytes=10 * MEGABYTE, most_unpacked=128 * MEGABYTE
)
MOST_ROWS = 20_000
# The first name of each is the one we write; the others are what people's own files say.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "order_no": ("order_no", "订单号", "订单编号", "Order number", "Order"),
    "carrier": ("carrier", "快递公司", "物流公司", "承运商", "Carrier"),
    "tracking_no": ("tracking_no", "快递单号", "物流单号", "运单号", "Tracking number"),
    "line_no": ("line_no", "订单行", "行号", "Line"),
    "quantity": ("quantity", "发货数量", "数量", "Quantity"),
}
NEEDED = ("order_no", "carrier", "tracking_no")


class FileRow(NamedTuple):
    """One row that names a parcel; `quantity` as it was written. `number` is its row in the file."""

    number: int
    order_no: str
    carrier: str
    tracking_no: str
    line_no: str = ""
    quantity: str = ""


def read_shipping_file(content: bytes, *, name: str) -> list[FileRow]:
    """This function will read the rows of a file of parcels: those without carrier and tracking number are what is
    not shipped yet, and left out, as are empty ones. Raises ShippingFileRefused, HandedFileRefused."""
    rows = table_rows(content, name=name, taken=SHIPPING_FILES)
    places = _places(next(rows, (0, []))[1], name)
    found: list[FileRow] = []
    for number, cells in rows:
        row = FileRow(number, **{key: _cell(cells, place) for key, place in places.items()})
        if not (row.carrier or row.tracking_no):
            continue
        if len(found) >= MOST_ROWS:
            raise ShippingFileRefused(
                f"{name} has more than {MOST_ROWS:,} rows; cut it into several", name=name
            )
        found.append(row)
    if not found:
        raise ShippingFileRefused(
            f"{name} names no parcel; write carrier and tracking number into the rows that are shipped",
            name=name,
        )
    return found


def units_of(text: str) -> int | None:
    """This function will read a quantity: 0 for an empty cell, None for what is no whole number above zero."""
    plain = text.removesuffix(".0")
    if not plain:
        return 0
    if not (plain.isascii() and plain.isdigit() and len(plain) < 9):
        return None
    return int(plain) or None


def _places(header: list[str], name: str) -> dict[str, int]:
    plain = [cell.strip("`\ufeff\t ").casefold() for cell in header]
    places = {
        key: plain.index(usual.casefold())
        for key, names in COLUMNS.items()
        for usual in names[::-1]
        if usual.casefold() in plain
    }
    if missing := [key for key in NEEDED if key not in places]:
        raise ShippingFileRefused(
            f"{name} has no column {' / '.join(COLUMNS[missing[0]][:2])}; download what is to be shipped and fill it"
            " in",
            name=name, column=missing[0],
        )  # fmt: skip
    return places


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip("`'\t ") if place < len(cells) else ""


def groups(rows: Iterable[FileRow]) -> list[list[FileRow]]:
    """This function will put rows of one parcel together, in the order of their first rows."""
    found: dict[tuple[str, str], list[FileRow]] = {}
    for row in rows:
        found.setdefault((row.carrier.casefold(), row.tracking_no.casefold()), []).append(row)
    return list(found.values())
