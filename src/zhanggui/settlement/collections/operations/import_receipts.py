"""Take in receipts from a file of rows: all of them or none."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from zhanggui.files.checking import MEGABYTE, Taken, check_content
from zhanggui.files.kinds import Kind
from zhanggui.money.decimals import parse_minor
from zhanggui.money.errors import Refusal
from zhanggui.settlement.collections.errors import ReceiptRowRefused
from zhanggui.settlement.collections.models import Receipt
from zhanggui.settlement.collections.operations.record_receipt import record_receipt
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.vault.sealing import masked

COLUMNS = ("reference", "received_on", "amount")
MORE_COLUMNS = ("payer", "payer_account", "memo")
ROWS_MAX = 5_000
FAULTS_MAX = 500
RECEIPT_FILES = Taken({".csv": frozenset({Kind.TEXT})}, most_bytes=2 * MEGABYTE)


@dataclass
class Imported:
    """What a file came to."""

    recorded: int = 0
    known: int = 0
    amount_minor: int = 0


def import_receipts(
    *, own_account: OwnAccount, content: bytes, at: datetime, actor: str, name: str = "receipts.csv",
    source: str = "csv",
) -> Imported:  # fmt: skip
    """This function will record every row of a CSV file (UTF-8; columns reference, received_on, amount, and as
    wanted payer, payer_account, memo; the amount in major units of the account's currency) in the
    caller's transaction.

    Rows that are here already, by the bank's reference, are counted as known: the file can be sent again.
    Raises ReceiptRowRefused with every row that is wrong and why, and what `files` refuses; then nothing of the
    file is taken.
    """
    check_content(content, name=name, taken=RECEIPT_FILES)
    total, faults, count = Imported(), [], 0
    for number, row in _rows(content):
        count += 1
        try:
            _take(row, own_account, total, at=at, actor=actor, source=source)
        except Refusal as refusal:
            faults.append({"row": number, "code": refusal.code, "message": refusal.message})
    if faults:
        first = faults[0]
        raise ReceiptRowRefused(
            f"{len(faults)} of {count} rows are wrong, nothing was recorded; first row {first['row']}:"
            f" {first['message']}",
            rows=faults[:FAULTS_MAX], count=len(faults),
        )  # fmt: skip
    return total


def _take(
    row: dict[str, str], own_account: OwnAccount, total: Imported, *, at: datetime, actor: str, source: str
) -> None:
    """Record one row, or count it as known."""
    if any(row[name] is None for name in COLUMNS):
        raise ReceiptRowRefused("the row is shorter than the head of the file")
    reference = row["reference"].strip()
    known = Receipt.objects.filter(own_account=own_account, bank_reference=reference).exists()
    receipt = record_receipt(
        own_account=own_account, bank_reference=reference,
        amount_minor=parse_minor(row["amount"].strip(), own_account.currency),
        received_on=_day(row["received_on"]), at=at, actor=actor, payer=row.get("payer") or "",
        payer_account=masked(row.get("payer_account") or ""), memo=row.get("memo") or "", source=source,
    )  # fmt: skip
    total.known += known
    total.recorded += not known
    total.amount_minor += 0 if known else receipt.amount_minor


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReceiptRowRefused("the file is not UTF-8; save it as UTF-8 and send it again") from error
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ReceiptRowRefused(f"the file has no column {missing[0]}; it needs {', '.join(COLUMNS)}")
    for number, row in enumerate(reader, 2):
        if number > ROWS_MAX + 1:
            raise ReceiptRowRefused(f"a file has at most {ROWS_MAX} rows; cut it")
        yield number, row


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ReceiptRowRefused(f"{text!r} is no day; write it like 2026-03-31") from error
