"""What statements refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class StatementError(Refusal):
    code = "statement_error"


class UnknownStatement(StatementError):
    """No statement has this number."""

    code = "unknown_statement"
    http_status = 404


class StatementNotConfirming(StatementError):
    """The act needs a closed statement that waits for confirmation."""

    code = "statement_not_confirming"
    http_status = 409


class DetailNotOnStatement(StatementError):
    """The disputed detail is not on this statement."""

    code = "detail_not_on_statement"


class AlreadyDisputed(StatementError):
    """The detail is disputed, or was."""

    code = "already_disputed"
    http_status = 409


class DisputeNotOpen(StatementError):
    """The dispute is settled already."""

    code = "dispute_not_open"
    http_status = 409


class CutOffInTheFuture(StatementError):
    """A period may be closed only when its last day is over."""

    code = "cut_off_in_the_future"


class StatementStepRefused(StatementError):
    """The statement cannot step from where it is to there."""

    code = "statement_step_refused"
    http_status = 409
