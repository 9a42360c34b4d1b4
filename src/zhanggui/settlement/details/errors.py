"""What the details refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class DetailError(Refusal):
    code = "detail_error"


class UnknownDetail(DetailError):
    """No detail has this identity."""

    code = "unknown_detail"
    http_status = 404


class NothingToCorrect(DetailError):
    """A correction of zero, of a detail that is itself moved on, or of what a document of its own moves."""

    code = "nothing_to_correct"


class LineFinished(DetailError):
    """The line is in a range that was finished: it is read, and never written again."""

    code = "line_finished"
    http_status = 409
