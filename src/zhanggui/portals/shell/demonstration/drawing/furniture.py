"""Furniture, plants and what they need."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Colour, Palette, colour, dark, light, mixed
from zhanggui.portals.shell.demonstration.drawing.shapes import both, box, leaf, oval, path, turned

GREEN, DEEP = colour("green"), colour("forest")


def chair(c: Canvas, p: Palette) -> None:
    """A wooden chair with a cushion."""
    c.shadow(204, 334, 92, 11)
    for x, top in ((130, 232), (268, 232)):
        c.solid(path(f"M{x} {top} H{x + 14} L{x + 12} 334 H{x + 3} Z"), dark(p.main, 0.2), 3, 0)
    back = path(
        "M118 66 C118 54 128 50 140 50 H260 C272 50 282 54 282 66 V150 C282 160 274 166 262 166 "
        "H138 C126 166 118 "
        "160 118 150 Z"
    )
    for x in (134, 254):
        c.solid(box(x, 140, x + 12, 220), p.main, 3, 2)
    c.solid(back, p.main, 10, 6)
    c.solid(path("M136 72 H264 V146 H136 Z"), p.second, 8, 4)
    c.solid(
        path("M112 206 H288 L304 244 C304 250 300 252 296 252 H104 C100 252 96 250 96 244 Z"), p.main, 10, 4
    )
    c.solid(path("M118 194 C160 186 240 186 282 194 L294 226 C240 236 160 236 106 226 Z"), p.second, 10, 6)
    for x in (102, 286):
        c.solid(path(f"M{x} 250 H{x + 14} L{x + 11} 342 H{x + 3} Z"), p.main, 4, 2)
    c.solid(box(108, 284, 296, 292, 3), dark(p.main, 0.1), 3, 0)


def stool(c: Canvas, p: Palette) -> None:
    """A round stool on three legs."""
    c.shadow(204, 330, 92, 12)
    c.solid(path("M190 170 H210 L206 326 H194 Z"), dark(p.main, 0.25), 3, 0)
    c.solid(path("M122 176 H144 L112 330 H98 Z"), p.main, 5, 3)
    c.solid(path("M256 176 H278 L302 330 H288 Z"), p.main, 5, 3)
    c.fill(oval(200, 264, 84, 12), dark(p.main, 0.2))
    c.fill(oval(200, 260, 84, 12), p.main)
    c.fill(oval(200, 260, 74, 8), mixed(p.wall, p.main, 0.2))
    c.solid(path("M92 156 V178 C92 204 308 204 308 178 V156 Z"), p.main, 18, 6)
    c.solid(path("M92 136 V156 C92 184 308 184 308 156 V136 Z"), p.second, 18, 6)
    c.fill(oval(200, 136, 108, 26), light(p.second, 0.25))


def table(c: Canvas, p: Palette) -> None:
    """A low table with a cup and a book on it."""
    c.shadow(200, 322, 140, 12)
    for x, lean in ((104, -12), (280, 12)):
        c.solid(path(f"M{x} 212 H{x + 18} L{x + 14 + lean} 322 H{x + 4 + lean} Z"), dark(p.main, 0.12), 5, 2)
    c.solid(path("M58 196 V208 C58 238 342 238 342 208 V196 Z"), dark(p.main, 0.1), 20, 0)
    c.solid(oval(200, 196, 142, 30), p.main, 6, 4)
    c.solid(path("M218 182 L288 178 L296 192 L224 198 Z"), p.accent, 5, 3)
    c.fill(path("M218 182 L288 178 V172 L218 176 Z"), colour("white"))
    c.solid(path("M216 172 L288 168 L288 174 L218 178 Z"), p.second, 4, 2)
    c.line(path("M168 156 C184 152 184 176 166 174"), p.second, 6)
    c.solid(path("M112 146 H168 C168 172 162 192 150 194 H130 C118 192 112 172 112 146 Z"), p.second, 8, 4)
    c.fill(oval(140, 146, 28, 6.5), light(p.second, 0.4))
    c.fill(oval(140, 147, 22, 4), colour("#b9772f"))


def shelf(c: Canvas, p: Palette) -> None:
    """An open shelf with books, a plant and a box."""
    c.shadow(204, 338, 106, 10)
    c.fill(box(104, 66, 296, 330), mixed(p.wall, p.main, 0.32))
    for x in (98, 290):
        c.solid(box(x, 56, x + 14, 338, 3), p.main, 4, 3)
    for y in (62, 146, 232, 316):
        c.solid(box(98, y, 304, y + 12, 2), p.main, 4, 3)
    for x, h, w, tone in (
        (118, 56, 15, p.accent),
        (135, 62, 12, p.second),
        (149, 50, 17, dark(p.accent, 0.2)),
        (168, 58, 13, light(p.main, 0.5)),
    ):
        c.solid(box(x, 146 - h, x + w, 146, 2), tone, 3, 2)
    _pot_plant(c, p, 250, 146, 0.62)
    c.solid(box(124, 182, 208, 232, 5), p.second, 10, 4)
    c.fill(box(152, 196, 180, 204, 4), dark(p.second, 0.35))
    c.solid(oval(256, 204, 28), p.accent, 8, 4)
    c.solid(box(190, 268, 278, 316, 3), light(p.main, 0.45), 10, 4)
    for x, lean in ((122, 0), (138, 0), (153, 14)):
        c.solid(
            turned(box(x, 258, x + 13, 316, 2), lean, x + 6, 316),
            (p.second, p.accent, dark(p.second, 0.2))[x % 3],
            3,
            2,
        )


def _pot_plant(c: Canvas, p: Palette, x: float, y: float, size: float) -> None:
    for end, rise in ((-34, 50), (-14, 72), (10, 76), (34, 54)):
        c.fill(
            leaf(x, y - 30 * size, x + end * size, y - (30 + rise * 0.7) * size, 0.26),
            GREEN if end > 0 else DEEP,
        )
    c.solid(
        path(f"M{x - 24 * size} {y - 36 * size} H{x + 24 * size} L{x + 17 * size} {y} H{x - 17 * size} Z"),
        p.second,
        4,
        2,
    )


def sofa(c: Canvas, p: Palette) -> None:
    """A sofa for two."""
    c.shadow(202, 318, 150, 13)
    for x in (94, 292):
        c.solid(path(f"M{x} 296 H{x + 14} L{x + 11} 320 H{x + 3} Z"), colour("walnut"), 3, 2)
    c.solid(box(82, 142, 318, 262, 30), p.main, 16, 8)
    for x in (94, 202):
        c.solid(box(x, 212, x + 104, 270, 14), light(p.main, 0.16), 8, 5)
    for x in (52, 300):
        c.solid(box(x, 190, x + 48, 302, 22), p.main, 12, 7)
    c.solid(box(86, 258, 314, 302, 8), dark(p.main, 0.1), 12, 3)
    c.solid(turned(box(116, 172, 176, 232, 10), -12, 146, 202), p.second, 8, 5)
    c.solid(turned(box(234, 178, 288, 232, 10), 14, 261, 205), p.accent, 8, 5)


def cabinet(c: Canvas, p: Palette) -> None:
    """A chest of drawers with a lamp."""
    c.shadow(204, 326, 122, 12)
    for x in (104, 280):
        c.solid(path(f"M{x} 300 H{x + 16} L{x + 12} 328 H{x + 4} Z"), dark(p.main, 0.3), 3, 0)
    c.solid(box(86, 152, 314, 308, 8), p.main, 16, 6)
    for y in (166, 214, 262):
        c.solid(box(102, y, 298, y + 40, 5), p.second, 8, 4)
        c.fill(box(182, y + 15, 218, y + 23, 4), p.accent)
    c.solid(box(76, 140, 324, 158, 5), light(p.main, 0.12), 10, 4)
    c.solid(box(256, 112, 266, 140, 2), p.accent, 3, 2)
    c.solid(path("M240 62 H282 L300 114 H222 Z"), colour("cream"), 10, 5)
    _pot_plant(c, p, 128, 140, 0.86)


def storage_box(c: Canvas, p: Palette) -> None:
    """Two boxes with handles, one on the other."""
    c.shadow(204, 320, 122, 13)
    for x, y, w, tone in ((82, 214, 236, p.main), (104, 112, 192, p.second)):
        c.solid(path(f"M{x} {y + 18} H{x + w} L{x + w - 8} {y + 104} H{x + 8} Z"), tone, 18, 6)
        c.solid(box(x - 6, y, x + w + 6, y + 24, 7), light(tone, 0.18), 12, 5)
        c.fill(box(x + w / 2 - 32, y + 50, x + w / 2 + 32, y + 66, 8), dark(tone, 0.4))


def monstera(c: Canvas, p: Palette) -> None:
    """A plant with large cut leaves."""
    c.shadow(204, 320, 82, 12)
    for x, y, bend in ((110, 128, 150), (196, 74, 196), (292, 122, 250), (146, 210, 180), (262, 204, 226)):
        c.line(path(f"M200 250 C200 220 {bend} {y + 60} {x} {y}"), DEEP, 5)
    leaves = (
        (112, 128, -50, 1.0, DEEP),
        (292, 124, 52, 1.0, dark(GREEN, 0.12)),
        (196, 80, 4, 1.12, GREEN),
        (142, 206, -72, 0.72, GREEN),
        (264, 202, 74, 0.72, DEEP),
    )
    for x, y, turn, size, tone in leaves:
        _cut_leaf(c, x, y, turn, size, tone)
    c.solid(
        path("M134 236 H266 L252 310 C250 318 246 320 240 320 H160 C154 320 150 318 148 310 Z"), p.main, 18, 7
    )
    c.solid(box(126, 228, 274, 252, 7), light(p.main, 0.1), 12, 5)


def _cut_leaf(c: Canvas, x: float, y: float, turn: float, size: float, tone: Colour) -> None:
    half = path(
        "M0 52 C18 62 40 54 48 34 L26 30 L52 22 C56 8 52 -6 46 -16 L24 -2 L40 -26 C30 -44 14 -54 0 -58"
    )
    shape = both([(px, py) for px, py in half][::-1], 0)
    placed = turned([(x + px * size, y + py * size) for px, py in shape], turn, x, y)
    c.solid(placed, tone, 6, 3)
    c.line(turned([(x, y + 50 * size), (x, y - 50 * size)], turn, x, y), light(tone, 0.3), 2.5)


def succulents(c: Canvas, p: Palette) -> None:
    """Three small plants in pots."""
    c.shadow(202, 318, 136, 13)
    c.solid(path("M170 172 C168 116 182 84 200 84 C218 84 232 116 230 172 V236 H170 Z"), GREEN, 12, 5)
    for x, turn in ((170, 1), (230, -1)):
        c.line(
            path(f"M{x} 190 C{x - turn * 30} 190 {x - turn * 30} 160 {x - turn * 28} 142"),
            dark(GREEN, 0.06),
            20,
        )
    for y in (108, 136, 164, 192):
        for x in (186, 200, 214):
            c.line([(x - 3, y + (x % 7) * 2), (x + 3, y - 4 + (x % 7) * 2)], light(GREEN, 0.6), 2)
    c.fill(oval(200, 84, 11, 8), p.accent)
    for x, tone in ((104, colour("celadon")), (298, colour("lilac"))):
        for n in range(7):
            c.fill(
                turned(leaf(x, 256, x, 212, 0.34), (n - 3) * 30, x, 256), mixed(tone, GREEN, 0.22 * (n % 2))
            )
        c.fill(turned(leaf(x, 256, x, 224, 0.4), 0, x, 256), light(tone, 0.3))
    for x, w, top, tone in ((200, 50, 228, p.main), (104, 40, 254, p.second), (298, 40, 254, p.accent)):
        c.solid(path(f"M{x - w} {top} H{x + w} L{x + w - 10} 318 H{x - w + 10} Z"), tone, 12, 5)


def bonsai(c: Canvas, p: Palette) -> None:
    """A small pine in a flat bowl."""
    c.shadow(204, 322, 112, 12)
    trunk = path(
        "M176 282 C190 256 168 236 182 206 C192 182 222 176 226 142 L240 146 C240 186 212 196 "
        "206 220 C200 244 218 262 "
        "232 282 Z"
    )
    c.solid(trunk, colour("walnut"), 7, 4)
    c.line(path("M190 222 C160 214 148 204 130 196"), colour("walnut"), 9)
    c.line(path("M216 196 C244 194 262 200 282 204"), colour("walnut"), 8)
    for x, y, rx, tone in (
        (124, 184, 62, DEEP),
        (288, 194, 56, GREEN),
        (236, 122, 74, DEEP),
        (214, 94, 46, GREEN),
    ):
        cloud = path(
            f"M{x - rx} {y + 14} C{x - rx} {y - 12} {x - rx * 0.5} {y - 20} {x - rx * 0.4} "
            f"{y - 18} C{x - rx * 0.2} "
            f"{y - 40} {x + rx * 0.3} {y - 38} {x + rx * 0.4} {y - 16} C{x + rx * 0.8} {y - 20} "
            f"{x + rx} {y} {x + rx} "
            f"{y + 14} Z"
        )
        c.solid(cloud, tone, 8, 5)
    c.fill(oval(202, 284, 92, 12), colour("olive"))
    c.solid(
        path("M96 280 H304 L284 316 C282 322 276 324 270 324 H130 C124 324 118 322 116 316 Z"), p.main, 18, 6
    )


def watering_can(c: Canvas, p: Palette) -> None:
    """A watering can."""
    c.shadow(216, 318, 106, 13)
    c.line(path("M196 160 C196 96 300 96 300 168"), p.second, 12)
    c.line(path("M292 186 C352 184 348 282 288 284"), p.second, 12)
    c.solid(path("M166 268 L84 168 L98 158 L176 224 Z"), p.main, 6, 4)
    c.solid(turned(path("M66 176 L82 148 H112 L128 176 Z"), -40, 92, 162), dark(p.main, 0.12), 6, 4)
    c.solid(
        path("M160 166 H296 L306 300 C306 312 300 318 288 318 H168 C156 318 150 312 150 300 Z"), p.main, 22, 8
    )
    c.fill(oval(228, 166, 68, 11), light(p.main, 0.4))
    c.fill(oval(230, 168, 58, 7), dark(p.main, 0.4))
    for x, y in ((60, 206), (46, 230), (76, 226), (62, 252)):
        c.fill(
            path(
                f"M{x} {y - 10} C{x + 8} {y} {x + 6} {y + 8} {x} {y + 8} C{x - 6} {y + 8} {x - 8} {y} "
                f"{x} {y - 10} Z"
            ),
            colour("sky"),
        )


def bouquet(c: Canvas, p: Palette) -> None:
    """Flowers in paper."""
    c.shadow(204, 326, 62, 10)
    for end in ((92, 108), (148, 62), (252, 62), (310, 112), (200, 44)):
        c.fill(leaf(200, 230, end[0], end[1], 0.14), DEEP if end[0] % 4 else GREEN)
    spots = (
        (138, 136, p.main),
        (262, 140, p.second),
        (200, 98, p.second),
        (166, 172, p.accent),
        (232, 178, p.main),
        (200, 146, light(p.main, 0.3)),
    )
    for x, y, tone in spots:
        for n in range(7):
            c.fill(turned(oval(x, y - 22, 13, 20), n * 360 / 7, x, y), mixed(tone, dark(tone), 0.3 * (n % 2)))
        c.fill(oval(x, y, 12), colour("honey"))
    c.solid(
        path("M92 168 C130 214 160 206 200 232 C240 206 270 214 308 168 L232 322 C224 330 176 330 168 322 Z"),
        light(p.wall, 0.6),
        16,
        6,
    )
    c.line([(200, 232), (196, 318)], dark(p.wall, 0.16), 3)
    c.solid(box(164, 266, 238, 284, 6), p.accent, 6, 3)


MOTIFS = {
    "chair": chair, "stool": stool, "table": table, "shelf": shelf, "sofa": sofa, "cabinet": cabinet,
    "storage_box": storage_box, "monstera": monstera, "succulents": succulents, "bonsai": bonsai,
    "watering_can": watering_can, "bouquet": bouquet,
}  # fmt: skip
