"""An uploaded file in memory: its size is checked before it is read, its content by whoever takes it in."""

from django.core.files.uploadedfile import UploadedFile

from zhanggui.files.checking import Taken, check_size


def content_of(uploaded: UploadedFile, taken: Taken) -> bytes:
    """The bytes of an uploaded file. Raises FileEmpty, FileTooLarge."""
    check_size(uploaded.name or "", uploaded.size or 0, taken)
    return b"".join(uploaded.chunks())  # from its beginning: somebody may have read it before, for its digest
