"""Entries as arrays: what the bulk path hands to the ledger, grouped by their number of legs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class EntryBlock:
    """Entries that all have the same number of legs k: keys [n], accounts and amounts [n, k].

    Amounts are minor units, debit positive, credit negative; every row sums to zero.
    """

    book_id: Ints
    source: Ints
    key_a: Ints
    key_b: Ints
    entity_id: Ints
    currency: NDArray[np.bytes_]
    booked_day: Ints  # days since 1970-01-01, in the business time zone
    occurred_us: Ints
    accounts: Ints
    amounts: Ints

    def __len__(self) -> int:
        return len(self.book_id)
