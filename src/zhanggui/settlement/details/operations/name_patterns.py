"""Give patterns of details their numbers, adding those that are new."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from zhanggui.rows.images import copy_image
from zhanggui.rows.layout import Column, Wire
from zhanggui.rows.transfer import copy_in, reserve_numbers
from zhanggui.settlement.details.patterns import Patterns


def name_patterns(cursor: Any, *, patterns: Sequence[Patterns]) -> dict[bytes, int]:
    """This function will return the number of each pattern by its digest, adding in the caller's transaction
    those that are not there.

    Digests are not unique in the table: a writer that waited for another to end, only to learn that it adds the
    same pattern, would bill nothing meanwhile. Either number does.
    """
    where = {
        digest.tobytes(): (some, place)
        for some in {id(one): one for one in patterns}.values()
        for place, digest in enumerate(some.digests)
    }
    cursor.execute(
        "select digest, min(id) from settlement_detail_pattern where digest = any(%s) group by digest",
        [list(where)],
    )
    numbers = {bytes(digest): number for digest, number in cursor.fetchall()}
    missing = sorted(digest for digest in where if digest not in numbers)
    if not missing:
        return numbers
    drawn = reserve_numbers(cursor, "settlement_detail_pattern_id_seq", len(missing)).tolist()
    numbers |= dict(zip(missing, drawn, strict=True))
    images, names = [], []
    for some in {id(where[digest][0]): where[digest][0] for digest in missing}.values():
        own = [digest for digest in missing if where[digest][0] is some]
        places = [where[digest][1] for digest in own]
        columns = [
            Column("id", Wire.INT8, np.array([numbers[digest] for digest in own], dtype=np.int64)),
            Column("digest", Wire.BYTES32, some.digests[places]),
            *(Column(one.name, one.wire, one.values[places]) for one in some.columns()),
        ]
        names = [column.name for column in columns]
        images.append(copy_image(columns))
    copy_in(cursor, "settlement_detail_pattern", names, images)
    return numbers
