"""Batch payouts at UnionPay (批量代付): a batch is handed over (21) and asked after (22), a payment of it too (00).

A batch is known by its number (batchNo, 0001 to 9999, once a day) and the time it was sent at; its payments by their
own numbers and that same time. Nothing is called back. Of a batch the result is given out five times at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zhanggui.payments.channel import ChannelUnclear
from zhanggui.rails.unionpay.batch_files import BatchResult, ResultRow, read_result
from zhanggui.rails.unionpay.gateway import BATCH, QUERY, Gateway
from zhanggui.rails.unionpay.notices import DONE
from zhanggui.rails.unionpay.packed_files import packed, unpacked

BUSINESS = "000401"
QUERIES_MOST = 5
_NOT_FOUND = "34"
# What is no last word: not finished, not heard of, or used before (then what was before counts).
UNCLEAR = frozenset({"", "01", "03", "04", "05", "06", "12", "34", "60"})
TAKEN = frozenset({"00", "05"})
USED_BEFORE = "12"


class Standing(StrEnum):
    """What UnionPay says of a batch, or of one payment."""

    NOT_THERE = "not_there"  # it has no such batch, or payment
    UNDERWAY = "underway"
    ENDED = "ended"  # the result is here
    SILENT = "silent"  # it does not say, by `code`


@dataclass(frozen=True)
class BatchSaid:
    """What UnionPay says of a batch."""

    standing: Standing
    code: str
    said: str
    result: BatchResult | None = None


@dataclass(frozen=True)
class Batch:
    """A batch as it is known at UnionPay: number, time (YYYYMMDDhhmmss), cents and payments in all."""

    number: str
    sent: str
    total_minor: int
    count: int


class Batches:
    """The batches of one merchant."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.close = gateway.close

    def hand_over(self, batch: Batch, text: str, *, now: datetime) -> tuple[str, str]:
        """Ask for every payment of a batch; UnionPay's code and words. Raises ChannelUnclear."""
        fields = self._fields("21", batch) | {
            "totalQty": str(batch.count), "totalAmt": str(batch.total_minor), "fileContent": packed(text.encode()),
        }  # fmt: skip
        answer = self.gateway.ask(self.gateway.address + BATCH, fields, now=now)
        return self._code(answer, batch)

    def ask(self, batch: Batch, *, now: datetime) -> BatchSaid:
        """What came of a batch. Raises ChannelUnclear."""
        answer = self.gateway.ask(self.gateway.address + BATCH, self._fields("22", batch), now=now)
        code, said = self._code(answer, batch)
        if code == _NOT_FOUND:
            return BatchSaid(Standing.NOT_THERE, code, said)
        if code in ("03", "05") or (code == "00" and not answer.get("fileContent")):
            return BatchSaid(Standing.UNDERWAY, code, said)
        if code != "00":
            return BatchSaid(Standing.SILENT, code, said)
        try:
            result = read_result(unpacked(answer["fileContent"]).decode("utf-8"))
        except ValueError as fault:
            raise ChannelUnclear(
                f"UnionPay's result of batch {batch.number} cannot be read: {fault}"
            ) from fault
        if (result.total_minor, result.count) != (batch.total_minor, batch.count):
            raise ChannelUnclear(f"UnionPay's result of batch {batch.number} is of another batch")
        return BatchSaid(Standing.ENDED, code, said, result)

    def ask_single(self, order: str, batch: Batch, *, now: datetime) -> ResultRow | None:
        """What came of one payment by the ordinary query; None where UnionPay does not say. Raises
        ChannelUnclear."""
        fields = {
            "txnType": "00", "txnSubType": "00", "bizType": BUSINESS, "channelType": "07", "orderId": order,
            "txnTime": batch.sent,
        }  # fmt: skip
        answer = self.gateway.ask(self.gateway.address + QUERY, fields, now=now)
        if answer.get("respCode") != "00":
            return None
        if answer.get("orderId") != order:
            raise ChannelUnclear(f"asked for {order}, UnionPay answered of {answer.get('orderId')!r}")
        amount = answer.get("txnAmt", "")
        if not (amount.isascii() and amount.isdigit() and len(amount) <= 15):
            raise ChannelUnclear(f"UnionPay's answer about {order} has no amount")
        code = answer.get("origRespCode", "")
        return ResultRow(order, code, answer.get("origRespMsg", ""), int(amount), answer.get("queryId", ""))

    @staticmethod
    def _fields(kind: str, batch: Batch) -> dict[str, str]:
        return {
            "txnType": kind, "txnSubType": "03", "bizType": BUSINESS, "channelType": "07",
            "batchNo": batch.number, "txnTime": batch.sent,
        }  # fmt: skip

    @staticmethod
    def _code(answer: Mapping[str, str], batch: Batch) -> tuple[str, str]:
        if answer.get("batchNo", batch.number) != batch.number:
            raise ChannelUnclear(
                f"asked for batch {batch.number}, UnionPay answered of {answer['batchNo']!r}"
            )
        return answer.get("respCode", ""), answer.get("respMsg", "")


def has_ended(row: ResultRow) -> bool:
    """This function will say whether a code is a last word."""
    return row.code not in UNCLEAR


def is_paid(row: ResultRow) -> bool:
    """This function will say whether a payment was made."""
    return row.code in DONE
