"""Columns and their wire types: how one row of fixed width looks in binary COPY and in a canonical image."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01T00:00:00Z in microseconds since 1970
POSTGRES_EPOCH_DAYS = 10_957  # 2000-01-01 in days since 1970-01-01

INT8_OID = 20
INT4_OID = 23


class Wire(Enum):
    """A column's type on the wire. Times are int64 microseconds, dates int64 days, both since 1970."""

    INT8 = "int8"
    INT4 = "int4"
    INT2 = "int2"
    TIME = "timestamptz"
    DATE = "date"
    TEXT3 = "text of exactly three bytes"
    BYTES32 = "bytea of exactly 32 bytes"
    INT8_ARRAY = "int8[]"
    INT4_ARRAY = "int4[]"


@dataclass(frozen=True)
class Column:
    """A named column and its values: shape [n], or [n, k] for arrays of k elements in every row."""

    name: str
    wire: Wire
    values: NDArray[Any]


_SCALARS = {
    Wire.INT8: ">i8",
    Wire.INT4: ">i4",
    Wire.INT2: ">i2",
    Wire.TIME: ">i8",
    Wire.DATE: ">i4",
    Wire.TEXT3: "S3",
    Wire.BYTES32: "V32",
}
_ELEMENTS = {Wire.INT8_ARRAY: (">i8", 8, INT8_OID), Wire.INT4_ARRAY: (">i4", 4, INT4_OID)}
_ARRAY_HEADER = np.dtype([("dimensions", ">i4"), ("nulls", ">i4"), ("oid", ">i4"), ("count", ">i4"),
                          ("lower", ">i4")])  # fmt: skip
_EMPTY_ARRAY = np.dtype([("dimensions", ">i4"), ("nulls", ">i4"), ("oid", ">i4")])


def payload_dtype(column: Column) -> np.dtype[Any]:
    """This function will return the wire dtype of the column's value, without its length prefix."""
    if column.wire in _SCALARS:
        return np.dtype(_SCALARS[column.wire])
    code, _, _ = _ELEMENTS[column.wire]
    if not column.values.shape[1]:
        return np.dtype([("header", _EMPTY_ARRAY)])
    element = np.dtype([("length", ">i4"), ("value", code)])
    return np.dtype([("header", _ARRAY_HEADER), ("elements", element, (column.values.shape[1],))])


def fix(target: NDArray[Any], column: Column) -> None:
    """This function will write what is the same in every row of the column into `target`, one payload."""
    if column.wire in _SCALARS:
        return
    _, width, oid = _ELEMENTS[column.wire]
    count = column.values.shape[1]
    header = target["header"]
    header["dimensions"], header["nulls"], header["oid"] = int(count > 0), 0, oid
    if count:
        header["count"], header["lower"] = count, 1
        target["elements"]["length"] = width


def fill(target: NDArray[Any], column: Column) -> None:
    """This function will write the column's values into `target`, a field of its payload dtype that holds
    what `fix` wrote."""
    values = column.values
    if column.wire is Wire.TIME:
        target[...] = values - POSTGRES_EPOCH_US
    elif column.wire is Wire.DATE:
        target[...] = values - POSTGRES_EPOCH_DAYS
    elif column.wire in _SCALARS:
        target[...] = values
    elif values.shape[1]:
        target["elements"]["value"] = values


def row_count(columns: Sequence[Column]) -> int:
    """This function will return the common number of rows; raises ValueError when columns disagree."""
    counts = {len(column.values) for column in columns}
    if len(counts) != 1:
        raise ValueError(f"columns of different lengths: {sorted(counts)}")
    return counts.pop()
