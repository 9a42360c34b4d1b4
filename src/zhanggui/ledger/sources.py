"""Where an entry comes from. The number is part of the entry's key and never changes its meaning."""

from enum import IntEnum


class EntrySource(IntEnum):
    SALE = 1  # order billed: key_a = order id, key_b = 0
    REVERSAL = 2  # refund billed: key_a = order id, key_b = refund id
    CORRECTION = 3  # correction of a line: key_a = order id, key_b = correction id
    CHARGE = 4  # passed-through charge: key_a = charge line id, key_b = 0
    CARRY = 5  # balance carried to the next statement: key_a = statement id, key_b = 0
    DISPUTE = 6  # disputed detail moved on: key_a = statement id, key_b = dispute id
    CONFIRMATION = 7  # statement confirmed: key_a = statement id, key_b = 0
    ORDER_PAID = 8  # buyer's money in: key_a = order id, key_b = 0
    REFUND_ACCEPTED = 9  # buyer is owed a refund: key_a = order id, key_b = refund id
    UNMATCHED_REFUND = 10  # refund whose sale is not in the books: key_a = line id, key_b = 0
    ADJUSTMENT = 11
