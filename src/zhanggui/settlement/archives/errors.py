"""What archives refuse, in order of precedence."""

from zhanggui.money.errors import Refusal


class ArchiveError(Refusal):
    code = "archive_error"


class MonthNotOver(ArchiveError):
    """The month has not ended."""

    code = "month_not_over"


class ArchivingRunning(ArchiveError):
    """Another process is archiving."""

    code = "archiving_running"
    http_status = 409


class LinesBusy(ArchiveError):
    """Somebody writes or reads lines for so long that no range could be opened."""

    code = "lines_busy"
    http_status = 409


class RangeNotClosed(ArchiveError):
    """Lines still go to the range."""

    code = "range_not_closed"
    http_status = 409


class RangeNotSettled(ArchiveError):
    """Something about lines of the range is open, or not archived."""

    code = "range_not_settled"
    http_status = 409


class RangeTooYoung(ArchiveError):
    """The law still asks for lines of the range."""

    code = "range_too_young"
    http_status = 409


class RangeNotInFiles(ArchiveError):
    """Rows of the range are not in the files as they are in the database."""

    code = "range_not_in_files"
    http_status = 409


class RangeChanged(ArchiveError):
    """The range is not what was put up for approval."""

    code = "range_changed"
    http_status = 409


class NotArchived(ArchiveError):
    """The statement, or the month, is in no archive."""

    code = "not_archived"
    http_status = 404


class ArchiveDamaged(ArchiveError):
    """A file is gone, was changed, or does not prove what it holds."""

    code = "archive_damaged"
