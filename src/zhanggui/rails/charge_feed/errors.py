"""What a feed may answer that we cannot take, in order of precedence."""

from zhanggui.money.errors import Refusal


class FeedError(Refusal):
    code = "feed_error"
    http_status = 502


class FeedUnreachable(FeedError):
    """No answer, or one that is no success."""

    code = "feed_unreachable"


class FeedUnreadable(FeedError):
    """The answer is not what the protocol says."""

    code = "feed_unreadable"
