"""The words of reconciliation as numbers and texts: kinds of bills, rows, legs and differences. Pure."""

from enum import IntEnum, StrEnum


class BillKind(StrEnum):
    """What a bill is about."""

    TRADE = "trade"  # payments and refunds as the channel knows them (交易账单)
    FUND = "fund"  # every move of our balance at the channel (资金账单)
    STATEMENT = "statement"  # the statement of a bank account


class RowKind(IntEnum):
    """What a row of a bill is, seen from us."""

    PAYMENT = 1
    REFUND = 2
    FEE = 3
    FEE_BACK = 4
    WITHDRAWAL = 5  # from the channel to our bank account (提现, 结算)
    OTHER_IN = 6  # nothing else: a payout of ours that came back, by its number, or what we do not know
    OTHER_OUT = 7  # likewise a payout of ours, or what we do not know
    BANK_IN = 8
    BANK_OUT = 9
    SHARE = 10  # shares and subsidies, in either direction (分账, 补差)
    PAYOUT_FEE = 11  # the channel's fee for a payout, or that fee given back


class RowState(IntEnum):
    """How far the channel is with it."""

    SUCCESS = 1
    PROCESSING = 2
    FAILED = 3


class Leg(IntEnum):
    """What is held against what."""

    TRADE = 1  # our payments and refunds, the trade bill
    FUND = 2  # the trade bill, the fund bill
    LEDGER = 3  # the ledger account, the fund bill
    BANK = 4  # withdrawals of the fund bill (and what we paid and took in), the bank statement
    PAYOUT = 5  # what we paid out through a channel, the bill of the channel


class OurKind(IntEnum):
    """What stands on our side of a match: `our_a` and `our_b` say which."""

    NONE = 0
    PAYMENT = 1  # order id, sequence
    REFUND = 2  # lowest id of the staged refunds of its number, 0
    BILL_ROW = 3  # bill id, row number
    BALANCE = 4  # bill id, 0
    PAYOUT = 5  # payout id, attempt (negative: it came back, 1000 less for each further part)
    BILL_FEE = 6  # bill id, row number: the fee that a row of a trade bill names
    RECEIPT = 7  # receipt id, 0
    PAYOUT_FEE = 8  # payout id, attempt (negative: given back)


class DifferenceKind(StrEnum):
    """How two sides differ (差异类型)."""

    MISSING_HERE = "missing_here"  # 他有我无
    MISSING_THERE = "missing_there"  # 我有他无
    AMOUNT = "amount"
    FEE = "fee"
    STATE = "state"
    DUPLICATE = "duplicate"
    BALANCE = "balance"


class DifferenceState(StrEnum):
    """Where the handling of a difference stands."""

    SUSPENDED = "suspended"  # by the cut of the day: its other side may come tomorrow
    OPEN = "open"
    CLEARED = "cleared"  # its other side came
    EXPLAINED = "explained"
    ADJUSTED = "adjusted"
    WRITTEN_OFF = "written_off"


LIVE = (DifferenceState.SUSPENDED, DifferenceState.OPEN)
MILLI = 1000  # fees are kept in thousandths of a minor unit: bills print them with five decimals of a yuan
