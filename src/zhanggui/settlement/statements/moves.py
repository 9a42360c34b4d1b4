"""Moving an amount from a closed statement to an open one: one mechanism for debts and disputed details."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """An amount (minor units, signed for the party) that leaves a closed statement for the next open one.

    `source` is EntrySource.CARRY or DISPUTE, `key_b` the dispute id (0 for a carried balance),
    `fee_type_id` the catalogue's type of the line it becomes.
    """

    party_id: int
    statement_id: int
    amount: int
    source: int
    key_b: int
    fee_type_id: int
