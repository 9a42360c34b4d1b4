"""Take in a bill: checked as a whole while it streams, kept whole or not at all."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.rows.layout import Column, Wire
from zhanggui.rows.ragged import Texts, ragged_image
from zhanggui.rows.statistics import refresh_statistics
from zhanggui.rows.times import day_of, local_days
from zhanggui.rows.transfer import copy_in
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.errors import BillDayTaken, BillDayUnknown
from zhanggui.settlement.reconciliation.files.opening import open_bill
from zhanggui.settlement.reconciliation.kinds import BillKind, RowKind
from zhanggui.settlement.reconciliation.locks import lock_account
from zhanggui.settlement.reconciliation.models import Bill
from zhanggui.settlement.reconciliation.queries import expected_of, window_of
from zhanggui.settlement.reconciliation.readers import reader_for
from zhanggui.settlement.reconciliation.records import BillContent, BillFile, BillRow
from zhanggui.settlement.reconciliation.rules import MOST_DAYS, day_in_name, stand_together

BATCH = 20_000
TEXTS = ("own_number", "own_refund_number", "channel_number", "channel_refund_number", "flow_number", "title",
         "memo")  # fmt: skip
LONGEST = {"title": 200, "memo": 400}
_DAYS_OF = {RowKind.PAYMENT, RowKind.FEE, RowKind.WITHDRAWAL, RowKind.BANK_IN, RowKind.BANK_OUT,
            RowKind.OTHER_IN, RowKind.OTHER_OUT, RowKind.SHARE, RowKind.PAYOUT_FEE}  # fmt: skip


@dataclass
class Walked:
    """What the rows of a bill came to."""

    rows: int = 0
    comes: int = 0
    goes: int = 0
    fee_milli: int = 0
    first_day: int | None = None  # of rows whose time is the bill's; refunds may bear the sale's time
    last_day: int | None = None
    any_last: int | None = None
    by_kind: dict[str, int] = field(default_factory=dict)


def read_bill(
    *, own_account: OwnAccount, channel: str, path: Path, name: str = "", day: date | None = None
) -> tuple[Bill, Walked]:
    """This function will read a bill to its end and return it unsaved, with its figures: nothing is written.

    Raises the refusals of this package, whichever the file deserves.
    """
    files = open_bill(path, name=name)
    content = reader_for(channel, files).read(files, expected_of(own_account))
    walked = Walked()
    for _ in _batches(content, walked, own_account, bill_id=0):
        pass
    return _bill(own_account, channel, files, name or path.name, content, walked, day), walked


def import_bill(
    *, own_account: OwnAccount, channel: str, path: Path, at: datetime, actor: str, name: str = "",
    day: date | None = None,
) -> tuple[Bill, bool]:  # fmt: skip
    """This function will keep a bill and its rows in the caller's transaction; False when it was here before.

    Raises the refusals of this package; then the caller's transaction must be undone.
    """
    lock_account(own_account.id)
    files = open_bill(path, name=name)
    existing = Bill.objects.filter(own_account=own_account, digest=content_digest(files)).first()
    if existing is not None:
        return existing, False
    content = reader_for(channel, files).read(files, expected_of(own_account))
    walked = Walked()
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('settlement_bill', 'id'))")
        bill_id = int(cursor.fetchone()[0])
        for image in _batches(content, walked, own_account, bill_id):
            copy_in(cursor, "settlement_external_record", NAMES, [image])
    bill = _bill(own_account, channel, files, name or path.name, content, walked, day)
    _refuse_taken(bill)
    bill.id, bill.imported_at, bill.actor = bill_id, at, actor
    bill.save(force_insert=True)
    refresh_statistics(["settlement_external_record"], written=walked.rows)
    _record(bill, at, actor)
    return bill, True


def import_empty_day(
    *, own_account: OwnAccount, channel: str, kind: str, day: date, at: datetime, actor: str
) -> tuple[Bill, bool]:
    """This function will keep a bill without rows for a day on which the channel says there is none, so that what
    we have of that day is seen to be missing there; in the caller's transaction."""
    lock_account(own_account.id)
    digest = hashlib.sha256(f"empty {channel} {kind} {day.isoformat()}".encode()).digest()
    existing = Bill.objects.filter(own_account=own_account, digest=digest).first()
    if existing is not None:
        return existing, False
    bill = Bill(
        own_account=own_account, channel=channel, kind=kind, form=f"{channel}.{kind}.empty", variant="all",
        starts_on=day, ends_before=day + timedelta(days=1), currency=own_account.currency,
        source_name=f"no bill for {day.isoformat()}", digest=digest, rows=0, in_minor=0, out_minor=0,
        fee_milli=0, imported_at=at, actor=actor,
    )  # fmt: skip
    _refuse_taken(bill)
    bill.save(force_insert=True)
    _record(bill, at, actor)
    return bill, True


def _record(bill: Bill, at: datetime, actor: str) -> None:
    record_change(
        at=at, actor=actor, action="bill.imported", object_kind="bill", object_id=str(bill.id),
        after={"source": bill.source_name, "digest": bytes(bill.digest).hex(), "rows": bill.rows,
               "starts_on": bill.starts_on.isoformat(), "in_minor": bill.in_minor,
               "out_minor": bill.out_minor},
    )  # fmt: skip


def content_digest(files: list[BillFile]) -> bytes:
    """This function will return the digest of what was unpacked; of several files in whatever order."""
    if len(files) == 1:
        return files[0].digest
    return hashlib.sha256(b"".join(sorted(file.digest for file in files))).digest()


NAMES = ("bill_id", "row_number", "own_account_id", "kind", "state", "occurred_at", "day", "amount_minor",
         "fee_milli", "balance_minor", *TEXTS)  # fmt: skip


