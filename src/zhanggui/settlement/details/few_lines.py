"""A few billed lines in plain integers: the rows, patterns and leaves that `write_details` makes of arrays."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from zhanggui.rows.single import RowLayout
from zhanggui.rows.times import moment
from zhanggui.settlement.details.leaves import LEAF_COLUMNS
from zhanggui.settlement.details.patterns import PATTERN_COLUMNS

_LEAF_NAMES = tuple(name for name, _ in LEAF_COLUMNS)
_LEAF = RowLayout([wire for _, wire in LEAF_COLUMNS])
_PATTERN = RowLayout([wire for _, wire in PATTERN_COLUMNS])


class FewLine(NamedTuple):
    """One billed line: `head` has the columns of LEAF_COLUMNS but its arrays (times in microseconds since 1970);
    the details by position, amounts signed for the party, bases and amounts minor units."""

    head: Mapping[str, Any]
    fee_types: Sequence[int]
    rules: Sequence[int]
    bases: Sequence[int]
    amounts: Sequence[int]


def few_lines_call(lines: Sequence[FewLine], batch_id: int) -> tuple[str, list[str]]:
    """This function will return the call that writes these lines in the caller's transaction, and its parameters.

    A line that is already billed for the same event violates the primary key: nothing stays.
    """
    places: dict[bytes, int] = {}
    patterns, rows = [], []
    for line in lines:
        whole = line.head["whole"]
        own_bases = [base for base in line.bases if base != whole]
        place = 0
        base_of = [0 if base == whole else (place := place + 1) for base in line.bases]
        pattern = (line.fee_types, line.rules, base_of)
        digest = hashlib.sha256(_PATTERN.image(pattern)).digest()
        if digest not in places:
            places[digest] = len(places) + 1
            named = dict(zip(("fee_types", "rules", "base_of"), map(list, pattern), strict=True))
            patterns.append(named | {"digest": _bytea(digest)})
        row = {**line.head, "own_bases": own_bases, "amounts": list(line.amounts)}
        values = [row[name] for name in _LEAF_NAMES]
        leaf = hashlib.sha256(digest + _LEAF.image(values)).digest()
        rows.append(row | {
            "currency": row["currency"].decode(), "occurred_at": moment(row["occurred_at"]).isoformat(),
            "billable_at": moment(row["billable_at"]).isoformat(), "batch_id": batch_id,
            "pattern_id": places[digest], "leaf": _bytea(leaf),
        })  # fmt: skip
    return "settlement_write_lines(%s, %s)", [json.dumps(patterns), json.dumps(rows)]


def _bytea(value: bytes) -> str:
    return "\\x" + value.hex()
