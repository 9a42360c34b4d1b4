"""Bank statements (camt.053) as bills: rows with their running balance, which must come to the closing one."""

from collections.abc import Iterator
from datetime import date, timedelta

from zhanggui.files.errors import FileTooLarge
from zhanggui.money.errors import Refusal
from zhanggui.rails.iso20022.account_report import AccountReport, Entry, account_reports
from zhanggui.settlement.reconciliation.errors import (
    BillBalanceBroken,
    BillOfAnother,
    BillUnreadable,
)
from zhanggui.settlement.reconciliation.files.cells import Cells
from zhanggui.settlement.reconciliation.kinds import BillKind, RowKind
from zhanggui.settlement.reconciliation.records import BillContent, BillFile, BillRow, Expected

MOST_BYTES = 64 * 1024 * 1024  # an XML statement is held whole in memory


class Camt053Reader:
    """Told by its namespace."""

    channel = "bank"

    def knows(self, files: list[BillFile]) -> bool:
        """Whether the one file is a camt message."""
        return len(files) == 1 and b"camt.05" in files[0].head

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The statement. Raises BillUnreadable, BillOfAnother, BillBalanceBroken, FileTooLarge."""
        file = files[0]
        if file.size > MOST_BYTES:
            raise FileTooLarge(f"{file.name} is larger than 64 MB; ask the bank for a day at a time")
        with file.open() as stream:
            content = stream.read()
        try:
            reports = account_reports(content, name=file.name)
        except Refusal as refusal:
            raise BillUnreadable(f"{refusal.message}; ask the bank for the statement again") from refusal
        if not reports:
            raise BillUnreadable(f"{file.name} holds no statement; ask the bank for it again")
        found = BillContent(kind=BillKind.STATEMENT, form="bank.camt053", variant="all", rows=iter(()))
        found.rows = _rows(reports, file.name, expected, found)
        return found


def _rows(
    reports: list[AccountReport], name: str, expected: Expected, found: BillContent
) -> Iterator[BillRow]:
    cells = Cells(name, expected.currency, expected.zone)
    number = 0
    for report in reports:
        _refuse_another(report, name, expected)
        found.merchant_number = report.account
        balances = {one.code: one for one in report.balances}
        opening, closing = balances.get("OPBD") or balances.get("PRCD"), balances.get("CLBD")
        running = opening.amount_minor if opening else None
        if running is not None and found.closing is not None and running != found.closing:
            raise BillBalanceBroken(
                f"{name}: statement {report.id} opens with {running} (minor units), the one before closes with"
                f" {found.closing}; one is missing: ask the bank for all of them"
            )
        if found.opening is None:
            found.opening = running
        for entry in report.entries:
            if not entry.booked:
                continue
            number += 1
            running = running + entry.amount_minor if running is not None else None
            yield _row(number, entry, cells, running)
        if closing is not None and running is not None and closing.amount_minor != running:
            raise BillBalanceBroken(
                f"{name}: statement {report.id} closes with {closing.amount_minor} (minor units), its entries"
                f" come to {running}; an entry is missing: ask the bank for the statement again"
            )
        found.closing = running
        _span(found, [one.day for one in report.balances if one.code == "CLBD"] + [
            entry.booked_on for entry in report.entries
        ])  # fmt: skip


def _refuse_another(report: AccountReport, name: str, expected: Expected) -> None:
    if expected.merchant_number and not report.account.endswith(expected.merchant_number):
        raise BillOfAnother(
            f"{name}: the statement is of account {report.account}, ours ends in {expected.merchant_number};"
            " choose the account that it belongs to"
        )
    currencies = {report.currency, *(entry.currency for entry in report.entries)} - {""}
    if currencies - {expected.currency}:
        raise BillOfAnother(
            f"{name}: is in {', '.join(sorted(currencies))}, the account in {expected.currency}; choose the"
            " account that it belongs to"
        )


def _row(number: int, entry: Entry, cells: Cells, running: int | None) -> BillRow:
    day = entry.booked_on or entry.value_on
    if day is None:
        raise cells.fault(number, "has neither a booking day nor a value day")
    reference = entry.end_to_end if entry.end_to_end != "NOTPROVIDED" else ""
    return BillRow(
        number=number, kind=int(RowKind.BANK_IN if entry.amount_minor >= 0 else RowKind.BANK_OUT),
        amount=entry.amount_minor, at=cells.at(day.isoformat(), number, "BookgDt"), own_number=reference,
        channel_number=entry.reference, balance=running, title=entry.counterparty, memo=entry.remittance,
    )  # fmt: skip


def _span(found: BillContent, days: list[date | None]) -> None:
    known = [day for day in days if day is not None]
    if known:
        found.starts_on = min([*known, *([found.starts_on] if found.starts_on else [])])
        last = max(known) + timedelta(days=1)
        found.ends_before = max(found.ends_before or last, last)
