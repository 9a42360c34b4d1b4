"""Keep a picture."""

import secrets
from datetime import datetime
from pathlib import Path

from zhanggui.trade.catalogue.models import Picture
from zhanggui.trade.catalogue.rules.pictures import DrawnPicture


def keep_picture(*, drawn: DrawnPicture, owner_id: int, folder: Path, at: datetime) -> Picture:
    """This function will put a picture's files into `folder` by digest and width, and its row beside them; the same
    picture handed in twice is kept once."""
    place = folder / drawn.digest[:2]
    place.mkdir(parents=True, exist_ok=True)
    for width, content in drawn.files.items():
        target = picture_path(folder, drawn.digest, width)
        if not target.is_file():
            draft = place / f".{secrets.token_hex(8)}"
            draft.write_bytes(content)
            draft.replace(target)
    row, _ = Picture.objects.get_or_create(
        digest=drawn.digest,
        defaults={"owner_id": owner_id, "width": drawn.width, "height": drawn.height,
                  "size_bytes": drawn.size_bytes, "added_at": at},
    )  # fmt: skip
    return row


def picture_path(folder: Path, digest: str, width: int) -> Path:
    """This function will say where a picture's file of one width is."""
    return folder / digest[:2] / f"{digest}-{width}.webp"
