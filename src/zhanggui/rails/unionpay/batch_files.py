"""The texts inside a batch payout (批量代付): what is asked for, and what came of it. Pure.

Asked is a head `version|totalAmt|totalQty||`, a line of column names, and a line a payment; cents, UTF-8, `\\r\\n`.

The result has a head with what succeeded (amount, count) in the sixth and seventh place, and beside the columns that
were asked with some of its own: respCode, respMsg, queryId, sysTraNo, sysTm, settleDate. That is an assumption:
UnionPay's own description was not at hand, an independent reader of these files has it so. Columns are therefore
found by their names alone, in any order, and further ones are passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

VERSION = "5.0.0"
COLUMNS = (
    "orderId", "currencyCode", "txnAmt", "accType", "accNo", "customerNm", "bizType", "certifTp", "certifId",
    "phoneNo", "postscript",
)  # fmt: skip
ROWS_MOST = 5000
NAME_LONGEST, POSTSCRIPT_LONGEST = 30, 40
CARD = "01"


@dataclass(frozen=True)
class BatchRow:
    """One payment that is asked for: our number (8 to 32 letters and digits), cents, card, holder, what is read."""

    order: str
    amount_minor: int
    number: str
    holder: str
    postscript: str


@dataclass(frozen=True)
class ResultRow:
    """What came of one payment: UnionPay's code and words, cents, its own number."""

    order: str
    code: str
    said: str
    amount_minor: int
    reference: str = ""


@dataclass(frozen=True)
class BatchResult:
    """What came of a batch: how much it was of in all, and its rows."""

    total_minor: int
    count: int
    rows: Sequence[ResultRow]


def request_text(rows: Sequence[BatchRow], *, business: str) -> str:
    """This function will return the text that asks for these payments, to cards of persons, under this bizType."""
    lines = [f"{VERSION}|{sum(row.amount_minor for row in rows)}|{len(rows)}||", "|".join(COLUMNS)]
    lines += [
        f"{row.order}|156|{row.amount_minor}|{CARD}|{row.number}|{row.holder}|{business}||||{row.postscript}"
        for row in rows
    ]
    return "\r\n".join(lines)


def unfit(row: BatchRow) -> str:
    """This function will say what of a payment does not fit into the text; empty when all does."""
    if any(sign == "|" or not sign.isprintable() for sign in row.holder + row.number):
        return "户名或卡号含有不能写入的字符 / the holder or the number has a sign that cannot be written"
    if not 1 <= len(row.holder) <= NAME_LONGEST:
        return f"户名须为 1 至 {NAME_LONGEST} 个字 / the holder's name has 1 to {NAME_LONGEST} signs"
    if not (row.number.isascii() and row.number.isdigit() and 12 <= len(row.number) <= 20):
        return "银联卡号须为 12 至 20 位数字 / the number of a card has 12 to 20 digits"
    if not 1 <= row.amount_minor < 10**12:
        return "金额须为 1 至 999999999999 分 / UnionPay pays 1 to 999999999999 cents"
    return ""


def written_postscript(text: str) -> str:
    """This function will return what the receiver reads, as far as it fits."""
    return "".join(sign if sign.isprintable() and sign != "|" else " " for sign in text)[:POSTSCRIPT_LONGEST]


def read_result(text: str) -> BatchResult:
    """This function will return what a result says. Raises ValueError, naming the line, where it cannot be read."""
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()]
    if len(lines) < 2:
        raise ValueError("the result has neither head nor columns")
    head, names = lines[0].split("|"), [name.strip() for name in lines[1].split("|")]
    if len(head) < 3 or len(set(names)) != len([*names]):
        raise ValueError("the result's head is too short, or a column is there twice")
    for name in ("orderId", "txnAmt", "respCode"):
        if name not in names:
            raise ValueError(f"the result has no column {name}")
    rows = []
    for number, line in enumerate(lines[2:], start=3):
        cells = line.split("|")
        if len(cells) != len(names):
            raise ValueError(f"line {number} of the result has {len(cells)} cells for {len(names)} columns")
        found = dict(zip(names, (cell.strip() for cell in cells), strict=True))
        rows.append(
            ResultRow(
                order=found["orderId"], code=found["respCode"], said=found.get("respMsg", ""),
                amount_minor=_whole(found["txnAmt"], f"txnAmt in line {number}"), reference=found.get("queryId", ""),
            )
        )  # fmt: skip
    return BatchResult(_whole(head[1], "the total"), _whole(head[2], "the count"), rows)


def _whole(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError(f"{what} is {text!r}, no whole number")
    return int(text)
