"""The settlement files of a clearing day."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from zhanggui.rails.sandbox_server.store import Document
from zhanggui.rails.unionpay.bill_writing import (
    REVOCATION,
    zipped,
    zm_file,
    zm_name,
)
from zhanggui.rails.unionpay.packed_files import packed
from zhanggui.rails.unionpay.sandbox.orders import PAYOUT, Orders
from zhanggui.rails.unionpay.sandbox.wire import ZONE, Refused, clearing_day
from zhanggui.rows.times import microseconds
from zhanggui.settlement.reconciliation.kinds import MILLI, RowKind
from zhanggui.settlement.reconciliation.records import BillRow

READY = time(9)  # of the day after


class Files:
    """Reads orders as rows of the day on which they were cleared."""

    def __init__(self, orders: Orders, *, merchant: str) -> None:
        self.orders, self.merchant = orders, merchant

    def fetched(self, asked: Mapping[str, str]) -> Document:
        """The archive of `settleDate`, the latest one of that day and month. Raises Refused."""
        if asked.get("txnSubType") != "01" or asked.get("fileType") != "00":
            raise Refused("13", "txnSubType 01 and fileType 00 are needed")
        now = self.orders.now.astimezone(ZONE)
        try:
            text = asked.get("settleDate", "")
            day = date(now.year, int(text[:2]), int(text[2:]))
        except ValueError:
            raise Refused("10", "settleDate is MMDD") from None
        day = day if day <= now.date() else day.replace(year=now.year - 1)
        rows = [self._row(one) for one in self._done() if _day(one) == day.isoformat()]
        if not rows or now < datetime.combine(day + timedelta(days=1), READY, ZONE):
            raise Refused("98")
        content = zm_file(rows, merchant=self.merchant, zone=ZONE)
        archive = zipped({zm_name(day, self.merchant): content})
        return {
            "settleDate": f"{day:%m%d}", "fileType": "00", "fileName": f"{self.merchant}_{day:%Y%m%d}.zip",
            "fileContent": packed(archive),
        }  # fmt: skip

    def _done(self) -> list[Document]:
        found = [one for one in self.orders.every() if self.orders.code(one) == "00"]
        return sorted(found, key=_at)

    @staticmethod
    def _row(order: Document) -> BillRow:
        refunds = order["kind"] in ("04", "31")
        kind = (
            RowKind.OTHER_OUT if order["kind"] == PAYOUT else RowKind.REFUND if refunds else RowKind.PAYMENT
        )
        return BillRow(
            0, int(kind), microseconds(datetime.fromisoformat(_at(order)).replace(microsecond=0)),
            order["amount"] if kind is RowKind.PAYMENT else -order["amount"],
            fee_milli=order["fee"] * (-MILLI if refunds else MILLI), own_number="" if refunds else order["number"],
            own_refund_number=order["number"] if refunds else "",
            channel_number=order["of"] if refunds else order["query_id"],
            channel_refund_number=order["query_id"] if refunds else "", flow_number=order["trace_no"],
            memo=REVOCATION if order["kind"] == "31" else "",
        )  # fmt: skip


def _at(order: Document) -> str:
    """When an order was done: a payout when its batch was, at the earliest."""
    return str(order["done_at"] if order["kind"] == PAYOUT else order["traced_at"])


def _day(order: Document) -> str:
    """The clearing day that it belongs to."""
    return clearing_day(datetime.fromisoformat(_at(order))) if order["kind"] == PAYOUT else str(order["day"])
