"""The leaf of a billed line: SHA-256 over its canonical image. Statement hashes are built from leaves.

Canonical image: the columns of LEAF_COLUMNS in order, each as PostgreSQL's binary value (big-endian integers;
times as microseconds since 2000-01-01; arrays as `array_send`). `LEAF_SQL` computes the same bytes.
"""

from zhanggui.rows.layout import Column, Wire
from zhanggui.settlement.details.blocks import BilledBlock

LEAF_COLUMNS = (
    ("party_id", Wire.INT8), ("line_id", Wire.INT8), ("event_id", Wire.INT8), ("merchant_id", Wire.INT8),
    ("order_id", Wire.INT8), ("statement_id", Wire.INT8), ("cumulative_before", Wire.INT8),
    ("quantity", Wire.INT8), ("done", Wire.INT8), ("step", Wire.INT8), ("whole", Wire.INT8),
    ("occurred_at", Wire.TIME), ("billable_at", Wire.TIME), ("entity_id", Wire.INT4),
    ("business_line_id", Wire.INT4), ("rule_set_id", Wire.INT4), ("kind", Wire.INT2), ("mode", Wire.INT2),
    ("currency", Wire.TEXT3), ("fee_types", Wire.INT4_ARRAY), ("rules", Wire.INT4_ARRAY),
    ("bases", Wire.INT8_ARRAY), ("amounts", Wire.INT8_ARRAY),
)  # fmt: skip

_FIELDS = {"occurred_at": "occurred_us", "billable_at": "billable_us"}
_SENDERS = {
    Wire.INT8: "int8send({})", Wire.INT4: "int4send({})", Wire.INT2: "int2send({})",
    Wire.TIME: "timestamptz_send({})", Wire.TEXT3: "convert_to({}, 'UTF8')",
    Wire.INT4_ARRAY: "array_send({})", Wire.INT8_ARRAY: "array_send({})",
}  # fmt: skip

LEAF_SQL = "sha256(" + " || ".join(_SENDERS[wire].format(name) for name, wire in LEAF_COLUMNS) + ")"


def leaf_columns(block: BilledBlock) -> list[Column]:
    """This function will return the block's columns in leaf order."""
    return [Column(name, wire, getattr(block, _FIELDS.get(name, name))) for name, wire in LEAF_COLUMNS]
