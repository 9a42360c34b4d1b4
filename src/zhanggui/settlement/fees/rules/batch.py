"""What goes into the kernel and what comes out: columns of order lines, and their fee details."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from zhanggui.money.vectors import as_integers
from zhanggui.settlement.fees.rules.errors import UnratableLine
from zhanggui.settlement.fees.rules.soundness import LARGEST_AMOUNT

type Integers = npt.NDArray[np.int64]
type Rules = npt.NDArray[np.int32]
type Flags = npt.NDArray[np.bool_]

#: `rule_ids` where a slot is absent from a line, and where it was read from the order (no rule).
ABSENT: Final = -1
PARSED: Final = 0

#: The column of LineBatch that holds each dimension of the rule set document.
COLUMN_OF_DIMENSION: Final = {
    "category": "category_id",
    "spu": "spu_id",
    "sku": "sku_id",
    "sku_type": "sku_type_id",
    "merchant": "merchant_id",
    "merchant_level": "level_id",
    "merchant_category": "merchant_category_id",
    "business_line": "business_line_id",
    "channel": "channel_id",
    "payment_method": "payment_method_id",
    "region": "region_id",
}
_AMOUNTS: Final = (
    "quantity", "goods", "shop_discount", "platform_discount", "points_discount", "freight", "tax",
    "supply",
)  # fmt: skip
_LARGEST_CUMULATIVE: Final = 2**60
_FEW: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBatch:
    """Order lines as equally long int64 columns; the lines of one (order, merchant) stand together.

    Ids are those of `compile`'s dimension maps (0: missing). `ordered_us` is the order's time in microseconds
    since 1970 UTC; it alone decides which rules are in force. Amounts are minor units of one currency,
    zero or more, `goods` the list amount of the whole line. `cumulative_before` is the merchant's goods_paid
    sold earlier in the period (minor units), running from line to line; 0 where no rule asks for it.
    """

    line_id: Integers
    order_id: Integers
    merchant_id: Integers
    supplier_id: Integers
    carrier_id: Integers
    category_id: Integers
    spu_id: Integers
    sku_id: Integers
    sku_type_id: Integers
    level_id: Integers
    merchant_category_id: Integers
    business_line_id: Integers
    channel_id: Integers
    payment_method_id: Integers
    region_id: Integers
    ordered_us: Integers
    quantity: Integers
    goods: Integers
    shop_discount: Integers
    platform_discount: Integers
    points_discount: Integers
    freight: Integers
    tax: Integers
    supply: Integers
    cumulative_before: Integers

    def __post_init__(self) -> None:
        length = None
        for column in fields(self):
            values = as_integers(getattr(self, column.name), f"The column {column.name}")
            if values.ndim != 1 or (length is not None and values.size != length):
                raise ValueError(f"column {column.name} has shape {values.shape}, expected ({length},)")
            length = values.size
            object.__setattr__(self, column.name, np.ascontiguousarray(values))

    @classmethod
    def of(cls, length: int, **columns: Any) -> LineBatch:
        """A batch of `length` lines with these columns; the others are 0 throughout."""
        zeros = np.zeros(length, dtype=np.int64)
        return cls(**({column.name: zeros for column in fields(cls)} | columns))

    def __len__(self) -> int:
        return int(self.line_id.size)


def goods_paid(batch: LineBatch) -> Integers:
    """What the buyer paid for the goods (minor units): goods less all three discounts."""
    return batch.goods - batch.shop_discount - batch.platform_discount - batch.points_discount


def unratable_lines(batch: LineBatch) -> Flags:
    """The lines the kernel would refuse: a negative or huge amount, or discounts above the goods amount.

    Intake rejects these one by one, so that a batch never fails as a whole.
    """
    wrong = (batch.cumulative_before < 0) | (batch.cumulative_before > _LARGEST_CUMULATIVE)
    for name in _AMOUNTS:
        values = getattr(batch, name)
        wrong |= (values < 0) | (values > LARGEST_AMOUNT)
    wrong |= goods_paid(batch) < 0
    return wrong


def refuse_unratable(batch: LineBatch) -> None:
    """Raise UnratableLine naming the first line of `unratable_lines`. Cheap when all is well."""
    columns = [getattr(batch, name) for name in _AMOUNTS]
    sound = all(_within(values, LARGEST_AMOUNT) for values in columns)
    sound = sound and _within(batch.cumulative_before, _LARGEST_CUMULATIVE)
    if sound and int(goods_paid(batch).min()) >= 0:
        return
    place = int(np.flatnonzero(unratable_lines(batch))[0])
    line = int(batch.line_id[place])
    raise UnratableLine(
        f"Line {line} (row {place} of the batch) cannot be rated: an amount is negative or above "
        f"{LARGEST_AMOUNT}, or its discounts exceed its goods amount. Correct the line and import it again.",
        line_id=line,
        row=place,
        **{name: int(getattr(batch, name)[place]) for name in (*_AMOUNTS, "cumulative_before")},
    )


def _within(values: Integers, largest: int) -> bool:
    """Whether all values of a column that is not empty are in 0 .. largest."""
    if values.size <= _FEW:  # an order alone: plain numbers are quicker then
        few = values.tolist()
        return bool(min(few) >= 0 and max(few) <= largest)
    return int(values.min()) >= 0 and int(values.max()) <= largest


@dataclass(frozen=True, slots=True)
class Slot:
    """A column of fee details: who pays whom which fee. `source` is "parsed" or "computed"."""

    fee_type_id: int
    payer: str
    receiver: str
    source: str
    fee: str


class Details(NamedTuple):
    """The present details one after another, in the order of lines and then slots."""

    counts: Integers  #: details of each line, int64[n]
    slots: Integers  #: column of each detail in `RatedBatch.slots`
    amounts: Integers
    bases: Integers
    rule_ids: Rules


@dataclass(frozen=True, slots=True)
class RatedBatch:
    """Fee details of a batch, a row a line and a column a slot; rows as in the batch.

    `amounts` are magnitudes in minor units: the payer of the slot owes them to its receiver. `bases` are each
    line's own part of the base (minor units, or units for quantity). `rule_ids` is the rule version, PARSED
    for what was read from the order, ABSENT where there is no such detail; amount and base are then 0.
    A detail is there if a rule matched and amount or base is not 0; a parsed one if its amount is not 0.
    Slots to or from a supplier or carrier are given also for lines without one (id 0): the caller decides.
    """

    slots: tuple[Slot, ...]
    amounts: Integers
    bases: Integers
    rule_ids: Rules

    @property
    def present(self) -> Flags:
        """Where there is a detail, bool[n, S]."""
        return self.rule_ids >= 0

    def rules_bases_amounts(self) -> tuple[list[list[int]], list[list[int]], list[list[int]]]:
        """Everything as plain integers, a list a line: for a few lines."""
        return self.rule_ids.tolist(), self.bases.tolist(), self.amounts.tolist()

    def details(self) -> Details:
        """The present details, flat, for billed lines."""
        present = self.present
        slots = np.broadcast_to(np.arange(len(self.slots)), present.shape)
        counts = present.sum(axis=1, dtype=np.int64)
        return Details(
            counts, slots[present], self.amounts[present], self.bases[present], self.rule_ids[present]
        )
