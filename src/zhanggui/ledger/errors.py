"""What the ledger refuses, in order of precedence."""

from zhanggui.money.errors import Refusal


class LedgerError(Refusal):
    code = "ledger_error"


class UnknownPurpose(LedgerError):
    """The account's purpose is not in the chart of accounts."""

    code = "unknown_purpose"


class LedgerCurrencyMismatch(LedgerError):
    """An entry names an account of another currency or entity than its own."""

    code = "ledger_currency_mismatch"


class UnbalancedEntry(LedgerError):
    """The legs of an entry do not sum to zero."""

    code = "unbalanced_entry"


class EntryKeyConflict(LedgerError):
    """An entry with this source and key exists, with other content."""

    code = "entry_key_conflict"
