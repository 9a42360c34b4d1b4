"""The canonical image of one row, from plain integers: what arrays do for thousands costs too much for one."""

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from zhanggui.rows.layout import INT4_OID, INT8_OID, POSTGRES_EPOCH_DAYS, POSTGRES_EPOCH_US, Wire

_SCALARS = {
    Wire.INT8: "q", Wire.INT4: "i", Wire.INT2: "h", Wire.TIME: "q", Wire.DATE: "i", Wire.TEXT3: "3s",
    Wire.BYTES32: "32s",
}  # fmt: skip
_ELEMENTS = {Wire.INT8_ARRAY: ("iq", 8, INT8_OID), Wire.INT4_ARRAY: ("ii", 4, INT4_OID)}
_EPOCHS = {Wire.TIME: POSTGRES_EPOCH_US, Wire.DATE: POSTGRES_EPOCH_DAYS}


class RowLayout:
    """Rows of these wire types; arrays stand last."""

    def __init__(self, wires: Sequence[Wire]) -> None:
        scalars = [wire for wire in wires if wire in _SCALARS]
        arrays = [_ELEMENTS[wire] for wire in wires[len(scalars) :]]
        self._scalars = len(scalars)
        self._heads = [(width, oid) for _, width, oid in arrays]
        self._shifts = [(place, _EPOCHS[wire]) for place, wire in enumerate(scalars) if wire in _EPOCHS]
        self._front = ">" + "".join(_SCALARS[wire] for wire in scalars)
        self._elements = tuple(code for code, _, _ in arrays)

    def image(self, values: Sequence[Any]) -> bytes:
        """This method will return the bytes that `images.canonical_image` gives for this one row.

        Integers as numbers, texts and digests as bytes, arrays as sequences of integers; times as microseconds and
        dates as days since 1970. Raises struct.error for a number beyond its type.
        """
        flat = list(values[: self._scalars])
        for place, epoch in self._shifts:
            flat[place] -= epoch
        arrays = values[self._scalars :]
        for (width, oid), array in zip(self._heads, arrays, strict=True):
            flat += (1, 0, oid, len(array), 1) if array else (0, 0, oid)
            flat += [part for element in array for part in (width, element)]
        return _packer(self._front, self._elements, tuple(map(len, arrays))).pack(*flat)


@lru_cache(maxsize=1024)
def _packer(front: str, elements: tuple[str, ...], counts: tuple[int, ...]) -> struct.Struct:
    arrays = [
        ("iiiii" if count else "iii") + code * count for code, count in zip(elements, counts, strict=True)
    ]
    return struct.Struct(front + "".join(arrays))
