"""Billed lines as arrays, grouped by their number of details."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class BilledBlock:
    """Billed lines that all carry k details: scalar columns [n], detail arrays [n, k].

    Times are microseconds since 1970 (UTC), amounts and bases minor units, amounts signed for the party.
    """

    party_id: Ints
    line_id: Ints
    event_id: Ints
    merchant_id: Ints
    order_id: Ints
    statement_id: Ints
    cumulative_before: Ints
    quantity: Ints
    done: Ints
    step: Ints
    whole: Ints
    occurred_us: Ints
    billable_us: Ints
    entity_id: Ints
    business_line_id: Ints
    rule_set_id: Ints
    kind: Ints
    mode: Ints
    currency: NDArray[np.bytes_]
    fee_types: Ints
    rules: Ints
    bases: Ints
    amounts: Ints

    def __len__(self) -> int:
        return len(self.party_id)

    def take(self, rows: Any) -> "BilledBlock":
        """This method will return the block of the chosen rows, in that order."""
        return BilledBlock(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    @property
    def nets(self) -> Ints:
        """Net per billed line, minor units, signed for the party."""
        return np.asarray(self.amounts.sum(axis=1), dtype=np.int64)
