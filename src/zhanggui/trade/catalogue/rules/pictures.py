"""Pictures that somebody hands us: decoded, bounded, drawn anew in three widths, stripped of what they tell."""

import hashlib
import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from zhanggui.trade.catalogue.errors import PictureRefused

WIDTHS: Final = (80, 320, 800)
FORMATS: Final = ("JPEG", "PNG", "WEBP")
MOST_BYTES: Final = 10 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 12_000
SHORTEST_SIDE: Final = 16
_QUALITY: Final = 82


@dataclass(frozen=True)
class DrawnPicture:
    """A picture as it is shown: `files` are WebP by width. `digest` is SHA-256 of what was handed in."""

    digest: str
    width: int
    height: int
    size_bytes: int
    files: Mapping[int, bytes]


def drawn_picture(content: bytes, *, name: str) -> DrawnPicture:
    """This function will decode a picture and draw it anew in every width. Raises PictureRefused."""
    if not content or len(content) > MOST_BYTES:
        raise PictureRefused(
            f"{name} is empty or larger than {MOST_BYTES // 1024 // 1024} MB; choose a smaller picture",
            picture=name,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                width, height = opened.size
                _check_size(width, height, name)  # by its head, before anything is unpacked
                opened.draft("RGB", (WIDTHS[-1] * 2, WIDTHS[-1] * 2))
                opened.seek(0)
                upright = ImageOps.exif_transpose(opened)
                pixels = upright.convert("RGBA" if _is_clear(upright) else "RGB")
    except (
        UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError,
        MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning,
    ) as error:  # fmt: skip
        raise PictureRefused(
            f"{name} is no picture that can be read; send a JPEG, PNG or WebP file", picture=name
        ) from error
    return DrawnPicture(
        digest=hashlib.sha256(content).hexdigest(), width=width, height=height, size_bytes=len(content),
        files={most: _as_webp(pixels, most) for most in WIDTHS},
    )  # fmt: skip


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise PictureRefused(
            f"{name} has {width} x {height} pixels, more than are drawn here; make it smaller", picture=name
        )
    if min(width, height) < SHORTEST_SIDE:
        raise PictureRefused(
            f"{name} has {width} x {height} pixels, too few to show; send a larger picture", picture=name
        )


def _is_clear(picture: Image.Image) -> bool:
    """Whether some of it can be seen through."""
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


def _as_webp(pixels: Image.Image, most: int) -> bytes:
    """The picture at most `most` wide, as WebP and nothing else: what cameras write into files stays behind."""
    drawn = pixels.copy()
    if drawn.width > most:
        drawn = drawn.resize(
            (most, max(1, round(drawn.height * most / drawn.width))), Image.Resampling.LANCZOS
        )
    drawn.info = {}
    target = io.BytesIO()
    drawn.save(target, "WEBP", quality=_QUALITY, method=3)
    return target.getvalue()
