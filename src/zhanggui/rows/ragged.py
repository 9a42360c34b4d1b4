"""Rows with texts of any length as a binary COPY image: fixed values by numpy, texts laid between them.

Every value is written where its row begins plus what stands before it in the row, so that a whole column is
placed at once, whatever lengths the texts have.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhanggui.rows.layout import Column, fill, payload_dtype

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Texts:
    """A named column of texts; `values` are UTF-8 bytes, one a row."""

    name: str
    values: Sequence[bytes]


def ragged_image(columns: Sequence[Column | Texts]) -> memoryview:
    """This function will return the rows as binary COPY tuples (no header, no trailer).

    Raises ValueError when columns are of different lengths.
    """
    counts = {len(column.values) for column in columns}
    if len(counts) != 1:
        raise ValueError(f"columns of different lengths: {sorted(counts)}")
    rows = counts.pop()
    lengths = [_lengths(column, rows) for column in columns]
    sizes = np.full(rows, 2 + 4 * len(columns), dtype=np.int64)
    for length in lengths:
        sizes += length
    ends = np.cumsum(sizes)
    image: Bytes = np.empty(int(ends[-1]) if rows else 0, dtype=np.uint8)
    place = ends - sizes
    place = _put(image, place, np.full(rows, len(columns), dtype=">i2"))
    for column, length in zip(columns, lengths, strict=True):
        place = _put(image, place, length.astype(">i4"))
        if isinstance(column, Texts):
            _put_texts(image, place, column.values, length)
            place = place + length
        else:
            values = np.empty(rows, dtype=payload_dtype(column))
            fill(values, column)
            place = _put(image, place, values)
    return memoryview(image).cast("B")


def _lengths(column: Column | Texts, rows: int) -> NDArray[np.int64]:
    if isinstance(column, Texts):
        return np.fromiter(map(len, column.values), dtype=np.int64, count=rows)
    return np.full(rows, payload_dtype(column).itemsize, dtype=np.int64)


def _put(image: Bytes, place: NDArray[np.int64], values: NDArray[np.void]) -> NDArray[np.int64]:
    """Write a value of fixed width at each place, and return the places behind them."""
    width = values.dtype.itemsize
    octets = np.frombuffer(values.tobytes(), dtype=np.uint8).reshape(len(values), width)
    for byte in range(width):
        image[place + byte] = octets[:, byte]
    return place + width


def _put_texts(
    image: Bytes, place: NDArray[np.int64], values: Sequence[bytes], length: NDArray[np.int64]
) -> None:
    joined = np.frombuffer(b"".join(values), dtype=np.uint8)
    before = np.cumsum(length) - length
    image[np.arange(len(joined), dtype=np.int64) + np.repeat(place - before, length)] = joined
