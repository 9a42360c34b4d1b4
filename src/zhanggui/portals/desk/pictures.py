"""Pictures at the edge: taken in from a form, kept under MEDIA_ROOT, shown under an address that never changes."""

from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone

from zhanggui.trade.catalogue.errors import PictureRefused
from zhanggui.trade.catalogue.operations.keep_picture import keep_picture
from zhanggui.trade.catalogue.rules.pictures import MOST_BYTES, WIDTHS, drawn_picture

ACCEPTED = "image/jpeg,image/png,image/webp"


def picture_folder() -> Path:
    """Where drawn pictures are."""
    return Path(settings.MEDIA_ROOT) / "pictures"


def kept_picture(uploaded: UploadedFile, *, owner_id: int) -> str:
    """Decode, draw and keep a picture that somebody uploaded; its digest. Raises PictureRefused."""
    name = uploaded.name or "the file"
    if (uploaded.size or 0) > MOST_BYTES:  # before it is read
        raise PictureRefused(
            f"{name} is empty or larger than {MOST_BYTES // 1024 // 1024} MB; choose a smaller picture",
            picture=name,
        )
    content = b"".join(uploaded.chunks())  # from its beginning: it may have been read before, for its digest
    return kept_content(content, name=name, owner_id=owner_id)


def kept_content(content: bytes, *, name: str, owner_id: int) -> str:
    """The same for a picture that is in memory."""
    drawn = drawn_picture(content, name=name)
    return keep_picture(drawn=drawn, owner_id=owner_id, folder=picture_folder(), at=timezone.now()).digest


def picture_url(digest: str, width: int) -> str:
    """The address of a picture in the smallest width that is at least `width`."""
    drawn = next((one for one in WIDTHS if one >= width), WIDTHS[-1])
    return reverse("desk:picture", args=[digest, drawn])
