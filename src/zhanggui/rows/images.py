"""Rows as bytes: the binary COPY image, and the canonical image that digests are taken over."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhanggui.rows.layout import Column, fill, fix, payload_dtype, row_count

COPY_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_TRAILER = b"\xff\xff"


def copy_image(columns: Sequence[Column]) -> memoryview:
    """This function will return the rows as binary COPY tuples (no header, no trailer)."""
    fields: list[tuple[Any, ...]] = [("_fields", ">i2")]
    for index, column in enumerate(columns):
        fields += [(f"l{index}", ">i4"), (f"v{index}", payload_dtype(column))]
    first = np.zeros((), dtype=np.dtype(fields))
    first["_fields"] = len(columns)
    for index, column in enumerate(columns):
        first[f"l{index}"] = payload_dtype(column).itemsize
    return memoryview(_filled(first, columns)).cast("B")


def canonical_image(columns: Sequence[Column]) -> tuple[memoryview, int]:
    """This function will return the rows as the concatenated binary values alone, and the bytes per row.

    In SQL the same bytes are `int8send(a) || int4send(b) || array_send(c) …`.
    """
    dtype = np.dtype([(f"v{index}", payload_dtype(column)) for index, column in enumerate(columns)])
    return memoryview(_filled(np.zeros((), dtype=dtype), columns)).cast("B"), dtype.itemsize


def _filled(first: NDArray[Any], columns: Sequence[Column]) -> NDArray[Any]:
    """Rows like `first` with the values of the columns. What is the same in all is copied a row at a time:
    for arrays that is most of the bytes."""
    for index, column in enumerate(columns):
        fix(first[f"v{index}"], column)
    image = np.empty(row_count(columns), dtype=first.dtype)
    whole = np.dtype(("V", first.dtype.itemsize))
    image.view(whole)[...] = first.view(whole)
    for index, column in enumerate(columns):
        fill(image[f"v{index}"], column)
    return image


def row_digests(columns: Sequence[Column]) -> NDArray[np.void]:
    """This function will return the SHA-256 of every row's canonical image, dtype V32."""
    view, width = canonical_image(columns)
    sha256 = hashlib.sha256
    joined = b"".join([sha256(view[start : start + width]).digest() for start in range(0, len(view), width)])
    return np.frombuffer(joined, dtype="V32")
