"""What entities and terms refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class EntityError(Refusal):
    code = "entity_error"


class UnknownBusinessLine(EntityError):
    """No business line has this code."""

    code = "unknown_business_line"
    http_status = 404


class BusinessLineExists(EntityError):
    """A business line has this code already."""

    code = "business_line_exists"
    http_status = 409


class BusinessLineIncomplete(EntityError):
    """What a business line is to be opened with does not fit together."""

    code = "business_line_incomplete"


class NoTerms(EntityError):
    """No settlement terms cover a party on a day."""

    code = "no_terms"


class OverlappingTerms(EntityError):
    """Two rows of terms of one party would hold on the same day."""

    code = "overlapping_terms"


class TermsRefused(EntityError):
    """Terms that end before they begin, or wait longer than anybody would."""

    code = "terms_refused"


class OwnAccountExists(EntityError):
    """An account of ours has this code already."""

    code = "own_account_exists"
    http_status = 409


class NoOwnAccount(EntityError):
    """No account of ours has this code."""

    code = "no_own_account"
    http_status = 404


class OwnAccountIncomplete(EntityError):
    """An account of ours lacks a code, a holder or a number."""

    code = "own_account_incomplete"


class AccountDetailsRefused(EntityError):
    """A detail of an account that its kind does not have or lacks, of another type, or naming what is not there."""

    code = "account_details_refused"


class OwnAccountBusy(EntityError):
    """Payouts wait to leave the account, or are on their way; it cannot be closed."""

    code = "own_account_busy"
    http_status = 409


class OwnAccountNotInState(EntityError):
    """The account is closed already, or open already."""

    code = "own_account_not_in_state"
    http_status = 409


class UnknownContract(EntityError):
    """There is no contract with this number."""

    code = "unknown_contract"
    http_status = 404


class ContractExists(EntityError):
    """A contract has this number already."""

    code = "contract_exists"
    http_status = 409


class ContractRefused(EntityError):
    """A contract without a number or without who signed it, with the platform itself, or whose days do not follow
    one another."""

    code = "contract_refused"
