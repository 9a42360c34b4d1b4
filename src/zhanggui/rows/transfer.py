"""Binary COPY into and out of tables."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhanggui.rows.images import COPY_HEADER, COPY_TRAILER
from zhanggui.rows.layout import POSTGRES_EPOCH_US

_WRITE_BYTES = 1 << 20


def copy_in(cursor: Any, table: str, names: Sequence[str], images: Iterable[memoryview]) -> None:
    """This function will COPY row images into `table`, columns in the order of `names`.

    Runs in the cursor's transaction. Raises the database's own errors (key violations, checks).
    """
    with cursor.copy(f"copy {table} ({', '.join(names)}) from stdin (format binary)") as copy:
        copy.write(COPY_HEADER)
        for image in images:
            for start in range(0, len(image), _WRITE_BYTES):
                copy.write(image[start : start + _WRITE_BYTES])
        copy.write(COPY_TRAILER)


_READ = {"int8": (">i8", 8), "int4": (">i4", 4), "int2": (">i2", 2), "time": (">i8", 8)}


def copy_out(
    cursor: Any, query: str, columns: Sequence[tuple[str, str]], params: Sequence[Any] = ()
) -> dict[str, NDArray[np.int64]]:
    """This function will run `query` and return its columns as int64 arrays.

    `columns` names each result column and its type: int8, int4, int2, or time (timestamptz, returned as
    microseconds since 1970). Every column must be free of nulls, so that rows have one width; raises
    ValueError when they do not.
    """
    fields: list[tuple[Any, ...]] = [("_fields", ">i2")]
    for index, (_, kind) in enumerate(columns):
        fields += [(f"l{index}", ">i4"), (f"v{index}", _READ[kind][0])]
    dtype = np.dtype(fields)
    with cursor.copy(f"copy ({query}) to stdout (format binary)", params) as copy:
        raw = b"".join([bytes(block) for block in copy])
    body = memoryview(raw)[len(COPY_HEADER) : len(raw) - len(COPY_TRAILER)]
    if len(body) % dtype.itemsize:
        raise ValueError("a column holds nulls or another type than stated")
    rows = np.frombuffer(body, dtype=dtype)
    found: dict[str, NDArray[np.int64]] = {}
    for index, (name, kind) in enumerate(columns):
        if len(rows) and not bool((rows[f"l{index}"] == _READ[kind][1]).all()):
            raise ValueError(f"column {name} holds nulls or another type than {kind}")
        values = rows[f"v{index}"].astype(np.int64)
        found[name] = values + POSTGRES_EPOCH_US if kind == "time" else values
    return found


def reserve_numbers(cursor: Any, sequence: str, count: int) -> NDArray[np.int64]:
    """This function will draw `count` numbers from a sequence, ascending; gaps are possible, repeats never."""
    if count == 0:
        return np.empty(0, dtype=np.int64)
    cursor.execute(
        "select nextval(%s::regclass) from generate_series(1, %s)", [sequence, count]
    )
    return np.fromiter((row[0] for row in cursor.fetchall()), dtype=np.int64, count=count)
