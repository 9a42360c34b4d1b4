"""What bulk rating refuses, in order of precedence."""

from zhanggui.money.errors import Refusal


class RatingError(Refusal):
    """Root of the refusals of this package."""

    code = "rating_error"


class FolderTaken(RatingError):
    """The folder holds something else than this rating, finished or begun."""

    code = "rating_folder_taken"
    http_status = 409


class RatingRunning(RatingError):
    """Another process rates into this folder."""

    code = "rating_running"
    http_status = 409


class LinesRefused(RatingError):
    """A file of order lines lacks a column, or a row of it cannot be rated."""

    code = "lines_refused"


class NotRated(RatingError):
    """There is no finished rating in this folder, or it was changed."""

    code = "not_rated"
    http_status = 404
