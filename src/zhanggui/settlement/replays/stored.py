"""What is stored on statements: keys, frozen inputs and leaves, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from zhanggui.rows.transfer import array_text, read_columns
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.details.leaves import LEAF_SQL, PATTERNS_SQL

KEY = ("party_id", "line_id", "event_id")
_NUMBERS = (
    ("party_id", "int8"), ("line_id", "int8"), ("event_id", "int8"), ("merchant_id", "int8"),
    ("order_id", "int8"), ("statement_id", "int8"), ("entity_id", "int4"), ("business_line_id", "int4"),
    ("kind", "int2"), ("mode", "int2"),
)  # fmt: skip
_DIGESTS = (("leaf", "bytes32"), ("content", "bytes32"))
# A row whose pattern is gone and one whose leaf is no digest must differ, and not by chance be alike.
_LINES = f"""
select {", ".join(f"b.{name}" for name, _ in _NUMBERS)},
  case when octet_length(b.leaf) = 32 then b.leaf else decode(repeat('ff', 32), 'hex') end as leaf,
  coalesce({LEAF_SQL}, decode(repeat('00', 32), 'hex')) as content
from settlement_billed_line b
join unnest(%s::bigint[], %s::bigint[]) as s(party_id, statement_id)
  on s.party_id = b.party_id and s.statement_id = b.statement_id
left join {PATTERNS_SQL} p on p.id = b.pattern_id
order by b.party_id, b.statement_id, b.line_id, b.event_id
"""


@dataclass(frozen=True)
class StoredLines:
    """Billed lines of statements, ordered as statements hash them: by party, statement, line, event.

    `numbers` are columns as int64 arrays [n]. `content` is the leaf of what each row holds now, `leaf` the one it
    was given, both V32 [n]: nothing else of a row is looked at before comparing.
    """

    numbers: dict[str, Ints]
    leaf: NDArray[np.void]
    content: NDArray[np.void]
    _codes: "_Codes" = field(repr=False)

    @classmethod
    def on(cls, statements: Sequence[tuple[int, int]]) -> "StoredLines":
        """This method will read the lines of statements (party, id)."""
        with connection.cursor() as cursor:
            read = read_columns(
                cursor, _LINES, [*_NUMBERS, *_DIGESTS],
                [array_text(party for party, _ in statements), array_text(one for _, one in statements)],
            )  # fmt: skip
        leaf, content = (read.pop(name) for name, _ in _DIGESTS)
        return cls(read, leaf, content, _Codes([read[name] for name in KEY]))

    def __len__(self) -> int:
        return len(self.leaf)

    def __getitem__(self, name: str) -> Ints:
        return self.numbers[name]

    def of_kind(self, *kinds: int) -> Ints:
        """This method will return the places of the rows of these kinds."""
        return np.flatnonzero(np.isin(self.numbers["kind"], kinds))

    def places(self, party_id: Ints, line_id: Ints, event_id: Ints) -> Ints:
        """This method will return where the rows of these keys stand, -1 for a key that is not stored here."""
        return self._codes.places([party_id, line_id, event_id])


class _Codes:
    """Keys of several numbers as one number each: the place of every part among the parts there are."""

    def __init__(self, parts: Sequence[Ints]) -> None:
        self._known = [np.unique(part) for part in parts]
        codes, _ = self._coded(parts)
        self._order = np.argsort(codes, kind="stable")
        self._sorted = codes[self._order]

    def places(self, parts: Sequence[Ints]) -> Ints:
        if not len(self._sorted):
            return np.full(len(parts[0]), -1, dtype=np.int64)
        codes, known = self._coded(parts)
        at = np.minimum(np.searchsorted(self._sorted, codes), len(self._sorted) - 1)
        return np.where(known & (self._sorted[at] == codes), self._order[at], -1)

    def _coded(self, parts: Sequence[Ints]) -> tuple[Ints, Any]:
        codes, known = np.zeros(len(parts[0]), dtype=np.int64), np.ones(len(parts[0]), dtype=bool)
        for part, there in zip(parts, self._known, strict=True):
            if not len(there):
                return codes, np.zeros(len(part), dtype=bool)
            at = np.minimum(np.searchsorted(there, part), len(there) - 1)
            known &= there[at] == part
            codes = codes * len(there) + at  # below the product of three counts of rows, a set at a time
        return codes, known
