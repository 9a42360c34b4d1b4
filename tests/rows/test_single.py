"""The image of one row in plain integers is that of arrays."""

import random

import numpy as np
import pytest

from zhanggui.rows.images import canonical_image
from zhanggui.rows.layout import Column, Wire
from zhanggui.rows.single import RowLayout

WIRES = (Wire.INT8, Wire.TIME, Wire.INT2, Wire.TEXT3, Wire.DATE, Wire.INT4, Wire.BYTES32, Wire.INT8_ARRAY,
         Wire.INT4_ARRAY)  # fmt: skip
LAYOUT = RowLayout(WIRES)


@pytest.mark.parametrize("counts", [(0, 0), (1, 3), (23, 0)])
def test_a_row_has_the_same_bytes_either_way(counts: tuple[int, int]) -> None:
    drawn = random.Random(sum(counts))
    values = [
        -(2**63), 1_700_000_000_000_001, -32768, b"CNY", 20_000, 2**31 - 1, drawn.randbytes(32),
        [drawn.randrange(-(2**63), 2**63) for _ in range(counts[0])],
        [drawn.randrange(-(2**31), 2**31) for _ in range(counts[1])],
    ]  # fmt: skip
    kinds = {Wire.TEXT3: "S3", Wire.BYTES32: "V32"}
    columns = [
        Column(str(place), wire, np.array([value], dtype=kinds.get(wire, np.int64)))
        for place, (wire, value) in enumerate(zip(WIRES, values, strict=True))
    ]
    assert LAYOUT.image(values) == bytes(canonical_image(columns)[0])
