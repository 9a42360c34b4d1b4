"""Binary COPY into and out of tables."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from zhanggui.rows.images import COPY_HEADER, COPY_TRAILER
from zhanggui.rows.layout import POSTGRES_EPOCH_US

_WRITE_BYTES = 1 << 20


def copy_in(cursor: Any, table: str, names: Sequence[str], images: Iterable[memoryview]) -> None:
    """This function will COPY row images into `table`, columns in the order of `names`.

    Runs in the cursor's transaction. Raises Django's IntegrityError (a key, a check) and its other database errors.
    """
    with (
        cursor.db.wrap_database_errors,
        cursor.copy(f"copy {table} ({', '.join(names)}) from stdin (format binary)") as copy,
    ):
        copy.write(COPY_HEADER)
        for image in images:
            for start in range(0, len(image), _WRITE_BYTES):
                copy.write(image[start : start + _WRITE_BYTES])
        copy.write(COPY_TRAILER)


_ELEMENTS = {
    "int8": np.dtype([("length", ">i4"), ("value", ">i8")]),
    "int4": np.dtype([("length", ">i4"), ("value", ">i4")]),
    "int2": np.dtype([("length", ">i4"), ("value", ">i2")]),
    "time": np.dtype([("length", ">i4"), ("value", ">i8")]),
    "bytes32": np.dtype([("length", ">i4"), ("value", "V32")]),
}
_ARRAY_HEADER_BYTES = 20  # dimensions, flags, element type, length, lower bound: int32 each


def read_columns(
    cursor: Any, query: str, columns: Sequence[tuple[str, str]], params: Sequence[Any] = ()
) -> dict[str, NDArray[Any]]:
    """This function will run `query` and return its columns as int64 arrays, rows in the query's order.

    `columns` names each result column and its type: int8, int4, int2, time (timestamptz, returned as
    microseconds since 1970), or bytes32 (bytea of 32 bytes, returned as V32). The server gathers each column
    into one array, whose binary value numpy reads in place: no Python per row. Raises ValueError when a column
    holds nulls or another type than stated.
    """
    gathered = ", ".join(f"array_agg(q.{name})" for name, _ in columns)
    names = ", ".join(name for name, _ in columns)
    # Django's cursors bind on the client and give text; the driver's own cursor gives binary values.
    with psycopg.Cursor(cursor.connection) as raw:
        raw.execute(f"select {gathered} from ({query}) as q({names})", params, binary=True)
        assert raw.pgresult is not None  # a select that did not fail has one
        values = [raw.pgresult.get_value(0, place) for place in range(len(columns))]
    return {name: _elements(value, name, kind) for value, (name, kind) in zip(values, columns, strict=True)}


def _elements(value: bytes | None, name: str, kind: str) -> NDArray[Any]:
    dtype = _ELEMENTS[kind]
    if value is None:
        return np.empty(0, dtype="V32" if kind == "bytes32" else np.int64)
    body = memoryview(value)[_ARRAY_HEADER_BYTES:]
    has_nulls = int.from_bytes(value[4:8], "big")
    if has_nulls or len(body) % dtype.itemsize:
        raise ValueError(f"column {name} holds nulls or another type than {kind}")
    elements = np.frombuffer(body, dtype=dtype)
    if not bool((elements["length"] == dtype["value"].itemsize).all()):
        raise ValueError(f"column {name} is of another type than {kind}")
    if kind == "bytes32":
        return np.ascontiguousarray(elements["value"])
    found = elements["value"].astype(np.int64)
    return found + POSTGRES_EPOCH_US if kind == "time" else found


def array_text(values: Iterable[object]) -> str:
    """This function will write integers, dates or plain words of ours as an array literal: a parameter that is
    cast to an array's type. Given a list instead, the driver would write every element by itself."""
    return "{" + ",".join(map(str, values)) + "}"


def reserve_numbers(cursor: Any, sequence: str, count: int) -> NDArray[np.int64]:
    """This function will draw `count` numbers from a sequence, ascending; gaps are possible, repeats never."""
    if count == 0:
        return np.empty(0, dtype=np.int64)
    cursor.execute("select nextval(%s::regclass) from generate_series(1, %s)", [sequence, count])
    return np.fromiter((row[0] for row in cursor.fetchall()), dtype=np.int64, count=count)
