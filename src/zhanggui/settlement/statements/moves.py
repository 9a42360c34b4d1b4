"""Moving an amount from a closed statement to an open one: one mechanism for debts, disputed details, and orders that
wait for their split."""

from dataclasses import dataclass

from zhanggui.ledger.sources import EntrySource

MOVED_KINDS = (EntrySource.CARRY, EntrySource.DISPUTE, EntrySource.SPLIT_AWAITED)


@dataclass(frozen=True)
class Move:
    """An amount (minor units, signed for the party) that leaves a closed statement for the next open one.

    `source` is one of `MOVED_KINDS`, `key_b` the dispute's id, or that of the part of a charge that waits for its
    split (0 for a carried balance), `fee_type_id` the catalogue's type of the line it becomes.
    """

    party_id: int
    statement_id: int
    amount: int
    source: int
    key_b: int
    fee_type_id: int
