"""Order lines outside the database: what their files hold, checked row by row, as the kernel's columns.

The columns are those of the staged lines, named as in the `order_lines` files of archives, and, if known,
`cumulative_before`: what the merchant had sold earlier in the month.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from zhanggui.rows.reading import rows_of
from zhanggui.rows.transfer import array_text
from zhanggui.settlement.billing.reading import COLUMNS, StagedLines
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.fees.rules.batch import unratable_lines
from zhanggui.settlement.ratings.errors import LinesRefused

BEFORE, CURRENCY, PLACE = "cumulative_before", "currency", "place"
UNKNOWN = -1
KEPT = (*(ours for _, _, ours in COLUMNS), BEFORE, PLACE)
"""What is kept of a line on its way: our columns, its sales before (or UNKNOWN), and its row among all that came."""

# What an id must be found in; 0 is nobody, or nothing, where `needed` does not say otherwise.
_KNOWN = {
    "merchant_id": ("parties_party", "merchant", True), "supplier_id": ("parties_party", "party", False),
    "carrier_id": ("parties_party", "party", False),
    "business_line_id": ("settlement_business_line", "business line", True),
    "rule_set_id": ("settlement_rule_set_version", "rule set", True),
    "terms_id": ("settlement_terms", "terms", True),
}  # fmt: skip
_NUMBERED = ("line_id", "order_id")
_MICROSECONDS = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class Came:
    """Where rows came from: what to call it, the number of its first row (from 1), and that row's place among all."""

    named: str
    first_row: int
    place: int

    def refuse(self, row: int, reason: str) -> NoReturn:
        """Raise LinesRefused for a row, counted from 0 here."""
        number = self.first_row + row
        raise LinesRefused(
            f"{self.named}, row {number}: {reason}. Nothing was rated; correct it and run again",
            file=self.named, row=number,
        )  # fmt: skip


def refuse_layout(schema: pa.Schema, named: str, *, rule_set_id: int | None) -> None:
    """Raise LinesRefused where a column is missing or of a type that cannot hold what it says."""
    for name, kind in _wanted(rule_set_id):
        place = schema.get_field_index(name)
        if place < 0:
            if name == BEFORE:
                continue
            raise LinesRefused(
                f"{named} has no column {name!r} (or two); it needs those of an archive's order_lines, see"
                " docs/how-to/rate-in-bulk.md",
                file=named, column=name,
            )  # fmt: skip
        found = schema.field(place).type
        fits, words = _fits(found, kind)
        if not fits:
            raise LinesRefused(
                f"{named}: column {name!r} is {found}; it must be {words}", file=named, column=name
            )


def _wanted(rule_set_id: int | None) -> Iterator[tuple[str, str]]:
    for name, kind, _ in COLUMNS:
        if name != "rule_set_id" or rule_set_id is None:
            yield name, kind
    yield CURRENCY, "text"
    yield BEFORE, "int8"


def _fits(found: pa.DataType, kind: str) -> tuple[bool, str]:
    if kind == "time":
        return pa.types.is_timestamp(found) and found.tz is not None, "a timestamp with its time zone"
    if kind == "text":
        plain = found.value_type if pa.types.is_dictionary(found) else found
        return pa.types.is_string(plain) or pa.types.is_large_string(plain), "text"
    whole = pa.types.is_signed_integer(found) or (
        pa.types.is_unsigned_integer(found) and found.bit_width < 64
    )
    return whole, "whole numbers (int64; amounts are in minor units)"


def wanted_columns(schema: pa.Schema, rule_set_id: int | None) -> list[str]:
    """This function will name the columns to read of a file whose layout is right."""
    return [name for name, _ in _wanted(rule_set_id) if name in schema.names]


