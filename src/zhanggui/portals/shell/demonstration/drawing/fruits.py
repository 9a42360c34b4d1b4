"""Fruit and things to eat."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Colour, Palette, colour, dark, light, mixed
from zhanggui.portals.shell.demonstration.drawing.shapes import (
    arc,
    box,
    leaf,
    moved,
    oval,
    path,
    scaled,
    turned,
)

STALK, GREEN = colour("walnut"), colour("green")


def _gloss(c: Canvas, x: float, y: float, size: float = 1) -> None:
    c.wash(turned(oval(x, y, 9 * size, 20 * size), 28, x, y), colour("white"), 0.45)


def apple(c: Canvas, p: Palette) -> None:
    """An apple, and one behind it."""
    c.shadow(208, 312, 118, 15)
    shape = path(
        "M200 154 C226 128 292 132 298 200 C302 258 262 312 232 312 C218 312 212 306 200 306 "
        "C188 306 182 312 "
        "168 312 C138 312 98 258 102 200 C108 132 174 128 200 154 Z"
    )
    c.solid(moved(scaled(shape, 0.8, 200, 312), 84, -6), p.second, 18, 6)
    front = moved(shape, -34, 4)
    c.solid(front, p.main, 22, 9)
    c.line(path("M166 162 C164 140 170 122 182 108"), STALK, 7)
    c.fill(leaf(174, 136, 228, 96, 0.34), GREEN)
    c.line([(174, 136), (216, 105)], light(GREEN, 0.3), 2)
    _gloss(c, 102, 212, 1.2)


def orange(c: Canvas, p: Palette) -> None:
    """Two oranges and a half."""
    c.shadow(200, 314, 128, 14)
    c.solid(oval(254, 222, 72), p.main, 16, 7)
    c.fill(leaf(250, 154, 296, 122, 0.36), GREEN)
    c.fill(leaf(250, 154, 214, 126, 0.32), dark(GREEN, 0.15))
    c.fill(oval(250, 155, 6, 4), STALK)
    c.solid(oval(140, 236, 78), p.main, 18, 8)
    c.fill(oval(136, 170, 6, 4), dark(GREEN, 0.2))
    _gloss(c, 88, 214)
    c.solid(oval(232, 262, 54), p.main, 6, 0)
    c.fill(oval(230, 261, 48), light(p.main, 0.85))
    for n in range(9):
        wedge = path("M230 256 C220 240 218 228 221 219 C226 215 234 215 239 219 C242 228 240 240 230 256 Z")
        c.fill(turned(wedge, n * 40, 230, 261), light(p.main, 0.12))


def peach(c: Canvas, p: Palette) -> None:
    """A peach with two leaves."""
    c.shadow(204, 314, 104, 15)
    shape = path(
        "M200 132 C262 108 314 158 304 222 C296 276 250 314 200 314 C150 314 104 276 96 222 C86 "
        "158 138 108 "
        "200 132 Z"
    )
    c.solid(shape, p.main, 22, 9)
    with c.within(shape):
        c.wash(oval(262, 190, 74, 84), p.second, 0.45)
    c.line(path("M200 134 C172 176 174 250 198 300"), dark(p.main, 0.16), 4)
    c.line([(200, 134), (206, 106)], STALK, 7)
    c.fill(leaf(204, 122, 290, 92, 0.28), GREEN)
    c.line([(204, 122), (274, 98)], light(GREEN, 0.3), 2.5)
    c.fill(leaf(202, 124, 128, 84, 0.26), dark(GREEN, 0.12))
    _gloss(c, 124, 192, 1.2)


def grapes(c: Canvas, p: Palette) -> None:
    """A bunch of grapes."""
    c.shadow(200, 322, 76, 11)
    c.line(path("M200 138 C198 110 206 92 220 74"), STALK, 8)
    rows = (4, 5, 4, 3, 2, 1)
    for row, count in reversed(list(enumerate(rows))):
        for n in range(count):
            x = 200 + (n - (count - 1) / 2) * 44 + (6 if row % 2 else -4)
            tone = mixed(p.main, p.second, 0.28 if (n + row) % 3 == 0 else 0)
            c.solid(oval(x, 146 + row * 31, 25), tone, 7, 4)
            c.fill(oval(x - 9, 138 + row * 31, 4, 6), light(tone, 0.6))
    c.fill(
        path(
            "M206 118 C236 82 280 84 306 108 C294 118 300 132 290 144 C272 138 258 152 240 142 C226 "
            "136 212 130 206 "
            "118 Z"
        ),
        GREEN,
    )
    c.line(path("M206 118 C236 112 262 112 288 116"), light(GREEN, 0.3), 2.5)


def watermelon(c: Canvas, p: Palette) -> None:
    """A melon with a slice before it."""
    c.shadow(200, 318, 132, 15)
    whole = oval(174, 210, 112, 104)
    c.solid(whole, p.main, 20, 9)
    with c.within(whole):
        for x in (88, 124, 162, 204, 246):
            c.line(
                path(f"M174 100 C{x - 20 + (x - 174) // 2} 160 {x + (x - 174) // 2 + 14} 250 174 322"),
                dark(p.main, 0.32),
                9,
            )
    c.line(path("M174 108 C172 92 182 84 194 88"), STALK, 6)
    cut = arc(254, 214, 108, 104, 0, 180)
    c.solid(cut, p.main, 0, 0)
    c.fill(arc(254, 214, 98, 93, 0, 180), light(p.main, 0.85))
    c.fill(arc(254, 214, 90, 84, 0, 180), p.second)
    c.fill(arc(254, 214, 90, 20, 0, 180), light(p.second, 0.18))
    for x, y in ((204, 240), (232, 262), (254, 238), (280, 264), (304, 240), (256, 284)):
        c.fill(turned(oval(x, y, 4.5, 7), (254 - x) * 0.4, x, y), colour("coffee"))


def strawberries(c: Canvas, p: Palette) -> None:
    """A punnet of strawberries."""
    c.shadow(200, 316, 120, 14)
    spots = ((110, 186), (164, 172), (220, 174), (274, 184), (136, 206), (192, 200), (248, 206))
    for n, (x, y) in enumerate(spots):
        _berry(c, p, x + 4, y, (-16, 8, -6, 18, 12, -10, 6)[n])
    tray = path("M78 220 H322 L302 304 C300 312 294 316 286 316 H114 C106 316 100 312 98 304 Z")
    c.solid(tray, p.second, 18, 7)
    for x in (126, 163, 200, 237, 274):
        c.line([(x, 244), (200 + (x - 200) * 0.9, 296)], dark(p.second, 0.14), 7)
    c.solid(box(70, 212, 330, 232, 8), light(p.second, 0.2), 10, 4)


def _berry(c: Canvas, p: Palette, x: float, y: float, turn: float) -> None:
    shape = path("M0 34 C-26 16 -32 -8 -22 -20 C-12 -28 12 -28 22 -20 C32 -8 26 16 0 34 Z")
    c.solid(turned(moved(shape, x, y), turn, x, y), p.main, 7, 4)
    for dx, dy in ((-11, -4), (2, -8), (13, -2), (-4, 8), (8, 10), (0, 20)):
        c.fill(turned(oval(x + dx, y + dy, 1.9, 3), turn, x, y), light(p.main, 0.75))
    for end in (-20, -8, 8, 20):
        c.fill(turned(leaf(x, y - 22, x + end, y - 34 + abs(end) * 0.9, 0.4), turn, x, y), GREEN)


def mango(c: Canvas, p: Palette) -> None:
    """A mango and the cheek of another, cut."""
    c.shadow(202, 312, 128, 14)
    shape = path(
        "M108 258 C92 200 128 130 190 122 C256 114 296 160 292 214 C288 270 240 308 188 308 C150 "
        "308 118 296 "
        "108 258 Z"
    )
    c.solid(shape, p.main, 22, 9)
    with c.within(shape):
        c.wash(oval(244, 160, 80, 66), p.second, 0.5)
    c.line([(196, 122), (200, 104)], STALK, 7)
    c.fill(leaf(200, 110, 272, 78, 0.26), GREEN)
    _gloss(c, 136, 192, 1.2)
    half = turned(oval(266, 262, 72, 46), -12, 266, 262)
    c.solid(half, p.main, 6, 0)
    c.fill(scaled(half, 0.9, 266, 261), light(p.main, 0.3))
    with c.within(scaled(half, 0.84, 266, 261)):
        for n in range(-3, 4):
            for a in (-42, 42):
                c.line(turned([(266 + n * 22, 180), (266 + n * 22, 350)], a, 266, 262), dark(p.main, 0.12), 3)


def lychee(c: Canvas, p: Palette) -> None:
    """Lychees on a twig, one peeled."""
    c.shadow(200, 314, 120, 14)
    c.line(path("M120 92 C156 118 176 138 196 178"), STALK, 6)
    c.line(path("M150 112 C190 116 220 128 246 168"), STALK, 5)
    for ends in ((132, 100, 92, 150), (140, 104, 206, 70), (164, 112, 240, 98)):
        c.fill(leaf(*ends, 0.26), GREEN)
    for n, (x, y) in enumerate(((246, 214), (138, 222), (194, 214), (168, 268))):
        tone = mixed(p.main, dark(p.main), 0.2 if n == 0 else 0)
        ball = oval(x, y, 46, 47)
        c.solid(ball, tone, 11, 6)
        with c.within(ball):
            for row in range(-3, 4):
                for col in range(-3, 4):
                    c.fill(oval(x + col * 14 + row % 2 * 7, y + row * 12, 2.4), dark(tone, 0.2))
    c.solid(oval(254, 262, 46), colour("#f3ece6"), 9, 5)
    c.fill(
        path(
            "M208 262 C220 250 226 276 240 266 C254 256 266 282 280 270 C288 264 296 270 300 262 C300 "
            "290 280 309 254 "
            "309 C228 309 208 290 208 262 Z"
        ),
        p.main,
    )


def gift_box(c: Canvas, p: Palette) -> None:
    """A flat box with a ribbon: cakes, sweets, presents."""
    c.shadow(204, 318, 120, 14)
    c.solid(box(90, 170, 310, 316, 6), p.main, 22, 7)
    c.fill(box(90, 170, 310, 190), dark(p.main, 0.16))
    c.solid(box(184, 150, 216, 316), p.second, 6, 3)
    c.solid(box(80, 130, 320, 178, 8), p.main, 18, 7)
    c.solid(box(182, 130, 218, 178), p.second, 6, 3)
    for loop in (
        "M200 130 C150 132 126 96 148 80 C172 68 196 98 200 130 Z",
        "M200 130 C250 132 274 96 252 80 C228 68 204 98 200 130 Z",
    ):
        c.solid(path(loop), p.second, 7, 4)
    c.fill(path("M188 122 C170 116 152 100 156 92 C168 88 184 104 188 122 Z"), dark(p.second, 0.2))
    c.fill(path("M212 122 C230 116 248 100 244 92 C232 88 216 104 212 122 Z"), dark(p.second, 0.2))
    c.solid(oval(200, 128, 14, 12), p.second, 4, 3)


def cookies(c: Canvas, p: Palette) -> None:
    """A stack of biscuits and one leaning on it."""
    c.shadow(200, 316, 118, 14)
    for n in range(5):
        y, dx = 296 - n * 27, (0, 7, -5, 4, -2)[n]
        c.solid(
            path(
                f"M{88 + dx} {y} C{88 + dx} {y - 20} {252 + dx} {y - 20} {252 + dx} {y} C{252 + dx} "
                f"{y + 24} {88 + dx} "
                f"{y + 24} {88 + dx} {y} Z"
            ),
            p.main,
            12,
            5,
        )
        c.fill(oval(170 + dx, y - 6, 78, 11), light(p.main, 0.22))
    for x, y in ((130, 180), (158, 188), (188, 178), (214, 188), (172, 174)):
        c.fill(oval(x, y, 8, 4.5), p.second)
    _biscuit(c, p.main, p.second, 272, 254)


def _biscuit(c: Canvas, dough: Colour, chips: Colour, x: float, y: float) -> None:
    c.solid(oval(x, y, 58, 60), dough, 10, 6)
    for dx, dy, r in (
        (-24, -20, 8),
        (8, -30, 6),
        (26, -4, 8),
        (-6, 0, 7),
        (-28, 18, 6),
        (6, 30, 8),
        (30, 26, 5),
    ):
        c.solid(oval(x + dx, y + dy, r), chips, 3, 1)


def mooncake(c: Canvas, p: Palette) -> None:
    """Two pressed cakes, one cut to its yolk."""
    c.shadow(200, 312, 128, 14)
    for x, y in ((140, 236), (262, 252)):
        c.solid(box(x - 76, y - 26, x + 76, y + 60, 26), dark(p.main, 0.16), 14, 4)
        for dx in range(-60, 61, 24):
            c.line([(x + dx, y + 10), (x + dx, y + 50)], dark(p.main, 0.28), 4)
        c.solid(oval(x, y - 14, 76, 40), p.main, 8, 5)
        c.fill(oval(x, y - 15, 58, 28), dark(p.main, 0.12))
        c.fill(oval(x, y - 13, 56, 26), light(p.main, 0.12))
    for n in range(6):
        c.fill(turned(leaf(140, 221, 140, 199, 0.4), n * 60, 140, 221), dark(p.main, 0.18))
    c.fill(oval(140, 221, 5), p.main)
    c.fill(path("M262 237 L322 256 C318 270 296 278 270 278 Z"), p.second)
    c.fill(oval(292, 261, 15, 9), colour("#f0a330"))


MOTIFS = {
    "apple": apple, "orange": orange, "peach": peach, "grapes": grapes, "watermelon": watermelon,
    "strawberries": strawberries, "mango": mango, "lychee": lychee, "gift_box": gift_box, "cookies": cookies,
    "mooncake": mooncake,
}  # fmt: skip
