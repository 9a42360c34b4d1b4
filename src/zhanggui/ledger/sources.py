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
    PAYOUT_SENT = 12  # confirmed to in transit: key_a = payout id, key_b = attempt number
    PAYOUT_EXECUTED = 13  # in transit to our account: key_a = payout id, key_b = attempt number
    PAYOUT_FAILED = 14  # in transit back to confirmed: key_a = payout id, key_b = attempt number
    PAYOUT_RETURNED = (
        15  # our account back to confirmed, after "paid" (退票): key_a = payout id, key_b = attempt, + 1000
        # for each part of it that came back before
    )
    RECEIPT = 16  # money arrived that nobody has claimed: key_a = receipt id, key_b = 0, reversal 1
    CLAIM = 17  # unclaimed receipt to what it pays: key_a = claim id, key_b = 0, reversal 1
    DEBT = 18  # a statement's debt becomes a receivable: key_a = statement id, key_b = 0
    SET_OFF = 19  # a receivable is set off: key_a = set-off id, key_b = 0
    WRITE_OFF = 20  # a receivable is written off: key_a = write-off id, key_b = 0
    DEPOSIT = 21  # deposit paid in, deducted, refunded: key_a = deposit movement id, key_b = 0
    HOLD = 22  # confirmed to reserved, or released: key_a = hold movement id, key_b = 0
    CHANNEL_FEE = 23  # a channel's own fee as its bill says: key_a = run id, key_b = 0
    CHANNEL_SETTLED = (
        24  # the channel's money becomes ours to use, or reaches the bank: key_a = run id, key_b = 0
    )
    REFUND_PAID = 25  # refunds payable leave through the channel: key_a = run id, key_b = entity id
    RECONCILING = 26  # an approved adjusting entry over a difference: key_a = difference id, key_b = 0
    SPLIT = 27  # a share leaves the statement for the channel (分账): key_a = share id, key_b = 0
    SPLIT_PAID = 28  # a share on its way reached its party: key_a = share id, key_b = 0
    SPLIT_CLOSED = 29  # a share that did not arrive is on the statement again: key_a = share id, key_b = 0
    SPLIT_RETURNED = (
        30  # a share taken back for a refund is on the statement again: key_a = return id, key_b = 0
    )
    SPLIT_TAKEN_BACK = 31  # its money is with us at the channel again: key_a = return id, key_b = 0
    SUBSIDY_PAID = 32  # our money added to a sub-merchant's order (补差): key_a = subsidy id, key_b = 0
    SUBSIDY_TAKEN_BACK = 33  # a part of it is with us again after a refund: key_a = return id, key_b = 0
    SPLIT_AWAITED = (
        34  # what an order paid to a sub-merchant put on a statement that closes before its split moves on:
        # key_a = statement id, key_b = charge part id
    )
