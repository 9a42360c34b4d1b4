"""Write billed lines, once and for all."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.rows.grouping import order_of
from zhanggui.rows.images import copy_image
from zhanggui.rows.layout import Column, Wire
from zhanggui.rows.transfer import copy_in
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.details.leaves import line_columns, line_digests
from zhanggui.settlement.details.operations.name_patterns import name_patterns
from zhanggui.settlement.details.patterns import Packed, packed


def write_details(*, blocks: Sequence[BilledBlock], batch_id: int) -> tuple[int, int]:
    """This function will COPY the billed lines of `blocks` in the caller's transaction and return how many
    lines and details it wrote.

    A line that is already billed for the same event violates the primary key: nothing of the batch stays.
    """
    ordered = sorted((block for block in blocks if len(block)), key=lambda one: one.amounts.shape[1])
    if not ordered:
        return 0, 0
    parts = [(block, part) for block in ordered for part in packed(block)]
    numbers = name_patterns(patterns=[part.patterns for _, part in parts])
    columns = [_columns(block, part, numbers, batch_id) for block, part in parts]
    names = [column.name for column in columns[0]]
    with connection.cursor() as cursor:
        copy_in(cursor, "settlement_billed_line", names, (copy_image(one) for one in columns))
    return sum(map(len, ordered)), sum(block.amounts.size for block in ordered)


def _columns(block: BilledBlock, part: Packed, numbers: dict[bytes, int], batch_id: int) -> list[Column]:
    """The rows of a part by their key, as they are stored."""
    rows = part.rows
    places = order_of(block.party_id[rows], block.line_id[rows], block.event_id[rows])
    columns = line_columns(block, part, rows[places], places)
    ids = np.array([numbers[digest.tobytes()] for digest in part.patterns.digests], dtype=np.int64)
    extra: list[tuple[str, Wire, Any]] = [
        ("batch_id", Wire.INT8, np.full(len(rows), batch_id, dtype=np.int64)),
        ("pattern_id", Wire.INT8, ids[part.pattern[places]]),
        ("leaf", Wire.BYTES32, line_digests(columns, part, places)),
    ]
    return [*columns, *(Column(*one) for one in extra)]
