"""The leaf of a billed line: SHA-256 over its canonical image. Statement hashes are built from leaves.

Canonical image: the digest of its pattern, then the columns of LEAF_COLUMNS in order, each as PostgreSQL's
binary value (big-endian integers; times as microseconds since 2000-01-01; arrays as `array_send`). The digest of
a pattern is SHA-256 over PATTERN_COLUMNS, likewise. `LEAF_SQL` computes the same bytes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zhanggui.rows.images import row_digests
from zhanggui.rows.layout import Column, Wire
from zhanggui.settlement.details.blocks import BilledBlock, Ints
from zhanggui.settlement.details.patterns import PATTERN_COLUMNS, Packed, packed

LEAF_COLUMNS = (
    ("party_id", Wire.INT8), ("line_id", Wire.INT8), ("event_id", Wire.INT8), ("merchant_id", Wire.INT8),
    ("order_id", Wire.INT8), ("statement_id", Wire.INT8), ("cumulative_before", Wire.INT8),
    ("quantity", Wire.INT8), ("done", Wire.INT8), ("step", Wire.INT8), ("whole", Wire.INT8),
    ("occurred_at", Wire.TIME), ("billable_at", Wire.TIME), ("entity_id", Wire.INT4),
    ("business_line_id", Wire.INT4), ("rule_set_id", Wire.INT4), ("kind", Wire.INT2), ("mode", Wire.INT2),
    ("currency", Wire.TEXT3), ("own_bases", Wire.INT8_ARRAY), ("amounts", Wire.INT8_ARRAY),
)  # fmt: skip

_FIELDS = {"occurred_at": "occurred_us", "billable_at": "billable_us"}
_SENDERS = {
    Wire.INT8: "int8send({})", Wire.INT4: "int4send({})", Wire.INT2: "int2send({})",
    Wire.TIME: "timestamptz_send({})", Wire.TEXT3: "convert_to({}, 'UTF8')",
    Wire.INT4_ARRAY: "array_send({})", Wire.INT8_ARRAY: "array_send({})",
}  # fmt: skip


def _sent(columns: Sequence[tuple[str, Wire]], prefix: str) -> str:
    return " || ".join(_SENDERS[wire].format(prefix + name) for name, wire in columns)


# Over `b`, a billed line, and `p`, its row of PATTERNS_SQL: the digest as the pattern's content gives it now,
# taken once for each pattern, not the one it was stored with.
LEAF_SQL = f"sha256(p.digest || {_sent(LEAF_COLUMNS, 'b.')})"
PATTERNS_SQL = f"(select id, sha256({_sent(PATTERN_COLUMNS, '')}) as digest from settlement_detail_pattern)"


def line_columns(block: BilledBlock, part: Packed, rows: Ints, places: Ints) -> list[Column]:
    """This function will return the columns of some rows of a block, in leaf order; `places` are those rows in
    the packed part."""
    own = {"own_bases": part.own_bases[places]}
    return [
        Column(name, wire, own[name] if name in own else getattr(block, _FIELDS.get(name, name))[rows])
        for name, wire in LEAF_COLUMNS
    ]


def line_digests(columns: Sequence[Column], part: Packed, places: Ints) -> NDArray[np.void]:
    """This function will return the leaves of rows that have these columns, dtype V32."""
    digests = part.patterns.digests[part.pattern[places]]
    return row_digests([Column("pattern", Wire.BYTES32, digests), *columns])


def leaves_of(block: BilledBlock) -> NDArray[np.void]:
    """This function will return the leaf of every line of a block, in its order, dtype V32."""
    found = np.empty(len(block), dtype="V32")
    for part in packed(block) if len(block) else ():
        everything = np.arange(len(part))
        columns = line_columns(block, part, part.rows, everything)
        found[part.rows] = line_digests(columns, part, everything)
    return found
