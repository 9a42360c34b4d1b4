"""Things of a home: to sleep in, to see by, to keep order with."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Palette, colour, dark, light, mixed
from zhanggui.portals.shell.demonstration.drawing.shapes import both, box, moved, oval, path, turned

GLOW = colour("#ffe9a8")


def pillow(c: Canvas, p: Palette) -> None:
    """Two pillows, one leaning on the other."""
    c.shadow(204, 314, 136, 14)
    shape = path(
        "M84 172 C78 154 92 148 108 154 C160 164 220 164 272 154 C290 148 302 156 296 174 C286 "
        "212 286 250 296 "
        "286 C302 304 288 310 272 304 C220 296 160 296 108 304 C90 310 78 302 84 286 C94 250 94 "
        "212 84 172 Z"
    )
    c.solid(turned(moved(shape, 30, -34), 10, 230, 200), p.second, 16, 6)
    c.solid(moved(shape, -14, 8), p.main, 20, 8)
    for x in (118, 176, 234):
        c.line(path(f"M{x} 188 C{x + 8} 220 {x + 8} 250 {x} 284"), light(p.main, 0.28), 6)


def quilt(c: Canvas, p: Palette) -> None:
    """A folded quilt or a stack of sheets."""
    c.shadow(204, 316, 132, 14)
    for y, tone in ((252, p.main), (190, p.second), (128, p.main)):
        part = path(f"M96 {y} H282 C316 {y} 316 {y + 62} 282 {y + 62} H96 C84 {y + 62} 84 {y} 96 {y} Z")
        c.solid(part, tone, 14, 6)
        c.line(path(f"M112 {y + 31} H286"), dark(tone, 0.14), 3.5)
        c.line(path(f"M286 {y + 14} C298 {y + 18} 298 {y + 44} 286 {y + 48}"), dark(tone, 0.16), 3)
    c.solid(box(160, 116, 196, 318, 4), p.accent, 7, 3)


def towel(c: Canvas, p: Palette) -> None:
    """Towels, rolled and stacked."""
    c.shadow(202, 316, 128, 14)
    for x, y, tone in ((140, 260, p.main), (258, 260, p.second), (199, 162, mixed(p.main, p.second, 0.5))):
        c.solid(oval(x, y, 58, 56), tone, 14, 7)
        spiral = path(
            f"M{x + 34} {y + 8} C{x + 34} {y - 34} {x - 38} {y - 38} {x - 36} {y + 4} C{x - 36} "
            f"{y + 38} {x + 18} "
            f"{y + 34} {x + 16} {y + 2} C{x + 14} {y - 18} {x - 16} {y - 18} {x - 16} {y + 2} "
            f"C{x - 14} {y + 12} {x} {y + 12} {x} {y + 4}"
        )
        c.line(spiral, dark(tone, 0.2), 5)


def lamp(c: Canvas, p: Palette) -> None:
    """A table lamp, lit."""
    c.wash(oval(200, 168, 152, 136), GLOW, 0.38)
    c.shadow(204, 320, 72, 11)
    c.solid(box(194, 190, 206, 306, 4), p.second, 4, 2)
    c.solid(path("M150 318 C150 300 172 296 200 296 C228 296 250 300 250 318 Z"), p.second, 10, 5)
    c.fill(oval(200, 200, 62, 13), GLOW)
    shade = path("M158 92 H242 L284 202 C240 214 160 214 116 202 Z")
    c.solid(shade, p.main, 22, 9)
    with c.within(shade):
        c.wash(oval(200, 214, 74, 44), GLOW, 0.55)
    c.fill(oval(200, 92, 42, 8), light(p.main, 0.4))
    c.line([(246, 208), (250, 250)], p.accent, 3)
    c.fill(oval(250, 254, 6), p.accent)


def desk_lamp(c: Canvas, p: Palette) -> None:
    """A lamp with a jointed arm."""
    c.wash(path("M132 152 L60 292 H268 Z"), GLOW, 0.45)
    c.shadow(232, 320, 82, 11)
    c.line([(234, 304), (284, 196)], dark(p.main, 0.1), 11)
    c.line([(284, 196), (178, 112)], p.main, 11)
    c.fill(oval(284, 196, 13), p.accent)
    c.solid(path("M166 318 C166 302 196 296 234 296 C272 296 302 302 302 318 Z"), p.main, 12, 5)
    head = turned(path("M132 84 C136 70 184 70 188 84 L214 150 C190 164 130 164 106 150 Z"), 30, 160, 112)
    c.solid(head, p.main, 14, 7)
    c.fill(turned(oval(160, 154, 50, 9), 30, 160, 112), GLOW)
    c.fill(oval(178, 104, 8), p.accent)


def pendant(c: Canvas, p: Palette) -> None:
    """A lamp hanging from the ceiling."""
    c.wash(path("M118 196 L58 318 C90 346 310 346 342 318 L282 196 Z"), GLOW, 0.4)
    c.line([(200, 0), (200, 96)], dark(p.second, 0.3), 4)
    c.solid(box(184, 84, 216, 112, 5), p.accent, 6, 3)
    c.fill(oval(200, 204, 80, 16), dark(p.main, 0.25))
    c.fill(oval(200, 206, 26, 22), light(GLOW, 0.4))
    shade = path("M182 110 H218 C276 124 306 160 308 200 C270 214 130 214 92 200 C94 160 124 124 182 110 Z")
    c.solid(shade, p.main, 24, 9)
    c.wash(path("M128 152 C112 166 104 180 102 196 C118 186 122 168 134 156 Z"), colour("white"), 0.4)


def lantern(c: Canvas, p: Palette) -> None:
    """A paper lantern with ribs and a tassel."""
    c.wash(oval(200, 182, 156, 142), GLOW, 0.32)
    c.line([(200, 0), (200, 78)], colour("walnut"), 4)
    body = path(
        "M152 84 H248 C306 112 318 154 318 180 C318 208 306 250 248 276 H152 C94 250 82 208 82 "
        "180 C82 154 94 112 "
        "152 84 Z"
    )
    c.solid(body, p.main, 20, 8)
    with c.within(body):
        c.wash(oval(200, 180, 66, 80), GLOW, 0.42)
        for rx in (34, 74, 104):
            for side in (-1, 1):
                c.line(
                    path(
                        f"M200 84 C{200 + side * rx * 1.25:.0f} 112 {200 + side * rx * 1.25:.0f} 248 200 276"
                    ),
                    dark(p.main, 0.16),
                    3,
                )
    for y in (72, 268):
        c.solid(box(150, y, 250, y + 18, 5), p.accent, 8, 4)
    for n in range(-2, 3):
        c.line([(200 + n * 6, 290), (200 + n * 7, 344)], p.accent, 4)
    c.solid(oval(200, 292, 12, 10), p.accent, 3, 2)


def candle(c: Canvas, p: Palette) -> None:
    """A scented candle in a glass."""
    c.wash(oval(200, 104, 82, 76), GLOW, 0.5)
    c.shadow(204, 318, 88, 13)
    glass = path("M112 158 H288 V298 C288 312 280 320 266 320 H134 C120 320 112 312 112 298 Z")
    c.solid(glass, p.main, 18, 8)
    c.fill(oval(200, 158, 88, 15), light(p.main, 0.5))
    c.fill(oval(200, 161, 78, 11), p.second)
    c.line([(200, 162), (200, 138)], colour("charcoal"), 4)
    c.fill(path("M200 74 C226 106 222 142 200 144 C178 142 174 106 200 74 Z"), colour("honey"))
    c.fill(path("M200 104 C212 120 210 140 200 141 C190 140 188 120 200 104 Z"), light(GLOW, 0.5))
    c.fill(box(146, 212, 254, 282, 5), light(p.main, 0.75))
    c.line([(168, 238), (232, 238)], dark(p.main, 0.4), 6)
    c.line([(184, 258), (216, 258)], dark(p.main, 0.4), 3.5)


def clock(c: Canvas, p: Palette) -> None:
    """A round clock on two feet."""
    c.shadow(204, 320, 92, 12)
    for x in (136, 264):
        c.line([(x, 296), (x + (x - 200) * 0.25, 316)], p.second, 13)
    c.solid(oval(200, 194, 118), p.main, 16, 8)
    c.fill(oval(200, 194, 94), colour("white"))
    c.fill(oval(204, 199, 90), mixed(colour("white"), p.wall, 0.35))
    c.fill(oval(202, 197, 89), colour("white"))
    for n in range(12):
        inner = 74 if n % 3 == 0 else 79
        c.line(
            turned([(200, 194 - inner), (200, 194 - 84)], n * 30, 200, 194),
            dark(p.main, 0.25),
            5 if n % 3 == 0 else 3,
        )
    c.line([(200, 194), (164, 166)], colour("ink"), 8)
    c.line([(200, 194), (242, 142)], colour("ink"), 5)
    c.line([(200, 202), (190, 248)], p.accent, 3)
    c.fill(oval(200, 194, 8), p.accent)


def vase(c: Canvas, p: Palette) -> None:
    """A vase with three branches."""
    c.shadow(204, 320, 76, 12)
    for line in (
        "M198 170 C190 120 160 90 140 48",
        "M202 170 C208 120 222 84 226 36",
        "M206 170 C226 130 254 110 280 92",
    ):
        c.line(path(line), colour("olive"), 4)
    for x, y in (
        (140, 48),
        (158, 82),
        (226, 36),
        (218, 80),
        (280, 92),
        (246, 112),
        (178, 118),
        (212, 124),
        (262, 70),
    ):
        for n in range(5):
            c.fill(turned(oval(x, y - 8, 6, 8.5), n * 72, x, y), p.second)
        c.fill(oval(x, y, 4.5), p.accent)
    body = both(
        path("M200 158 H224 C224 178 218 186 222 198 C236 214 270 224 270 262 C270 298 246 320 232 320 H200")
    )
    c.solid(body, p.main, 22, 8)
    c.fill(oval(200, 158, 24, 6), dark(p.main, 0.35))
    c.wash(path("M158 226 C142 240 140 270 150 290 C138 280 132 246 158 226 Z"), colour("white"), 0.5)


def basket(c: Canvas, p: Palette) -> None:
    """A woven basket with two handles."""
    c.shadow(202, 318, 116, 14)
    for x in (104, 296):
        c.line(path(f"M{x - 26} 190 C{x - 26} 140 {x + 26} 140 {x + 26} 190"), dark(p.main, 0.2), 9)
    c.fill(path("M112 184 C130 140 164 168 188 146 C218 128 250 160 288 184 Z"), p.second)
    c.fill(path("M176 184 C196 150 232 152 262 184 Z"), dark(p.second, 0.12))
    body = path("M82 180 H318 L300 302 C298 312 292 318 282 318 H118 C108 318 102 312 100 302 Z")
    c.solid(body, p.main, 0, 0)
    with c.within(body):
        for row in range(7):
            for col in range(10):
                x, y = 74 + col * 28 - row % 2 * 14, 198 + row * 18
                c.fill(box(x, y, x + 25, y + 14, 6), light(p.main, 0.26) if row % 2 else light(p.main, 0.12))
        c.wash(path("M258 170 C268 220 262 270 246 330 H330 V170 Z"), colour("ink"), 0.14)
    c.solid(box(74, 172, 326, 194, 9), dark(p.main, 0.08), 10, 5)


MOTIFS = {
    "pillow": pillow, "quilt": quilt, "towel": towel, "lamp": lamp, "desk_lamp": desk_lamp, "pendant": pendant,
    "lantern": lantern, "candle": candle, "clock": clock, "vase": vase, "basket": basket,
}  # fmt: skip
