"""What intake refuses, in order of precedence. Row faults are codes on rejects; these stop a whole act."""

from zhanggui.money.errors import Refusal


class IntakeError(Refusal):
    code = "intake_error"


class ImportRunning(IntakeError):
    """Another process is importing the same source right now."""

    code = "import_running"
    http_status = 409


class UploadGone(IntakeError):
    """The file of a queued import is not there any more."""

    code = "upload_gone"


class UnknownOrder(IntakeError):
    """No order has this number."""

    code = "unknown_order"
    http_status = 404


class IdempotencyKeyConflict(IntakeError):
    """The key was used before with other content."""

    code = "idempotency_key_conflict"
    http_status = 409


class BatchTooLarge(IntakeError):
    """One call carries more rows than are taken at once."""

    code = "batch_too_large"
    http_status = 413


class HoldIncomplete(IntakeError):
    """A hold on an order lacks something, or something is not readable."""

    code = "hold_incomplete"


class HoldNumberTaken(IntakeError):
    """The number names a hold on another order, or one for another reason."""

    code = "hold_number_taken"
    http_status = 409


class OrderBilled(IntakeError):
    """Every line of the order is billed: there is nothing left to hold."""

    code = "order_billed"
    http_status = 409


class UnknownHold(IntakeError):
    """No hold has this number."""

    code = "unknown_hold"
    http_status = 404


class FeedExists(IntakeError):
    """A charge feed has this code already."""

    code = "feed_exists"
    http_status = 409


class UnknownFeed(IntakeError):
    """No charge feed has this code."""

    code = "unknown_feed"
    http_status = 404


class FeedIncomplete(IntakeError):
    """What a charge feed is to be does not fit together."""

    code = "feed_incomplete"


class FeedNotInState(IntakeError):
    """The feed is switched off already, or on already, or must be on for this."""

    code = "feed_not_in_state"
    http_status = 409


class FeedChanged(IntakeError):
    """The feed became another one while it was pulled, or another worker pulls it."""

    code = "feed_changed"
    http_status = 409


class PullLost(IntakeError):
    """Nothing was heard of whoever pulled a feed."""

    code = "pull_lost"


class NoFeedReader(IntakeError):
    """This installation has nothing that could fetch a page of a feed."""

    code = "no_feed_reader"
