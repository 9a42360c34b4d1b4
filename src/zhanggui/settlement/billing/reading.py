"""Staged lines as numpy columns, straight from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhanggui.rows.transfer import read_columns
from zhanggui.settlement.fees.rules.batch import LineBatch

Ints = NDArray[np.int64]

# Staged column, type on the wire, name in the kernel's batch (or our own)
COLUMNS = (
    ("line_id", "int8", "line_id"), ("order_id", "int8", "order_id"), ("merchant_id", "int8", "merchant_id"),
    ("supplier_id", "int8", "supplier_id"), ("carrier_id", "int8", "carrier_id"),
    ("quantity", "int8", "quantity"), ("goods_minor", "int8", "goods"),
    ("shop_discount_minor", "int8", "shop_discount"),
    ("platform_discount_minor", "int8", "platform_discount"),
    ("points_discount_minor", "int8", "points_discount"), ("freight_minor", "int8", "freight"),
    ("tax_minor", "int8", "tax"), ("supply_minor", "int8", "supply"),
    ("ordered_at", "time", "ordered_us"), ("billable_at", "time", "billable_us"),
    ("category_id", "int4", "category_id"), ("spu_id", "int4", "spu_id"), ("sku_id", "int4", "sku_id"),
    ("sku_type_id", "int4", "sku_type_id"), ("level_id", "int4", "level_id"),
    ("merchant_category_id", "int4", "merchant_category_id"),
    ("business_line_id", "int4", "business_line_id"), ("channel_id", "int4", "channel_id"),
    ("payment_method_id", "int4", "payment_method_id"), ("region_id", "int4", "region_id"),
    ("rule_set_id", "int4", "rule_set_id"), ("terms_id", "int4", "terms_id"),
)  # fmt: skip
_OURS = ("billable_us", "rule_set_id", "terms_id")


@dataclass(frozen=True)
class StagedLines:
    """Staged lines of one currency, lines of one (order, merchant) together, plus what the kernel ignores."""

    columns: dict[str, Ints]
    currency: str

    def __len__(self) -> int:
        return len(self.columns["line_id"])

    def take(self, rows: Any) -> "StagedLines":
        """This method will return the chosen rows."""
        return StagedLines({name: values[rows] for name, values in self.columns.items()}, self.currency)

    def __getitem__(self, name: str) -> Ints:
        return self.columns[name]

    def batch(self, cumulative_before: Ints) -> LineBatch:
        """This method will return the lines as the kernel wants them."""
        kernel = {name: values for name, values in self.columns.items() if name not in _OURS}
        return LineBatch(**kernel, cumulative_before=cumulative_before)

    @property
    def goods_paid(self) -> Ints:
        """What the buyer paid for the goods of each line, minor units."""
        return (
            self.columns["goods"] - self.columns["shop_discount"] - self.columns["platform_discount"]
            - self.columns["points_discount"]
        )  # fmt: skip


def lines_of(rows: Sequence[Mapping[str, int]], currency: str) -> StagedLines:
    """This function will return staged lines as columns that were read by the names of the table."""
    matrix = np.array([[row[name] for name, _, _ in COLUMNS] for row in rows], dtype=np.int64).T
    columns = zip(COLUMNS, np.ascontiguousarray(matrix), strict=True)
    return StagedLines({ours: values for (_, _, ours), values in columns}, currency)


def read_lines(cursor: Any, where: str, params: list[Any], currency: str) -> StagedLines:
    """This function will read the staged lines `l` that satisfy `where`, ordered by order, merchant, line.

    `where` is SQL of ours with placeholders, never user text.
    """
    selected = ", ".join(f"l.{name}" for name, _, _ in COLUMNS)
    columns = read_columns(
        cursor,
        f"select {selected} from settlement_staged_line l where {where}"
        " order by l.order_id, l.merchant_id, l.line_id",
        [(ours, kind) for _, kind, ours in COLUMNS],
        params,
    )
    return StagedLines(columns, currency)


# A line is due when its node was reached by the cut-off and its sale is not billed yet. Cancelled orders never
# reach a node: their billable_at stays in the year 9999. `offset 0` keeps the look-up a probe of the key for
# each line: as a join it would be planned on stale statistics and read the whole table for every chunk.
REACHED = "l.order_id between %s and %s and l.business_line_id = %s and l.billable_at <= %s"
DUE = (
    f"{REACHED} and not exists"
    " (select from settlement_billed_line b where b.party_id = l.merchant_id and b.line_id = l.line_id"
    "  and b.event_id = 0 offset 0)"
)

# What other systems billed of an order on hold waits like its lines. An adjustment of ours is approved, and does not.
NOT_HELD = """(c.order_no = '' or c.source = 'adjusted' or not exists (
  select from settlement_order_hold h where h.business_line_id = c.business_line_id and h.order_no = c.order_no
   and h.released_at is null offset 0))"""
