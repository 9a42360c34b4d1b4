"""Pictures: three kinds are taken, everything else is refused by name; what is kept tells nothing of its maker."""

import io
import struct
import zlib
from itertools import chain

import pytest
from PIL import Image

from tests.trade.market import png
from zhanggui.trade.catalogue.errors import PictureRefused
from zhanggui.trade.catalogue.rules.pictures import WIDTHS, drawn_picture


def drawn(kind: str, **more: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (1200, 600), "navy").save(target, kind, **more)
    return target.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it has more pixels than any memory."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_in_every_width(kind: str) -> None:
    picture = drawn_picture(drawn(kind), name="a")
    sizes = {width: Image.open(io.BytesIO(content)).size for width, content in picture.files.items()}
    assert sizes == {80: (80, 40), 320: (320, 160), 800: (800, 400)}
    assert (picture.width, picture.height, tuple(picture.files)) == (1200, 600, WIDTHS)


def test_a_small_picture_is_not_blown_up() -> None:
    picture = drawn_picture(png(64, 48), name="a")
    assert Image.open(io.BytesIO(picture.files[800])).size == (64, 48)


def test_what_a_camera_wrote_is_left_behind_and_its_turn_is_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010F] = "Secret Camera"
    picture = drawn_picture(drawn("JPEG", exif=exif, comment=b"secret place"), name="a")
    assert all(b"ecret" not in content for content in picture.files.values())
    assert Image.open(io.BytesIO(picture.files[80])).size == (80, 160)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BAD = {
    "nothing": b"",
    "text": b"no picture at all",
    "svg": SVG,
    "script.png": b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
    "gif": drawn("GIF"),
    "tiff": drawn("TIFF"),
    "cut.jpg": drawn("JPEG")[:900],
    "bomb.png": bomb(),
    "long.png": bomb(20_000, 100),
    "dot.png": png(3, 3),
    "much.jpg": bytes(chain.from_iterable([b"\xff\xd8\xff", b"0" * 11_000_000])),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_refused_by_name(name: str) -> None:
    with pytest.raises(PictureRefused, match=name):
        drawn_picture(BAD[name], name=name)
