"""The columns of the format: what kind of value each holds, how long it may be, and whose it is.

One table for all three files: CSV and Parquet have these columns; JSON lines have the same names as keys,
lines and payments nested (the keys of a payment without their `pay_`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final


class Kind(Enum):
    """What kind of value a column holds."""

    TEXT = "text"
    #: Whole minor units: fen, cents, pennies. Never negative here; the meaning gives the sign.
    MINOR = "minor"
    #: A whole number that is no money.
    COUNT = "count"
    TIME = "time"


class Part(Enum):
    """What a column tells about. A row's `record` says which parts it may fill."""

    EVERY = "every record"
    MONEY = "order, refund"
    ORDER = "order"
    LINE = "order line"
    PAYMENT = "payment"
    REFUND = "refund"
    PARTY = "party"
    DIMENSION = "dimension"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `longest` is in characters, for texts; `parts` are whose it is."""

    name: str
    kind: Kind
    parts: tuple[Part, ...]
    longest: int = 0


def _texts(part: Part, longest: int, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.TEXT, (part,), longest) for name in names)


def _of(part: Part, kind: Kind, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name, kind, (part,)) for name in names)


_REFUNDED_LINE: Final = (Part.LINE, Part.REFUND)
_TABLE: Final = (
    Column("record", Kind.TEXT, (Part.EVERY,), 16),
    Column("currency", Kind.TEXT, (Part.MONEY,), 3),
    Column("order_no", Kind.TEXT, (Part.ORDER, Part.REFUND), 64),
    *_of(Part.ORDER, Kind.TIME, "ordered_at"),
    *_texts(Part.ORDER, 16, "status"),
    *_texts(Part.ORDER, 32, "source_status"),
    *_of(Part.ORDER, Kind.TIME, "paid_at", "shipped_at", "received_at", "completed_at"),
    *_texts(Part.ORDER, 128, "channel", "payment_method", "region", "buyer"),
    *_texts(Part.ORDER, 3, "payments_listed"),
    Column("line_no", Kind.TEXT, _REFUNDED_LINE, 32),
    Column("merchant", Kind.TEXT, _REFUNDED_LINE, 64),
    Column("sku", Kind.TEXT, _REFUNDED_LINE, 128),
    *_texts(Part.LINE, 128, "spu", "sku_type"),
    Column("category", Kind.TEXT, (Part.LINE, Part.PARTY), 128),
    *_texts(Part.LINE, 64, "supplier", "carrier"),
    *_texts(Part.LINE, 200, "title"),
    Column("quantity", Kind.COUNT, _REFUNDED_LINE),
    Column("goods_minor", Kind.MINOR, _REFUNDED_LINE),
    *_of(Part.LINE, Kind.MINOR, "shop_discount_minor", "platform_discount_minor", "points_discount_minor"),
    Column("freight_minor", Kind.MINOR, _REFUNDED_LINE),
    *_of(Part.LINE, Kind.MINOR, "tax_minor", "supply_minor"),
    *_of(Part.PAYMENT, Kind.COUNT, "pay_sequence"),
    *_texts(Part.PAYMENT, 128, "pay_method"),
    *_of(Part.PAYMENT, Kind.MINOR, "pay_amount_minor"),
    *_of(Part.PAYMENT, Kind.COUNT, "pay_instalments"),
    *_texts(Part.PAYMENT, 64, "pay_reference", "pay_channel_number"),
    *_texts(Part.REFUND, 64, "refund_no"),
    *_of(Part.REFUND, Kind.TIME, "refunded_at"),
    Column("kind", Kind.TEXT, (Part.REFUND, Part.PARTY, Part.DIMENSION), 20),
    *_texts(Part.REFUND, 200, "reason"),
    *_texts(Part.REFUND, 64, "channel_number"),
    Column("code", Kind.TEXT, (Part.PARTY, Part.DIMENSION), 128),
    Column("name_zh", Kind.TEXT, (Part.PARTY, Part.DIMENSION), 200),
    Column("name_en", Kind.TEXT, (Part.PARTY, Part.DIMENSION), 200),
    *_texts(Part.PARTY, 64, "level"),
    *_texts(Part.DIMENSION, 128, "parent"),
)

#: Every column by its name, in the order in which we write them.
COLUMNS: Final[Mapping[str, Column]] = MappingProxyType({column.name: column for column in _TABLE})
#: A file without it cannot be understood; all others a file may leave out if it does not fill them.
REQUIRED: Final = ("record",)
#: Which parts a row of each record may fill.
PARTS_OF_RECORD: Final[Mapping[str, frozenset[Part]]] = MappingProxyType(
    {
        "order": frozenset({Part.EVERY, Part.MONEY, Part.ORDER, Part.LINE, Part.PAYMENT}),
        "refund": frozenset({Part.EVERY, Part.MONEY, Part.REFUND}),
        "party": frozenset({Part.EVERY, Part.PARTY}),
        "dimension": frozenset({Part.EVERY, Part.DIMENSION}),
    }
)


def _allowed() -> dict[str, frozenset[str]]:
    return {
        record: frozenset(column.name for column in _TABLE if parts.intersection(column.parts))
        for record, parts in PARTS_OF_RECORD.items()
    }


#: The columns that a row of each record may fill.
ALLOWED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(_allowed())


def names_of(part: Part) -> frozenset[str]:
    """The names of the columns that tell about `part`."""
    return frozenset(column.name for column in _TABLE if part in column.parts)
