"""What adjustments and rebates refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class AdjustmentError(Refusal):
    code = "adjustment_error"


class UnknownAdjustment(AdjustmentError):
    """No adjustment, or no rebate agreement, has this number."""

    code = "unknown_adjustment"
    http_status = 404


class AdjustmentIncomplete(AdjustmentError):
    """The document lacks a reason, an amount, or names a fee that adjustments cannot use."""

    code = "adjustment_incomplete"


class AdjustmentNotPending(AdjustmentError):
    """The document is decided already."""

    code = "adjustment_not_pending"
    http_status = 409


class NotReversible(AdjustmentError):
    """Only an approved adjustment is reversed, and only once."""

    code = "adjustment_not_reversible"
    http_status = 409


class AdjustmentNotBillable(AdjustmentError):
    """The charge that the document would become is refused."""

    code = "adjustment_not_billable"


class UnreadableTiers(AdjustmentError):
    """The tiers of a rebate do not begin at zero, do not rise, or have a rate out of range."""

    code = "unreadable_tiers"
