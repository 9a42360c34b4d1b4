"""What the platform's screens refuse, and what their jobs can run into."""

from zhanggui.money.errors import Refusal


class UploadGone(Refusal):
    """The file of a queued import is not there any more."""

    code = "upload_gone"
