"""Settlement files as UnionPay writes them: for the sandbox, the demonstration and tests. The reverse of `bills`."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, tzinfo

from zhanggui.rails.unionpay.bills import ZM
from zhanggui.rows.times import moment
from zhanggui.settlement.reconciliation.kinds import MILLI, RowKind
from zhanggui.settlement.reconciliation.records import BillRow

_CODES = {
    int(RowKind.PAYMENT): ("S22", "01"), int(RowKind.REFUND): ("S30", "04"), int(RowKind.OTHER_OUT): ("S12", "12"),
}  # fmt: skip
_REVOKED = ("S31", "31")
REVOCATION = "31"  # a row's memo that says it undid a payment on its own day


def zm_name(day: date, merchant: str) -> str:
    """The name of the file of transactions of a clearing day."""
    return f"INN{day:%y%m%d}88ZM_{merchant}"


def zm_file(rows: Iterable[BillRow], *, merchant: str, zone: tzinfo) -> bytes:
    """This function will return the file of transactions: 41 columns of fixed width in GBK, a line each."""
    lines = [_line(_cells(row, merchant, zone)) for row in rows]
    return b"".join(line + b"\r\n" for line in lines)


def _cells(row: BillRow, merchant: str, zone: tzinfo) -> dict[int, str]:
    """The filled cells of a row, by their place from 1."""
    refunds, paid_out = row.kind == RowKind.REFUND, row.kind == RowKind.OTHER_OUT
    code, kind = _REVOKED if row.memo == REVOCATION else _CODES[row.kind]
    fee = abs(row.fee_milli) // MILLI
    at = f"{moment(row.at).astimezone(zone):%m%d%H%M%S}"
    return {
        1: code, 2: "00010000", 3: "00010000", 4: row.flow_number[-6:], 5: at,
        6: "6216261******0018", 7: f"{abs(row.amount):012d}", 8: "5311", 9: "07",
        10: row.channel_refund_number if refunds else row.channel_number,
        12: row.own_refund_number if refunds else row.own_number, 13: "01",
        # The fee goes from us and the rest comes to us; of money given back it is the other way round. What is paid
        # out goes from us with its fee.
        16: f"{'C' if refunds else 'D'}{fee:012d}",
        17: f"D{-row.amount + fee:012d}" if paid_out
        else f"{'D' if refunds else 'C'}{abs(row.amount) - fee:012d}",
        20: kind, 21: "01" if row.kind == RowKind.PAYMENT else "00", 22: "000401" if paid_out else "000201",
        27: row.channel_number if refunds else "",
        28: merchant,
    }  # fmt: skip


def _line(cells: Mapping[int, str]) -> bytes:
    """Columns with one blank between, each as wide in bytes as it has to be."""
    return b" ".join(
        cells.get(place, "").encode("gb18030")[:width].ljust(width) for place, width in enumerate(ZM, start=1)
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The archive of a day."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 4, 9, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
