"""What approvals refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class ApprovalError(Refusal):
    code = "approval_error"


class UnknownApproval(ApprovalError):
    """No request has this number."""

    code = "unknown_approval"
    http_status = 404


class AlreadyRequested(ApprovalError):
    """The document waits for a decision already, with other content."""

    code = "approval_already_requested"
    http_status = 409


class ApprovalNotPending(ApprovalError):
    """The request is decided, withdrawn or expired."""

    code = "approval_not_pending"
    http_status = 409


class MakerIsChecker(ApprovalError):
    """Who made a document cannot decide about it."""

    code = "maker_is_checker"
    http_status = 403


class NotTheMaker(ApprovalError):
    """Only the maker withdraws a request."""

    code = "not_the_maker"
    http_status = 403


class CheckedAlready(ApprovalError):
    """The same person cannot give two of the approvals that a document needs."""

    code = "checked_already"
    http_status = 409


class AboveLimit(ApprovalError):
    """The amount is above what the checker's roles may approve."""

    code = "above_limit"
    http_status = 403


class ProofMissing(ApprovalError):
    """Neither a second factor nor the amount, typed once more, came with the approval."""

    code = "proof_missing"


class AmountRetypedWrong(ApprovalError):
    """The amount typed once more is not the document's."""

    code = "amount_retyped_wrong"


class ContentChanged(ApprovalError):
    """What is to be carried out is not what was approved."""

    code = "content_changed"
    http_status = 409


class LimitIncomplete(ApprovalError):
    """A limit names a role or a kind that is not there, or its amounts do not fit together."""

    code = "limit_incomplete"


class LimitAboveOwn(ApprovalError):
    """Nobody gives a role a limit above the one they have themselves."""

    code = "limit_above_own"
    http_status = 403
