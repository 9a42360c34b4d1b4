"""What shapes are drawn on: twice as fine as wanted, then made smaller, so that edges are smooth."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageDraw, ImageFilter

from zhanggui.portals.shell.demonstration.drawing.hues import Colour, dark, light
from zhanggui.portals.shell.demonstration.drawing.shapes import Shape, moved, oval

FINE = 2
type _Where = tuple[int, int, int, int]

_BLUR = 12  # a shadow is drawn this much coarser than the rest


class Canvas:
    """A picture of so many units; `pixels` is what one unit measures in the finished picture."""

    def __init__(self, width: int, height: int, ground: Colour, pixels: int = 2) -> None:
        self.width, self.height = width, height
        self._scale = float(pixels * FINE)
        self._image = Image.new("RGB", (round(width * self._scale), round(height * self._scale)), ground)
        self._draw = ImageDraw.Draw(self._image)
        self._zoom, self._dx, self._dy = 1.0, 0.0, 0.0
        self._origin = 0, 0

    @contextmanager
    def placed(self, x: float, y: float, zoom: float) -> Iterator[None]:
        """What is drawn meanwhile is `zoom` times as large, its upper left corner being at (x, y)."""
        before = self._zoom, self._dx, self._dy
        self._zoom, self._dx, self._dy = zoom, x, y
        try:
            yield
        finally:
            self._zoom, self._dx, self._dy = before

    def fill(self, shape: Shape, colour: Colour) -> None:
        """Fill a shape."""
        self._draw.polygon(self._points(shape), fill=colour)

    def line(self, shape: Shape, colour: Colour, width: float) -> None:
        """Draw along the points with a round pen."""
        points = self._points(shape)
        pen = max(1, round(width * self._scale * self._zoom))
        self._draw.line(points, fill=colour, width=pen, joint="curve")
        for x, y in (points[0], points[-1]):
            r = (pen - 1) / 2
            self._draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def solid(self, shape: Shape, colour: Colour, shade: float = 12, shine: float = 5) -> None:
        """Fill a shape as a body: the side away from the light is darker by a rim, the near side lighter."""
        self.fill(shape, colour)
        if not shade and not shine:
            return
        where, mask = self._mask(shape)
        if shade:
            self._rim(shape, where, mask, -shade, -shade * 0.35, dark(colour, 0.17))
        if shine:
            self._rim(shape, where, mask, shine, shine * 0.5, light(colour, 0.4))

    def _rim(
        self, shape: Shape, where: _Where, mask: Image.Image, dx: float, dy: float, colour: Colour
    ) -> None:
        """Colour what of the shape (its mask is given) is not covered by the shape moved by (dx, dy)."""
        _, rest = self._mask(moved(shape, dx, dy), where, ground=mask)
        box = rest.getbbox()
        if box:
            there = (where[0] + box[0], where[1] + box[1], where[0] + box[2], where[1] + box[3])
            self._image.paste(colour, there, rest.crop(box))

    @contextmanager
    def within(self, shape: Shape) -> Iterator[None]:
        """What is drawn meanwhile shows only inside the shape."""
        where, mask = self._mask(shape)
        outer, origin = self._image, self._origin
        self._image = outer.crop(where)
        self._draw = ImageDraw.Draw(self._image)
        self._origin = origin[0] + where[0], origin[1] + where[1]
        yield
        outer.paste(self._image, where, mask)
        self._image, self._origin = outer, origin
        self._draw = ImageDraw.Draw(outer)

    def wash(self, shape: Shape, colour: Colour, part: float) -> None:
        """Lay a thin colour over a shape: `part` of it shows."""
        where, mask = self._mask(shape)
        self._image.paste(colour, where, mask.convert("L").point(lambda value: int(value * part)))

    def shadow(self, cx: float, cy: float, rx: float, ry: float, part: float = 0.3) -> None:
        """A soft shadow on the floor."""
        room = ry * 2.2
        where = self._bounds([(cx - rx - room, cy - ry - room), (cx + rx + room, cy + ry + room)])
        size = where[2] - where[0], where[3] - where[1]
        if min(size) < _BLUR:
            return
        small = Image.new("L", (size[0] // _BLUR, size[1] // _BLUR), 0)
        points = [
            ((x - where[0]) / _BLUR, (y - where[1]) / _BLUR) for x, y in self._points(oval(cx, cy, rx, ry))
        ]
        ImageDraw.Draw(small).polygon(points, fill=round(255 * part))
        blur = ry * 0.55 * self._scale * self._zoom / _BLUR
        mask = small.filter(ImageFilter.GaussianBlur(blur)).resize(size, Image.Resampling.BICUBIC)
        self._image.paste(dark((120, 100, 120), 0.6), where, mask)

    def finished(self) -> Image.Image:
        """The picture in the size wanted."""
        return self._image.reduce(FINE)

    def _points(self, shape: Shape) -> Shape:
        k, (left, top) = self._scale, self._origin
        zoom, dx, dy = self._zoom, self._dx, self._dy
        return [((x * zoom + dx) * k - left, (y * zoom + dy) * k - top) for x, y in shape]

    def _bounds(self, shape: Shape) -> _Where:
        points = self._points(shape)
        xs, ys = [x for x, _ in points], [y for _, y in points]
        width, height = self._image.size
        left, top = max(0, int(min(xs)) - 2), max(0, int(min(ys)) - 2)
        return left, top, max(left, min(width, int(max(xs)) + 3)), max(top, min(height, int(max(ys)) + 3))

    def _mask(
        self, shape: Shape, where: _Where | None = None, ground: Image.Image | None = None
    ) -> tuple[_Where, Image.Image]:
        """Where a shape is, and its mask there; with a `ground`, the shape is cut out of that mask instead."""
        where = where or self._bounds(shape)
        mask = ground.copy() if ground else Image.new("1", (where[2] - where[0], where[3] - where[1]), 0)
        points = [(x - where[0], y - where[1]) for x, y in self._points(shape)]
        ImageDraw.Draw(mask).polygon(points, fill=0 if ground else 1)
        return where, mask


def webp(image: Image.Image, quality: int = 84) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    image.save(out, "WEBP", quality=quality, method=2)
    return out.getvalue()
