"""Pictures of the mall by their digest: what they show never changes, so browsers keep them for good."""

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse

WIDTHS = (80, 320, 800)
_DIGEST = re.compile(r"[0-9a-f]{64}")


def folder() -> Path:
    """Where the catalogue keeps pictures."""
    return Path(settings.MEDIA_ROOT) / "pictures"


def picture(request: HttpRequest, digest: str, width: int) -> HttpResponse:
    """A picture in one of the widths it was drawn in."""
    if width not in WIDTHS or not _DIGEST.fullmatch(digest):
        raise Http404
    path = folder() / digest[:2] / f"{digest}-{width}.webp"
    if not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type="image/webp")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
