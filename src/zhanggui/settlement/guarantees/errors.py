"""What deposits and holds refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class GuaranteeError(Refusal):
    code = "guarantee_error"


class UnknownGuarantee(GuaranteeError):
    """No deposit, deposit order or hold has this number."""

    code = "unknown_guarantee"
    http_status = 404


class GuaranteeIncomplete(GuaranteeError):
    """The document lacks a reason, or its amount, rate or days are out of range."""

    code = "guarantee_incomplete"


class DepositTooSmall(GuaranteeError):
    """More is asked of the deposit than is there and free."""

    code = "deposit_too_small"
    http_status = 409


class DepositOrderNotPending(GuaranteeError):
    """The document is decided already."""

    code = "deposit_order_not_pending"
    http_status = 409


class NoStatementYet(GuaranteeError):
    """The party has no statement at the entity on which the document could appear."""

    code = "no_statement_yet"
    http_status = 409


class HoldNotOpen(GuaranteeError):
    """The hold is released already."""

    code = "hold_not_open"
    http_status = 409


class AlreadyFrozen(GuaranteeError):
    """The party is frozen already."""

    code = "already_frozen"
    http_status = 409


class NothingFree(GuaranteeError):
    """Less is confirmed and unpaid than should be set aside."""

    code = "nothing_free"
    http_status = 409
