"""Why a source, as a whole, cannot be read. Bad single rows are no refusals: they are `RejectRecord`s.

In order of precedence: the caller's mistake first, then the file's shape, then damage met on the way.
"""

from __future__ import annotations

from zhanggui.money.errors import Refusal


class FormatError(Refusal):
    """Root of the refusals of this package."""

    code = "source_refused"


class UnknownFormat(FormatError):
    """No format of this name; the message lists those there are."""

    code = "unknown_format"


class OptionRefused(FormatError):
    """An option is missing, unknown to the format, or contradicts it (GBP data as CNY)."""

    code = "option_refused"


class SourceNotFound(FormatError):
    """There is no file or folder at the path, or a folder lacks a file it must have."""

    code = "source_not_found"
    http_status = 404


class SourceUnreadable(FormatError):
    """It is there but cannot be read as this format: not a file, no permission, not text, not this kind."""

    code = "source_unreadable"


class SourceEmpty(FormatError):
    """The source holds nothing, not even a header."""

    code = "source_empty"


class HeaderRefused(FormatError):
    """Columns are missing, unknown, repeated, or of a type that cannot be exact."""

    code = "header_refused"


class SourceTruncated(FormatError):
    """The source breaks off or is damaged. What stood before is complete and was yielded;
    an order at the break is not, since its last rows may be missing. `rows_read` says how far it got."""

    code = "source_truncated"
