"""Give patterns of details their numbers, adding those that are new."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.rows.images import copy_image
from zhanggui.rows.layout import Column, Wire
from zhanggui.rows.transfer import copy_in, reserve_numbers
from zhanggui.settlement.details.patterns import Patterns


def name_patterns(*, patterns: Sequence[Patterns]) -> dict[bytes, int]:
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
    with connection.cursor() as cursor:
        cursor.execute(
            "select digest, min(id) from settlement_detail_pattern where digest = any(%s) group by digest",
            [list(where)],
        )
        numbers = {bytes(digest): number for digest, number in cursor.fetchall()}
        missing = sorted(digest for digest in where if digest not in numbers)
        if missing:
            drawn = reserve_numbers(cursor, "settlement_detail_pattern_id_seq", len(missing))
            numbers |= dict(zip(missing, drawn.tolist(), strict=True))
            _add(cursor, [(where[digest], numbers[digest]) for digest in missing])
    return numbers


def _add(cursor: Any, new: Sequence[tuple[tuple[Patterns, int], int]]) -> None:
    """COPY new patterns: where each stands, and its number."""
    together: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (some, place), number in new:
        together[id(some)].append((place, number))
    holders = {id(some): some for (some, _), _ in new}
    images, names = [], []
    for holder, own in together.items():
        some, places = holders[holder], [place for place, _ in own]
        columns = [
            Column("id", Wire.INT8, np.array([number for _, number in own], dtype=np.int64)),
            Column("digest", Wire.BYTES32, some.digests[places]),
            *(Column(one.name, one.wire, one.values[places]) for one in some.columns()),
        ]
        names = [column.name for column in columns]
        images.append(copy_image(columns))
    copy_in(cursor, "settlement_detail_pattern", names, images)