def columns_of(batch: pa.RecordBatch, came: Came, *, rule_set_id: int | None) -> dict[str, Ints]:
    """This function will return the rows of a batch as the columns KEPT, all by the rule set `rule_set_id` if given.

    Raises LinesRefused for the first row that names what is not known here, or that the kernel would refuse.
    """
    columns = {
        name: _integers(batch, name, kind, came) for name, kind, _ in COLUMNS if name in batch.schema.names
    }
    if rule_set_id is not None:
        columns["rule_set_id"] = np.full(len(batch), rule_set_id, dtype=np.int64)
    found = {ours: columns[name] for name, _, ours in COLUMNS}
    found[BEFORE] = _before(batch, came)
    found[PLACE] = came.place + np.arange(len(batch), dtype=np.int64)
    _refuse_unknown(found, came)
    _refuse_currency(batch, found["business_line_id"], came)
    _refuse_unratable(found, came)
    return found


def _integers(batch: pa.RecordBatch, name: str, kind: str, came: Came) -> Ints:
    values = batch.column(name)
    if values.null_count:
        came.refuse(int(np.argmax(values.is_null().to_numpy(zero_copy_only=False))), f"{name} is empty")
    try:
        if kind == "time":
            values = pc.cast(values, _MICROSECONDS)
        found: Ints = pc.cast(values, pa.int64()).to_numpy()
    except pa.ArrowInvalid as failed:
        came.refuse(0, f"{name}, of this row or one soon after, is no time in whole microseconds ({failed})")
    return found


def _before(batch: pa.RecordBatch, came: Came) -> Ints:
    if BEFORE not in batch.schema.names:
        return np.full(len(batch), UNKNOWN, dtype=np.int64)
    values = batch.column(BEFORE)
    found: Ints = pc.fill_null(pc.cast(values, pa.int64()), UNKNOWN).to_numpy()
    stated = values.is_valid().to_numpy(zero_copy_only=False)
    _refuse_first(stated & (found < 0), came, f"{BEFORE} is negative")
    return found


def _refuse_unknown(columns: dict[str, Ints], came: Came) -> None:
    for name in _NUMBERED:
        _refuse_first(columns[name] < 1, came, f"{name} is below 1")
    for name, (table, called, needed) in _KNOWN.items():
        values = columns[name]
        ids = np.unique(values)
        known = rows_of(f"select id from {table} where id = any(%s::bigint[])", [array_text(ids.tolist())])
        missing = ids[~np.isin(ids, np.array([row["id"] for row in known], dtype=np.int64))]
        if not needed:
            missing = missing[missing != 0]
        if len(missing):
            row = int(np.argmax(np.isin(values, missing)))
            came.refuse(row, f"{name} {int(values[row])} is no {called} known here")


def _refuse_currency(batch: pa.RecordBatch, business_line: Ints, came: Came) -> None:
    stated = pc.cast(batch.column(CURRENCY), pa.string())
    for row in rows_of("select id, currency from settlement_business_line"):
        other = pc.fill_null(pc.not_equal(stated, row["currency"]), True).to_numpy(zero_copy_only=False)
        _refuse_first(
            (business_line == row["id"]) & other, came,
            f"the currency is not {row['currency']}, that of business line {row['id']}",
        )  # fmt: skip


def _refuse_unratable(columns: dict[str, Ints], came: Came) -> None:
    if len(columns["line_id"]):
        batch = staged(columns, "").batch(np.zeros(len(columns["line_id"]), dtype=np.int64))
        _refuse_first(
            unratable_lines(batch), came,
            "an amount or the quantity is negative or too large, or the discounts exceed the goods amount",
        )  # fmt: skip


def _refuse_first(wrong: NDArray[np.bool_], came: Came, reason: str) -> None:
    if wrong.any():
        came.refuse(int(np.argmax(wrong)), reason)


def staged(columns: dict[str, Ints], currency: str) -> StagedLines:
    """This function will return kept columns as the lines that billing knows."""
    return StagedLines({ours: columns[ours] for _, _, ours in COLUMNS}, currency)


def taken(columns: dict[str, Ints], rows: Any) -> dict[str, Ints]:
    """This function will return the chosen rows of columns."""
    return {name: values[rows] for name, values in columns.items()}


def joined(pieces: Sequence[dict[str, Ints]]) -> dict[str, Ints]:
    """This function will return columns one after the other; those KEPT, if there are none."""
    if not pieces:
        return {name: np.empty(0, dtype=np.int64) for name in KEPT}
    return {name: np.concatenate([one[name] for one in pieces]) for name in pieces[0]}
