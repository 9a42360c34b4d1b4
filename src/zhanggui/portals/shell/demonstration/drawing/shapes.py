"""Outlines as lists of points, in units: ovals, rounded boxes, and paths in the letters of SVG."""

import math
import re
from collections.abc import Iterable, Sequence

type Point = tuple[float, float]
type Shape = list[Point]

_WORD = re.compile(r"[A-Za-z]|-?\d+(?:\.\d+)?")
_STEPS = 18  # points on a curve: enough for a smooth edge at three times 800 pixels


def oval(cx: float, cy: float, rx: float, ry: float | None = None) -> Shape:
    """An ellipse about a middle; a circle when `ry` is left out."""
    return arc(cx, cy, rx, rx if ry is None else ry, 0, 360)[:-1]


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> Shape:
    """A part of an ellipse, clockwise from `start` to `end` in degrees, 0 being to the right."""
    steps = max(8, int(abs(end - start) / 5))
    turns = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return [(cx + rx * math.cos(turn), cy + ry * math.sin(turn)) for turn in turns]


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0) -> Shape:
    """A rectangle with round corners."""
    r = min(radius, (x1 - x0) / 2, (y1 - y0) / 2)
    if r <= 0:
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return [
        *arc(x0 + r, y0 + r, r, r, 180, 270),
        *arc(x1 - r, y0 + r, r, r, 270, 360),
        *arc(x1 - r, y1 - r, r, r, 0, 90),
        *arc(x0 + r, y1 - r, r, r, 90, 180),
    ]


def path(text: str) -> Shape:
    """The points of a path written with M, L, H, V, C, Q and Z, all absolute. Raises ValueError on others."""
    words = _WORD.findall(text)
    points: Shape = []
    place, letter = 0, ""

    def numbers(count: int) -> list[float]:
        nonlocal place
        taken = [float(word) for word in words[place : place + count]]
        place += count
        return taken

    while place < len(words):
        if words[place].isalpha():
            letter = words[place]
            place += 1
        if letter in ("M", "L"):
            x, y = numbers(2)
            points.append((x, y))
        elif letter == "H":
            points.append((numbers(1)[0], points[-1][1]))
        elif letter == "V":
            points.append((points[-1][0], numbers(1)[0]))
        elif letter == "C":
            points.extend(_cubic(points[-1], numbers(6)))
        elif letter == "Q":
            x1, y1, x, y = numbers(4)
            x0, y0 = points[-1]
            near = [
                x0 + 2 * (x1 - x0) / 3,
                y0 + 2 * (y1 - y0) / 3,
                x + 2 * (x1 - x) / 3,
                y + 2 * (y1 - y) / 3,
            ]
            points.extend(_cubic((x0, y0), [*near, x, y]))
        elif letter != "Z":
            raise ValueError(f"not a path: {text[:40]}")
    return points


def _cubic(start: Point, rest: Sequence[float]) -> Iterable[Point]:
    (x0, y0), (x1, y1, x2, y2, x3, y3) = start, rest
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        yield a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


def moved(shape: Shape, dx: float, dy: float = 0) -> Shape:
    """The shape elsewhere."""
    return [(x + dx, y + dy) for x, y in shape]


def mirrored(shape: Shape, about: float = 200) -> Shape:
    """The shape with left and right swapped about an upright line."""
    return [(2 * about - x, y) for x, y in reversed(shape)]


def both(half: Shape, about: float = 200) -> Shape:
    """A shape from its right half, drawn from the top to the bottom."""
    return [*half, *mirrored(half, about)]


def turned(shape: Shape, degrees: float, cx: float = 200, cy: float = 200) -> Shape:
    """The shape turned clockwise about a point."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        (cx + (x - cx) * cosine - (y - cy) * sine, cy + (x - cx) * sine + (y - cy) * cosine) for x, y in shape
    ]


def scaled(shape: Shape, by: float, cx: float = 200, cy: float = 200) -> Shape:
    """The shape larger or smaller, about a point."""
    return [(cx + (x - cx) * by, cy + (y - cy) * by) for x, y in shape]


def leaf(x0: float, y0: float, x1: float, y1: float, width: float) -> Shape:
    """A pointed leaf from its stalk to its tip; `width` is its widest, as a part of its length."""
    dx, dy = x1 - x0, y1 - y0
    mx, my = x0 + dx * 0.45, y0 + dy * 0.45
    left, right = (mx - dy * width, my + dx * width), (mx + dy * width, my - dx * width)
    one = path(f"M{x0:.2f} {y0:.2f} Q{left[0]:.2f} {left[1]:.2f} {x1:.2f} {y1:.2f}")
    two = path(f"M{x1:.2f} {y1:.2f} Q{right[0]:.2f} {right[1]:.2f} {x0:.2f} {y0:.2f}")
    return [*one, *two]


def scattered(count: int, x0: float, y0: float, x1: float, y1: float) -> Shape:
    """So many places, evenly strewn over a rectangle (a sequence of low discrepancy)."""
    return [
        (x0 + (x1 - x0) * ((0.5 + n * 0.7548777) % 1), y0 + (y1 - y0) * ((0.5 + n * 0.5698403) % 1))
        for n in range(count)
    ]