def _batches(content: BillContent, walked: Walked, account: OwnAccount, bill_id: int) -> Iterator[memoryview]:
    """The rows as images for COPY, a bounded number at a time, counted as they pass."""
    window = window_of(account, date(2000, 1, 1), date(2000, 1, 2))
    for rows in batched(content.rows, BATCH, strict=False):
        times = np.array([row.at for row in rows], dtype=np.int64)
        days = local_days(times + window.shift_hours * 3_600_000_000, window.zone)
        _count(walked, rows, days)
        yield _image(rows, times, days, account.id, bill_id)


def _count(walked: Walked, rows: tuple[BillRow, ...], days: "np.ndarray[Any, np.dtype[np.int64]]") -> None:
    kinds = np.array([row.kind for row in rows], dtype=np.int64)
    amounts = np.array([row.amount for row in rows], dtype=np.int64)
    walked.rows += len(rows)
    walked.comes += int(amounts[amounts > 0].sum())
    walked.goes += int(amounts[amounts < 0].sum())
    walked.fee_milli += sum(row.fee_milli for row in rows)
    for kind, count in zip(*np.unique(kinds, return_counts=True), strict=True):
        name = RowKind(int(kind)).name.lower()
        walked.by_kind[name] = walked.by_kind.get(name, 0) + int(count)
    walked.any_last = max(walked.any_last or 0, int(days.max()))
    dated = days[np.isin(kinds, [int(kind) for kind in _DAYS_OF])]
    if len(dated):
        first, last = int(dated.min()), int(dated.max())
        walked.first_day = first if walked.first_day is None else min(walked.first_day, first)
        walked.last_day = last if walked.last_day is None else max(walked.last_day, last)


def _image(rows: tuple[BillRow, ...], times: Any, days: Any, account_id: int, bill_id: int) -> memoryview:
    def ints(values: list[int]) -> "np.ndarray[Any, np.dtype[np.int64]]":
        return np.array(values, dtype=np.int64)

    count = len(rows)
    columns: list[Column | Texts] = [
        Column("bill_id", Wire.INT8, np.full(count, bill_id, dtype=np.int64)),
        Column("row_number", Wire.INT4, ints([row.number for row in rows])),
        Column("own_account_id", Wire.INT4, np.full(count, account_id, dtype=np.int64)),
        Column("kind", Wire.INT2, ints([row.kind for row in rows])),
        Column("state", Wire.INT2, ints([row.state for row in rows])),
        Column("occurred_at", Wire.TIME, times),
        Column("day", Wire.DATE, days),
        Column("amount_minor", Wire.INT8, ints([row.amount for row in rows])),
        Column("fee_milli", Wire.INT8, ints([row.fee_milli for row in rows])),
        Column("balance_minor", Wire.INT8, ints([row.balance or 0 for row in rows])),
    ]
    for name in TEXTS:
        most = LONGEST.get(name, 128)
        values = [getattr(row, name)[:most].replace("\0", "").encode() for row in rows]
        columns.append(Texts(name, values))
    return ragged_image(columns)


def _bill(
    account: OwnAccount, channel: str, files: list[BillFile], name: str, content: BillContent,
    walked: Walked, day: date | None,
) -> Bill:  # fmt: skip
    starts_on, ends_before = _days(content, walked, day, name)
    return Bill(
        own_account=account, channel=channel, kind=content.kind, form=content.form, variant=content.variant,
        starts_on=starts_on, ends_before=ends_before, currency=account.currency, source_name=name[:255],
        digest=content_digest(files), rows=walked.rows, in_minor=walked.comes, out_minor=walked.goes,
        fee_milli=walked.fee_milli, opening_minor=content.opening, closing_minor=content.closing,
        told=content.told,
    )  # fmt: skip


def _days(content: BillContent, walked: Walked, day: date | None, name: str) -> tuple[date, date]:
    """The days of a bill: as it says itself, as told, by its rows, by its name."""
    if content.starts_on and content.ends_before:
        return content.starts_on, content.ends_before
    first, last = walked.first_day, walked.last_day
    if day is not None:
        if first is not None and content.kind != BillKind.STATEMENT and not _near(day, first, last or first):
            raise BillDayUnknown(
                f"{name}: its rows are of {day_of(first)} to {day_of(last or first)}, not of {day};"
                " name the right day"
            )
        return day, day + timedelta(days=1)
    if first is not None and last is not None:
        if last - first > MOST_DAYS:
            raise BillDayUnknown(
                f"{name}: its rows span {day_of(first)} to {day_of(last)}; a bill is of a day or a month: name"
                " the day with --day"
            )
        return day_of(first), day_of(last) + timedelta(days=1)
    named = day_in_name(name)
    if named is None and walked.any_last is not None:
        named = day_of(walked.any_last)
    if named is None:
        raise BillDayUnknown(f"{name} has no rows that say which day it is of; name it with --day")
    return named, named + timedelta(days=1)


def _near(day: date, first: int, last: int) -> bool:
    return day_of(first) <= day <= day_of(last) or abs((day_of(first) - day).days) <= 1


def _refuse_taken(bill: Bill) -> None:
    others = Bill.objects.filter(
        own_account=bill.own_account, kind=bill.kind, starts_on__lt=bill.ends_before,
        ends_before__gt=bill.starts_on,
    )  # fmt: skip
    for other in others:
        if not stand_together({bill.variant, other.variant}):
            raise BillDayTaken(
                f"{bill.source_name} is of {bill.starts_on} and has other content than {other.source_name}"
                f" (bill {other.id}), which is here for these days; bills never change: ask the channel which"
                " one holds",
                bill=other.id,
            )
