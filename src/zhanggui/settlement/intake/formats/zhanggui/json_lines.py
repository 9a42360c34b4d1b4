"""JSON lines: one object a line is one order with its lines and payments, one refund, or master data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

from zhanggui.settlement.intake.formats.separated import shortened
from zhanggui.settlement.intake.formats.sources import read_lines
from zhanggui.settlement.intake.formats.zhanggui.assembling import (
    add_line,
    add_payment,
    dimension_of,
    line_of,
    order_of,
    party_of,
    payment_of,
    refund_of,
    require_currency,
)
from zhanggui.settlement.intake.formats.zhanggui.cells import Cells, RowRefused
from zhanggui.settlement.intake.formats.zhanggui.columns import ALLOWED, Part, names_of
from zhanggui.settlement.intake.records import OrderRecord, Record, RejectRecord

_LINE_KEYS: Final = names_of(Part.LINE)
_PAYMENT_KEYS: Final = frozenset(name.removeprefix("pay_") for name in names_of(Part.PAYMENT))
_ORDER_KEYS: Final = (ALLOWED["order"] - names_of(Part.LINE) - names_of(Part.PAYMENT)) | {"lines", "payments"}


def read_json_lines(path: Path, *, tz: ZoneInfo, currency: str) -> Iterator[Record]:
    """Yield the record of every line, a RejectRecord for those that are none; blank lines are passed over.

    Raises what `read_lines` raises.
    """
    for line in read_lines(path):
        if not line.text.strip() and not line.fault:
            continue
        try:
            if line.fault:
                raise RowRefused("row_unreadable", line.fault)
            yield _record_of(line.number, _parse(line.text), tz, currency)
        except RowRefused as refused:
            message = f"Row {line.number} {refused.reason}."
            yield RejectRecord(line.number, refused.code, message, shortened(line.text))


def _parse(text: str) -> dict[str, Any]:
    """The object of one line. A key that comes twice is refused, since only one of the values could count.

    Raises RowRefused.
    """
    try:
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise RowRefused("row_broken", f"is not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise RowRefused("row_broken", "is nested too deeply") from None
    except ValueError:
        raise RowRefused("row_broken", "has a number that is too long") from None
    if not isinstance(found, dict):
        raise RowRefused("row_broken", "is not a JSON object")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RowRefused("row_broken", "has a key twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise RowRefused("row_broken", f"has {name}, which is no number")


def _record_of(row: int, found: dict[str, Any], tz: ZoneInfo, currency: str) -> Record:
    """The record of one object. Raises RowRefused."""
    cells = Cells(found, tz)
    record = cells.text("record")
    if record not in ALLOWED:
        raise RowRefused(
            "record_unknown", f"has {record!r} in record; it must be one of {', '.join(ALLOWED)}"
        )
    _refuse_unknown(found, _ORDER_KEYS if record == "order" else ALLOWED[record], record)
    if record == "party":
        return party_of(cells)
    if record == "dimension":
        return dimension_of(cells)
    require_currency(cells, currency)
    return refund_of(row, cells) if record == "refund" else _order_of(row, found, cells, tz)


def _order_of(row: int, found: dict[str, Any], cells: Cells, tz: ZoneInfo) -> OrderRecord:
    order = order_of(row, cells)
    for entry in _entries(found, "lines", _LINE_KEYS):
        add_line(order, line_of(Cells(entry, tz)))
    for entry in _entries(found, "payments", _PAYMENT_KEYS):
        add_payment(order, payment_of(Cells(entry, tz, prefix="pay_")))
    return order


def _entries(found: dict[str, Any], key: str, known: frozenset[str]) -> list[dict[str, Any]]:
    """The list of objects under `key`, empty if there is none. Raises RowRefused."""
    entries = found.get(key) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RowRefused("row_broken", f"must have a list of objects in {key}")
    for entry in entries:
        _refuse_unknown(entry, known, key)
    return entries


def _refuse_unknown(found: dict[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise RowRefused(
            "key_unknown", f"has the key {shortened(unknown[0], 60)!r}, which {where} does not have"
        )
