"""Care of skin, hair and teeth."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import (
    Palette,
    colour,
    dark,
    light,
    mixed,
    readable_on,
)
from zhanggui.portals.shell.demonstration.drawing.shapes import box, leaf, moved, oval, path, turned

LEAF = colour("jade")


def _label(c: Canvas, p: Palette, x: float, y: float, size: float = 1.0) -> None:
    ink = readable_on(p.second)
    c.line([(x, y + 26 * size), (x + 4 * size, y - 22 * size)], ink, 2.5)
    for dx, dy, ex, ey in ((1, 12, -20, -2), (1, 4, 22, -8), (3, -8, -12, -24), (4, -14, 18, -32)):
        c.fill(leaf(x + dx * size, y + dy * size, x + ex * size, y + ey * size, 0.34), ink)


def pump_bottle(c: Canvas, p: Palette) -> None:
    """A bottle with a pump."""
    c.shadow(204, 322, 72, 12)
    c.solid(path("M196 46 H156 C140 46 132 56 132 72 L146 72 C148 64 154 62 164 62 H196 Z"), p.accent, 5, 3)
    c.solid(box(184, 42, 216, 94, 5), p.accent, 7, 4)
    c.solid(box(164, 88, 236, 122, 7), dark(p.accent, 0.08), 10, 4)
    c.solid(
        path(
            "M156 120 H244 C262 126 272 140 272 160 V298 C272 314 264 322 248 322 H152 C136 322 128 "
            "314 128 298 V160 C128 140 "
            "138 126 156 120 Z"
        ),
        p.main,
        22,
        8,
    )
    c.solid(box(128, 184, 272, 284), p.second, 16, 0)
    _label(c, p, 198, 226, 1.1)
    c.line([(172, 268), (228, 268)], readable_on(p.second), 5)


def dropper(c: Canvas, p: Palette) -> None:
    """A small bottle with a dropper, and a drop."""
    c.shadow(204, 318, 72, 12)
    c.solid(path("M182 60 C182 40 218 40 218 60 V104 H182 Z"), colour("charcoal"), 7, 4)
    c.solid(box(168, 98, 232, 140, 6), p.accent, 10, 5)
    body = path(
        "M164 138 H236 C262 148 278 166 278 190 V292 C278 310 268 318 252 318 H148 C132 318 122 310 "
        "122 292 V190 C122 166 "
        "138 148 164 138 Z"
    )
    c.solid(body, p.main, 22, 8)
    c.solid(box(122, 206, 278, 286), p.second, 16, 0)
    c.fill(
        path(
            "M200 218 C214 238 218 246 218 254 C218 266 210 272 200 272 C190 272 182 266 182 254 C182 "
            "246 186 238 200 218 Z"
        ),
        p.main,
    )
    c.wash(path("M140 190 C142 174 150 164 162 158 C152 172 150 184 150 204 H140 Z"), colour("white"), 0.6)


def tube(c: Canvas, p: Palette) -> None:
    """Two tubes standing on their caps."""
    c.shadow(204, 322, 108, 12)
    for x, top, tone, other in ((246, 112, p.second, p.main), (150, 78, p.main, p.second)):
        c.solid(box(x - 38, 276, x + 38, 322, 8), p.accent, 9, 5)
        body = path(f"M{x - 58} {top} H{x + 58} L{x + 46} 276 H{x - 46} Z")
        c.solid(body, tone, 14, 7)
        c.fill(box(x - 58, top - 2, x + 58, top + 20, 3), dark(tone, 0.12))
        c.fill(oval(x, top + 84, 30), other)
        c.fill(leaf(x - 16, top + 102, x + 18, top + 64, 0.36), readable_on(other))
        c.line([(x - 24, top + 140), (x + 24, top + 140)], readable_on(tone), 5)


def cream_jar(c: Canvas, p: Palette) -> None:
    """An open jar of cream, its lid beside it."""
    c.shadow(204, 314, 138, 13)
    c.solid(path("M76 202 H280 V284 C280 304 270 314 250 314 H106 C86 314 76 304 76 284 Z"), p.main, 24, 8)
    c.solid(box(92, 172, 264, 206, 6), light(p.main, 0.3), 14, 5)
    c.fill(oval(178, 174, 86, 17), light(p.main, 0.5))
    c.fill(oval(178, 174, 76, 12), colour("white"))
    c.solid(
        path(
            "M116 174 C132 150 156 160 166 140 C180 122 196 126 190 140 C214 142 236 158 240 174 C214 "
            "186 140 186 116 174 Z"
        ),
        colour("white"),
        8,
        4,
    )
    c.line([(122, 250), (234, 250)], readable_on(p.main), 8)
    c.line([(146, 274), (210, 274)], readable_on(p.main), 4)
    c.solid(
        turned(path("M280 216 C280 206 356 206 356 216 V300 C356 310 280 310 280 300 Z"), 12, 318, 260),
        p.accent,
        10,
        5,
    )
    c.fill(turned(oval(318, 216, 38, 8), 12, 318, 260), light(p.accent, 0.3))


def soap(c: Canvas, p: Palette) -> None:
    """Two bars of soap and bubbles."""
    c.shadow(202, 306, 132, 13)
    bubble = mixed(p.wall, colour("white"), 0.7)
    for x, y, r in ((118, 116, 22), (160, 84, 13), (292, 108, 26), (252, 76, 12), (200, 124, 16)):
        c.fill(oval(x, y, r), bubble)
        c.fill(oval(x - r * 0.3, y - r * 0.35, r * 0.24), colour("white"))
    c.solid(turned(box(110, 156, 308, 236, 30), -6, 200, 196), p.second, 14, 7)
    c.solid(box(84, 218, 306, 306, 32), p.main, 16, 8)
    c.line(path("M112 238 C130 226 260 226 280 238"), light(p.main, 0.4), 4)
    c.fill(leaf(160, 284, 236, 240, 0.3), dark(p.main, 0.22))
    c.line([(160, 284), (222, 248)], p.main, 3)


def toothbrush(c: Canvas, p: Palette) -> None:
    """Brushes in a cup, and a tube of paste."""
    c.shadow(204, 322, 112, 12)
    for x, tilt, tone in ((136, -10, p.main), (176, 8, p.accent)):
        c.solid(turned(box(x - 7, 72, x + 7, 260, 6), tilt, x, 260), tone, 4, 3)
        c.fill(turned(box(x + 5, 74, x + 24, 120, 3), tilt, x, 260), colour("white"))
        for y in (82, 94, 106):
            c.fill(turned(box(x + 7, y, x + 24, y + 5), tilt, x, 260), mixed(tone, colour("white"), 0.4))
    c.solid(
        path("M90 190 H222 L212 306 C211 318 205 322 196 322 H116 C107 322 101 318 100 306 Z"),
        p.second,
        16,
        8,
    )
    c.line(path("M94 232 C130 244 180 244 218 232"), p.main, 8)
    c.solid(turned(box(240, 286, 290, 322, 6), 0), p.accent, 8, 4)
    c.solid(path("M222 128 H308 L296 286 H234 Z"), p.main, 13, 7)
    c.fill(box(222, 126, 308, 144, 3), dark(p.main, 0.14))
    c.fill(path("M265 178 C286 200 284 226 265 226 C246 226 244 200 265 178 Z"), p.second)


def comb(c: Canvas, p: Palette) -> None:
    """A wooden comb and a round mirror."""
    c.shadow(204, 322, 112, 12)
    c.solid(turned(box(232, 210, 262, 326, 13), -22, 236, 200), p.accent, 7, 4)
    c.solid(oval(232, 140, 86, 86), p.accent, 10, 6)
    face = oval(232, 140, 70, 70)
    c.fill(face, colour("ice"))
    with c.within(face):
        c.fill(path("M150 180 L240 40 H280 L170 220 Z"), light(colour("ice"), 0.6))
    body = path("M66 210 C74 178 150 178 234 198 C252 204 256 222 248 240 H66 Z")
    c.solid(turned(body, 12, 160, 230), p.main, 8, 5)
    for n in range(15):
        x = 70 + n * 12
        c.fill(turned(path(f"M{x} 238 H{x + 7} L{x + 5} 296 H{x + 2} Z"), 12, 160, 230), dark(p.main, 0.08))
    c.fill(turned(leaf(100, 222, 160, 204, 0.22), 12, 160, 230), dark(p.main, 0.28))


def lipstick(c: Canvas, p: Palette) -> None:
    """A lipstick out of its case, and one closed."""
    c.shadow(204, 322, 108, 12)
    c.solid(path("M136 88 C136 62 172 56 192 84 V172 H136 Z"), p.main, 10, 5)
    c.fill(path("M136 96 C150 76 176 74 192 92 C184 116 150 120 136 96 Z"), light(p.main, 0.3))
    c.solid(box(128, 166, 200, 226, 4), p.accent, 12, 6)
    c.solid(box(116, 222, 212, 322, 8), p.second, 16, 7)
    c.solid(box(236, 176, 310, 260, 8), p.second, 12, 6)
    c.fill(box(236, 250, 310, 262), p.accent)
    c.solid(box(236, 262, 310, 322, 6), dark(p.second, 0.12), 12, 6)


def razor_kit(c: Canvas, p: Palette) -> None:
    """A shaving brush, foam and a bowl."""
    c.shadow(204, 318, 128, 12)
    c.solid(
        path(
            "M246 318 C240 300 262 286 256 262 C252 244 260 230 280 230 C300 230 308 244 304 262 C298 "
            "286 320 300 314 318 Z"
        ),
        p.main,
        10,
        6,
    )
    c.solid(box(250, 206, 310, 234, 6), p.accent, 8, 4)
    c.solid(path("M252 208 C236 160 240 116 280 104 C320 116 324 160 308 208 Z"), colour("beige"), 10, 5)
    for line in ("M268 200 C264 166 266 140 274 118", "M288 200 C290 168 290 140 286 118"):
        c.line(path(line), dark(colour("beige"), 0.16), 3)
    for x, y, r in ((104, 206, 30), (146, 190, 36), (188, 206, 30), (146, 214, 40)):
        c.solid(oval(x, y, r), colour("white"), 5, 3)
    c.solid(path("M66 214 H228 C228 276 198 318 166 318 H128 C96 318 66 276 66 214 Z"), p.second, 18, 8)
    c.line(moved(path("M76 246 C110 258 184 258 218 246"), 0, 0), p.main, 6)


MOTIFS = {
    "pump_bottle": pump_bottle, "dropper": dropper, "tube": tube, "cream_jar": cream_jar, "soap": soap,
    "toothbrush": toothbrush, "comb": comb, "lipstick": lipstick, "razor_kit": razor_kit,
}  # fmt: skip
