"""The pictures of a vendor's goods, a few each; for shops a banner and an emblem.

What was drawn is kept beside the pictures of the catalogue, by a digest of its words and of the drawing itself, so
that a home that plays the demonstration again does not draw again.
"""

import hashlib
import io
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from PIL import Image

from zhanggui.portals.shell.demonstration.drawing import scenes
from zhanggui.portals.shell.demonstration.drawing.canvas import webp
from zhanggui.portals.shell.demonstration.drawing.scenes import Scene
from zhanggui.portals.shell.demonstration.mall.reading import Good, Vendor
from zhanggui.trade.catalogue.rules.pictures import WIDTHS, DrawnPicture

MOST_COLOURS = 2
_SMALLER = tuple(width for width in WIDTHS if width < max(WIDTHS))


def scenes_of(vendor: Vendor) -> Iterator[tuple[Good, list[Scene]]]:
    """Each good with what its pictures show, the face first: one for each of the first colours it is sold in."""
    for place, good in enumerate(vendor.goods):
        walls = [vendor.walls[(place + turn) % len(vendor.walls)] for turn in range(len(vendor.walls))]
        motif, *colours = good.picture
        backdrop = vendor.backdrops[place % len(vendor.backdrops)]
        scene = Scene(motif, tuple(colours), backdrop, tuple(walls))
        sold_in = dict.fromkeys(choice.specs["colour"] for choice in good.choices if "colour" in choice.specs)
        yield good, [scene.in_colour(name) for name in list(sold_in)[:MOST_COLOURS]] or [scene]


def pictures_of(shown: Sequence[Scene], folder: Path) -> list[DrawnPicture]:
    """The pictures of a good as files: its scenes, and a close-up where there is only one."""
    pictures = [_kept(repr(scene), lambda scene=scene: scenes.drawn(scene), folder) for scene in shown]
    if len(shown) == 1:
        pictures.append(_kept(f"near {shown[0]!r}", lambda: scenes.drawn_near(shown[0]), folder))
    return pictures


def banner_of(shop: Vendor, folder: Path) -> DrawnPicture:
    """A shop's banner as files."""
    goods, wall = shop.banner["goods"], shop.banner["wall"]
    return _kept(f"banner {goods} {wall}", lambda: scenes.banner(goods, wall), folder)


def emblem_of(shop: Vendor, folder: Path) -> DrawnPicture:
    """A shop's emblem as files."""
    (motif, *colours), wall = shop.banner["goods"][0], shop.banner["wall"]
    return _kept(f"emblem {motif} {colours} {wall}", lambda: scenes.emblem(motif, colours, wall), folder)


def _kept(words: str, draw: Callable[[], Image.Image], folder: Path) -> DrawnPicture:
    """The picture of these words: from the folder if it was drawn before, else drawn and put there."""
    name = hashlib.sha256(f"{drawing_version()} {words}".encode()).hexdigest()
    original = folder / f"{name}.webp"
    smaller = {width: folder / f"{name}-{width}.webp" for width in _SMALLER}
    if not original.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        image = draw()
        narrow = image
        for width, place in sorted(smaller.items(), reverse=True):
            narrow = narrow.resize((width, image.height * width // image.width), Image.Resampling.BOX)
            place.write_bytes(webp(narrow))
        draft = folder / f".{secrets.token_hex(8)}"  # two goods may show the same, drawn at once
        draft.write_bytes(webp(image))
        draft.replace(original)
    content = original.read_bytes()
    with Image.open(io.BytesIO(content)) as opened:
        width, height = opened.size
    largest: Mapping[int, bytes] = {max(WIDTHS): content}
    return DrawnPicture(
        digest=hashlib.sha256(content).hexdigest(), width=width, height=height, size_bytes=len(content),
        files={**{width: place.read_bytes() for width, place in smaller.items()}, **largest},
    )  # fmt: skip


@lru_cache(maxsize=1)
def drawing_version() -> str:
    """A digest of the drawing's own source: drawn otherwise, it is another picture."""
    folder = files("zhanggui.portals.shell.demonstration.drawing")
    sources = sorted((one.name, one.read_bytes()) for one in folder.iterdir() if one.name.endswith(".py"))
    return hashlib.sha256(b"\0".join(name.encode() + content for name, content in sources)).hexdigest()
