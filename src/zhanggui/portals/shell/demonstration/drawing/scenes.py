"""A scene is what one picture shows, in words; drawn, it is an image. The same words give the same image."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from zhanggui.portals.shell.demonstration.drawing.backdrops import BACKDROPS, wall
from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Colour, Palette, colour, dark, light, mixed
from zhanggui.portals.shell.demonstration.drawing.motifs import MOTIFS
from zhanggui.portals.shell.demonstration.drawing.shapes import box, oval, path

CLOSE_UP = (118.0, 138.0, 196.0)  # the upper left corner and the side of what a close-up shows, in units
_APART = 95  # walls nearer to the goods than this make them hard to see


@dataclass(frozen=True)
class Scene:
    """Goods before a wall: `colours` are one to three names, `walls` those the shop likes, best first."""

    motif: str
    colours: tuple[str, ...]
    backdrop: str
    walls: tuple[str, ...]

    def in_colour(self, name: str) -> "Scene":
        """The same scene, the goods having another main colour."""
        return replace(self, colours=(name, *self.colours[1:]))


def drawn(scene: Scene) -> Image.Image:
    """A scene of 800 by 800 pixels. Raises KeyError for unknown words."""
    return _drawn(scene, (0.0, 0.0, 1.0))


def drawn_near(scene: Scene) -> Image.Image:
    """A close-up of a scene, as large as the scene."""
    x, y, side = CLOSE_UP
    zoom = 400 / side
    return _drawn(scene, (-x * zoom, -y * zoom, zoom))


def _drawn(scene: Scene, place: tuple[float, float, float]) -> Image.Image:
    tone = _wall_apart(scene)
    canvas = Canvas(400, 400, tone)
    with canvas.placed(*place):
        BACKDROPS[scene.backdrop](canvas, tone)
        MOTIFS[scene.motif](canvas, _palette(scene.colours, tone))
    return canvas.finished()


def banner(goods: Sequence[Sequence[str]], wall_name: str) -> Image.Image:
    """A shop's banner of 1200 by 300 pixels: three goods (motif and colours) to the right, room for words. They stand
    away from the upper and lower edge, where a wider place cuts the banner."""
    tone = wall(wall_name)
    canvas = Canvas(600, 150, tone)
    canvas.fill(oval(470, 68, 128), light(tone, 0.34))
    canvas.fill(oval(470, 68, 80), light(tone, 0.55))
    hill = path("M0 100 C90 72 170 110 262 94 C320 84 352 100 400 94 V150 H0 Z")
    canvas.fill(hill, mixed(tone, light(tone), 0.55))
    canvas.fill(box(0, 106, 600, 150), mixed(tone, dark(tone), 0.3))
    places = ((338, 36, 0.245), (410, 20, 0.3), (498, 36, 0.245))
    for place, (motif, *colours) in zip(places, goods, strict=True):
        with canvas.placed(*place):
            MOTIFS[motif](canvas, _palette(colours, tone))
    return canvas.finished()


def emblem(motif: str, colours: Sequence[str], wall_name: str) -> Image.Image:
    """A shop's emblem of 400 by 400 pixels: one motif in a disc."""
    tone = wall(wall_name)
    canvas = Canvas(200, 200, mixed(tone, dark(tone), 0.25))
    canvas.fill(oval(100, 100, 94), light(tone, 0.6))
    with canvas.placed(-4, -8, 0.52):
        MOTIFS[motif](canvas, _palette(colours, light(tone, 0.6)))
    return canvas.finished()


def _palette(names: Sequence[str], tone: Colour) -> Palette:
    main = colour(names[0])
    second = colour(names[1]) if len(names) > 1 else light(main, 0.6)
    return Palette(main, second, colour(names[2] if len(names) > 2 else "gold"), tone)


def _wall_apart(scene: Scene) -> Colour:
    """The first wall the goods stand out from, else the one they stand out from most."""
    goods = colour(scene.colours[0])
    tones = [wall(name) for name in scene.walls]
    distances = [sum(abs(a - b) for a, b in zip(goods, tone, strict=True)) for tone in tones]
    for tone, distance in zip(tones, distances, strict=True):
        if distance >= _APART:
            return tone
    return tones[distances.index(max(distances))]
