"""What is refused about a file as such, in order of precedence; what it says is refused by whoever reads it."""

from zhanggui.money.errors import Refusal


class HandedFileRefused(Refusal):
    """Root of the refusals of this package."""

    code = "handed_file_refused"


class FileEndingRefused(HandedFileRefused):
    """The name ends as no file does that is taken here."""

    code = "file_ending_refused"


class FileEmpty(HandedFileRefused):
    """There is nothing in it."""

    code = "file_empty"


class FileTooLarge(HandedFileRefused):
    """It is larger than is taken here."""

    code = "file_too_large"
    http_status = 413


class FileNotWhatItSays(HandedFileRefused):
    """Its content is of another kind than its name says, or of none that is taken here."""

    code = "file_not_what_it_says"


class FileDamaged(HandedFileRefused):
    """It is packed, and breaks off or cannot be unpacked."""

    code = "file_damaged"


class FilePackedTooLarge(HandedFileRefused):
    """It unpacks to more than any honest file does (a bomb)."""

    code = "file_packed_too_large"
