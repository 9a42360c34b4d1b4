"""Comma-separated rows under one header: every physical line is one row, so a broken row breaks only itself.

The usual CSV dialect with one restriction, which is what makes recovery certain: a line break inside a
quoted field is not allowed. Without it, one stray quote would swallow every row up to the next quote.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhanggui.settlement.intake.formats.errors import HeaderRefused
from zhanggui.settlement.intake.formats.sources import SourceLine, read_lines


@dataclass(slots=True)
class SeparatedRow:
    """One row. `cells` stand in the order of the header; `fault` says why the row is broken, if it is."""

    number: int
    cells: Sequence[str]
    fault: str = ""
    code: str = ""

    def raw(self) -> str:
        """The row's text again, shortened, for the account of refused rows."""
        return shortened(",".join(self.cells))


def shortened(text: str, longest: int = 500) -> str:
    """`text`, cut to `longest` characters with an ellipsis where it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def read_rows(
    path: Path, *, required: Collection[str], allowed: Collection[str] | None = None
) -> tuple[Mapping[str, int], Iterator[SeparatedRow]]:
    """The positions of the columns by name, and the rows under the header. Row numbers are line numbers: the
    header is row 1. Blank lines are passed over but counted.

    `allowed` None lets unknown columns pass. Raises HeaderRefused and what `read_lines` raises; the iterator
    raises SourceTruncated where the file breaks off.
    """
    lines = read_lines(path)
    header = next(lines)
    if header.fault:
        raise HeaderRefused(f"The header of {path} {header.fault}.", path=str(path))
    parsed = _row_of(header, 0)
    names = [name.strip() for name in parsed.cells]
    require_columns(path, names, required=required, allowed=allowed)
    return {name: position for position, name in enumerate(names)}, _rows(lines, len(names))


def require_columns(
    path: Path, names: Sequence[str], *, required: Collection[str], allowed: Collection[str] | None
) -> None:
    """Refuse a header that lacks a column, repeats one, or has one nobody knows. Raises HeaderRefused."""
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise HeaderRefused(f"{path} has the column {repeated[0]!r} twice.", path=str(path), columns=repeated)
    unknown = [name for name in names if allowed is not None and name not in allowed]
    missing = [name for name in required if name not in names]
    problems = []
    if missing:
        problems.append("lacks the column " + ", ".join(missing))
    if unknown:
        problems.append(
            "has the unknown column " + ", ".join(_shown_with_hint(name, allowed or ()) for name in unknown)
        )
    if problems:
        raise HeaderRefused(
            f"{path} {' and '.join(problems)}; the first row must name the columns of this format.",
            path=str(path),
            missing=missing,
            unknown=unknown,
        )


def _shown_with_hint(name: str, allowed: Collection[str]) -> str:
    """A column name nobody knows, with the nearest one we know."""
    near = difflib.get_close_matches(name, allowed, n=1)
    return f"{shortened(name, 60)!r}" + (f" (did you mean {near[0]}?)" if near else "")


def _rows(lines: Iterator[SourceLine], width: int) -> Iterator[SeparatedRow]:
    for line in lines:
        if line.text or line.fault:
            yield _row_of(line, width)


def _row_of(line: SourceLine, width: int) -> SeparatedRow:
    """The cells of one line; `width` 0 means any number of them."""
    if line.fault:
        return SeparatedRow(line.number, line.text.split(","), line.fault, "row_unreadable")
    if '"' not in line.text:
        cells = line.text.split(",")
    else:
        try:
            cells = next(csv.reader([line.text], strict=True))
        except csv.Error as error:
            fault = f"is not well-formed CSV: {error} (a quote inside a quoted field is written twice)"
            return SeparatedRow(line.number, line.text.split(","), fault, "row_broken")
    if width and len(cells) != width:
        fault = f"has {len(cells)} fields where the header has {width}"
        return SeparatedRow(line.number, cells, fault, "row_broken")
    return SeparatedRow(line.number, cells)
