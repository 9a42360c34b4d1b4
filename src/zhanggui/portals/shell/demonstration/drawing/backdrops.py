"""What stands behind the goods: a wall, a floor, and one large quiet shape."""

from collections.abc import Callable, Mapping

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Colour, colour, dark, light, mixed
from zhanggui.portals.shell.demonstration.drawing.shapes import box, oval, path

FLOOR = 288.0


def _floor(c: Canvas, wall: Colour) -> None:
    c.fill(box(0, FLOOR, 400, 400), mixed(wall, dark(wall), 0.32))


def disc(c: Canvas, wall: Colour) -> None:
    """A round light on the wall."""
    c.fill(oval(200, 182, 148), light(wall, 0.5))
    _floor(c, wall)


def arch(c: Canvas, wall: Colour) -> None:
    """A niche with a round top."""
    c.fill(path("M72 288 V176 C72 92 130 42 200 42 C270 42 328 92 328 176 V288 Z"), light(wall, 0.5))
    c.fill(path("M312 288 V176 C312 92 266 46 200 42 C270 42 328 92 328 176 V288 Z"), dark(wall, 0.1))
    _floor(c, wall)


def sill(c: Canvas, wall: Colour) -> None:
    """The light of a window, slanting."""
    c.fill(path("M96 0 H196 L96 288 H-4 Z"), light(wall, 0.4))
    c.fill(path("M222 0 H322 L222 288 H122 Z"), light(wall, 0.4))
    _floor(c, wall)


def dune(c: Canvas, wall: Colour) -> None:
    """Two soft hills under a sun."""
    c.fill(oval(300, 104, 56), light(wall, 0.62))
    c.fill(path("M0 232 C60 172 140 172 210 226 C270 270 340 230 400 196 V300 H0 Z"), light(wall, 0.36))
    _floor(c, wall)


def stage(c: Canvas, wall: Colour) -> None:
    """A round stand, as goods stand in a window."""
    c.fill(oval(200, 170, 130), light(wall, 0.4))
    _floor(c, wall)
    top = light(wall, 0.55)
    c.fill(path("M48 316 V400 H352 V316 Z"), dark(wall, 0.2))
    c.fill(path("M48 316 V400 H246 C236 380 236 340 250 316 Z"), dark(wall, 0.1))
    c.fill(oval(200, 316, 152, 32), top)


BACKDROPS: Mapping[str, Callable[[Canvas, Colour], None]] = {
    "disc": disc, "arch": arch, "sill": sill, "dune": dune, "stage": stage,
}  # fmt: skip
WALLS = {
    "blush": "f3d7cf", "peach": "f7dcc0", "butter": "f5e6b8", "sage": "d3e0cb", "mint": "cbe6da",
    "mist": "cfdfe8", "sky": "c9def0", "lilac": "dcd3ea", "sand": "eadfcd", "stone": "dcdad6",
    "rose": "efc9cf", "clay": "e6c3ae",
}  # fmt: skip


def wall(name: str) -> Colour:
    """The colour of a wall by its name. Raises KeyError for an unknown one."""
    return colour("#" + WALLS[name])
