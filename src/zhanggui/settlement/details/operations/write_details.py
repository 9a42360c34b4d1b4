"""Write billed lines, once and for all."""

from collections.abc import Sequence

import numpy as np
from django.db import connection

from zhanggui.rows.images import copy_image, row_digests
from zhanggui.rows.layout import Column, Wire
from zhanggui.rows.transfer import copy_in
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.details.leaves import leaf_columns


def write_details(*, blocks: Sequence[BilledBlock], batch_id: int) -> tuple[int, int]:
    """This function will COPY the billed lines of `blocks` in the caller's transaction and return how many
    lines and details it wrote.

    A line that is already billed for the same event violates the primary key: nothing of the batch stays.
    """
    images, names, lines, details = [], [], 0, 0
    for block in sorted(blocks, key=lambda one: one.amounts.shape[1]):
        if not len(block):
            continue
        ordered = block.take(np.lexsort((block.event_id, block.line_id, block.party_id)))
        columns = leaf_columns(ordered)
        columns += [
            Column("batch_id", Wire.INT8, np.full(len(ordered), batch_id, dtype=np.int64)),
            Column("leaf", Wire.BYTES32, row_digests(columns)),
        ]
        names = [column.name for column in columns]
        images.append(copy_image(columns))
        lines += len(ordered)
        details += ordered.amounts.size
    if images:
        with connection.cursor() as cursor:
            copy_in(cursor, "settlement_billed_line", names, images)
    return lines, details
