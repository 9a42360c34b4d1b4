"""Read a bank's result file, as its template says."""

import csv
import io
from collections.abc import Iterator, Sequence

from python_calamine import CalamineError, CalamineWorkbook

from zhanggui.money import Money
from zhanggui.money.errors import Refusal
from zhanggui.rails.bank_file.errors import ResultFileRefused
from zhanggui.rails.bank_file.template import Template
from zhanggui.settlement.payouts.rail import Answer, Read

LARGEST = 64 * 1024 * 1024


def read_results(content: bytes, template: Template, *, name: str, currency: str = "CNY") -> Read:
    """The answers of a result file, in order; rows without one of our numbers (titles, sums) are passed over.

    A state that the template does not know refuses the whole file: half an answer is none. Raises ResultFileRefused.
    """
    if len(content) > LARGEST:
        raise ResultFileRefused(f"{name} has {len(content):,} bytes; at most {LARGEST:,} are read")
    rows = iter(_rows(content, template, name))
    places = _places(rows, template, name)
    found = []
    for number, row in enumerate(rows, start=1):
        cells = {what: row[place].strip() if place < len(row) else "" for what, place in places.items()}
        if not cells["end_to_end"]:
            continue
        outcome = template.states.get(cells["state"])
        if outcome is None:
            raise ResultFileRefused(
                f"{name}, row {number}: the state {cells['state']!r} is not known; add it to the template"
                f" {template.name}",
                row=number,
            )
        amount = _amount(cells, currency, name, number)
        found.append(
            Answer(
                cells["end_to_end"], outcome, amount, currency if amount is not None else "",
                reference=cells.get("reference", ""), reason=cells.get("reason", ""),
                reason_code=cells.get("reason_code", ""),
            )
        )  # fmt: skip
    return Read(f"bank-file {template.name}", found)


def _amount(cells: dict[str, str], currency: str, name: str, number: int) -> int | None:
    try:
        if cells.get("amount_minor"):
            return int(cells["amount_minor"])
        written = cells.get("amount", "").replace(",", "")
        return Money.parse(written, currency).minor if written else None
    except (ValueError, Refusal) as failed:
        raise ResultFileRefused(f"{name}, row {number}: the amount is none", row=number) from failed


def _places(rows: Iterator[Sequence[str]], template: Template, name: str) -> dict[str, int]:
    """Where each column stands: by the titles of the first row that has them, whatever stands above."""
    needed = {template.result[what] for what in ("end_to_end", "state")}
    for row in rows:
        titles = [cell.strip() for cell in row]
        if needed <= set(titles):
            return {what: titles.index(title) for what, title in template.result.items() if title in titles}
    raise ResultFileRefused(f"{name} has no row with the titles {', '.join(sorted(needed))}")


def _rows(content: bytes, template: Template, name: str) -> Sequence[Sequence[str]]:
    if template.format == "xlsx":
        try:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
            return [[_cell(value) for value in row] for row in sheet.to_python()]
        except (CalamineError, OSError, ValueError) as failed:
            raise ResultFileRefused(f"{name} is no Excel file") from failed
    try:
        text = content.decode("utf-8-sig" if template.encoding == "utf-8" else template.encoding)
    except UnicodeDecodeError as failed:
        raise ResultFileRefused(f"{name} is not in {template.encoding}") from failed
    # Banks return fixed-width batches as tables with titles: tab between the columns.
    delimiter = "\t" if template.format == "fixed" else template.delimiter
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def _cell(value: object) -> str:
    """A cell as text; a number that a spreadsheet made of an amount keeps its cents."""
    if isinstance(value, float):
        return f"{value:.2f}" if value != int(value) else str(int(value))
    return str(value)
