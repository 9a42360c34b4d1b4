"""Tea and coffee: what they are drunk from, made in and kept in."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import (
    Palette,
    colour,
    dark,
    light,
    mixed,
    readable_on,
)
from zhanggui.portals.shell.demonstration.drawing.shapes import (
    Shape,
    arc,
    both,
    box,
    leaf,
    moved,
    oval,
    path,
    scaled,
    scattered,
)

TEA, COFFEE = colour("#b9772f"), colour("#5b3a28")


def steam(c: Canvas, p: Palette, x: float, y: float) -> None:
    """Two wisps over something hot."""
    tone = mixed(p.wall, colour("white"), 0.75)
    for dx, dy, size in ((-14, 0, 1.0), (14, -8, 0.8)):
        wisp = path("M0 0 C-14 -16 14 -30 0 -48 C-8 -58 -2 -66 4 -70")
        c.line([(x + dx + px * size, y + dy + py * size) for px, py in wisp], tone, 5)


def cup(c: Canvas, p: Palette) -> None:
    """A mug with an ear."""
    c.shadow(205, 312, 100, 16)
    steam(c, p, 182, 118)
    c.line(path("M266 178 C330 164 336 258 258 252"), dark(p.main, 0.16), 19)
    c.line(path("M264 177 C324 166 330 250 258 248"), p.main, 11)
    body = path(
        "M102 150 H272 C272 214 268 276 250 304 C246 312 240 314 232 314 H142 "
        "C134 314 128 312 124 304 C106 276 102 214 102 150 Z"
    )
    c.solid(body, p.main, 20, 7)
    with c.within(body):
        c.fill(path("M90 238 C130 224 160 252 200 238 C240 224 270 248 290 238 V330 H90 Z"), p.second)
        c.wash(path("M236 130 C250 200 244 270 226 330 H300 V130 Z"), colour("ink"), 0.12)
    c.fill(oval(187, 150, 85, 17), light(p.main, 0.45))
    c.fill(oval(187, 152, 75, 12), dark(p.main, 0.35))
    c.fill(oval(187, 155, 66, 8.5), TEA)


def gaiwan(c: Canvas, p: Palette) -> None:
    """A lidded cup on its saucer."""
    c.shadow(200, 318, 120, 15)
    c.solid(oval(200, 302, 112, 19), p.main, 10, 4)
    c.fill(oval(200, 298, 84, 11), dark(p.main, 0.12))
    bowl = path("M108 186 H292 C290 244 256 282 232 292 V302 H168 V292 C144 282 110 244 108 186 Z")
    c.solid(bowl, p.main, 22, 8)
    with c.within(bowl):
        c.line(path("M90 204 H310"), p.second, 5)
        _spray(c, p, 176, 258)
    lid = path("M122 178 C126 140 164 122 200 122 C236 122 274 140 278 178 Z")
    c.solid(lid, p.main, 16, 7)
    c.fill(oval(200, 182, 94, 10), dark(p.main, 0.14))
    c.fill(oval(200, 180, 92, 8), light(p.main, 0.4))
    c.fill(oval(200, 178, 80, 5), p.main)
    c.solid(lid, p.main, 16, 7)
    c.solid(path("M184 124 C176 106 184 98 200 98 C216 98 224 106 216 124 Z"), p.main, 7, 4)


def _spray(c: Canvas, p: Palette, x: float, y: float) -> None:
    tone = p.second
    c.line([(x - 34, y + 8), (x + 6, y - 16), (x + 58, y - 30)], tone, 3)
    for dx, dy, ex, ey in ((-20, 0, -34, -22), (-4, -10, 8, -38), (16, -18, 44, -8), (36, -24, 46, -48)):
        c.fill(leaf(x + dx, y + dy, x + ex, y + ey, 0.34), tone)


def teapot(c: Canvas, p: Palette) -> None:
    """A round pot with a spout."""
    c.shadow(200, 316, 118, 16)
    c.line(path("M282 190 C360 168 364 284 270 276"), dark(p.main, 0.2), 18)
    c.line(path("M281 188 C352 170 356 276 270 271"), p.main, 10)
    c.solid(
        path("M132 258 C92 250 82 214 62 192 C58 186 62 180 70 182 L88 184 C108 190 116 208 140 214 Z"),
        p.main,
        8,
        4,
    )
    body = path(
        "M200 156 C262 156 294 196 294 236 C294 278 262 304 244 312 H156 "
        "C138 304 106 278 106 236 C106 196 138 156 200 156 Z"
    )
    c.solid(body, p.main, 26, 9)
    with c.within(body):
        c.fill(path("M96 262 C150 284 250 284 304 262 V274 C250 296 150 296 96 274 Z"), p.second)
    c.wash(path("M138 196 C122 212 120 238 126 252 C114 232 116 206 138 196 Z"), colour("white"), 0.6)
    c.fill(oval(200, 160, 58, 11), dark(p.main, 0.3))
    c.solid(
        path("M146 158 C150 136 176 128 200 128 C224 128 250 136 254 158 C240 166 160 166 146 158 Z"),
        p.main,
        12,
        5,
    )
    c.solid(oval(200, 118, 15, 14), p.second, 5, 3)


def tea_tin(c: Canvas, p: Palette) -> None:
    """A round tin with a label."""
    c.shadow(204, 318, 92, 14)
    body = path("M116 130 H284 V300 C284 324 116 324 116 300 Z")
    c.solid(body, p.main, 26, 9)
    with c.within(body):
        c.fill(path("M110 176 C150 192 250 192 290 176 V270 C250 288 150 288 110 270 Z"), p.second)
        c.wash(path("M246 120 H290 V330 H246 Z"), colour("ink"), 0.13)
    ink = readable_on(p.second)
    c.line(path("M188 262 C192 244 196 232 206 212"), ink, 3)
    for ends in ((192, 246, 168, 226), (196, 232, 226, 222), (206, 212, 208, 190)):
        c.fill(leaf(*ends, 0.34), ink)
    c.solid(path("M110 96 H290 V132 C290 154 110 154 110 132 Z"), dark(p.main, 0.1), 22, 8)
    c.fill(oval(200, 96, 90, 17), light(p.main, 0.3))
    c.fill(oval(200, 95, 80, 13), p.main)
    c.solid(oval(200, 88, 16, 9), p.second, 4, 2)


def tea_cake(c: Canvas, p: Palette) -> None:
    """A pressed round of tea, half out of its paper."""
    c.shadow(205, 312, 118, 16)
    c.solid(oval(198, 208, 118, 106), p.second, 12, 6)
    tea = oval(198, 202, 98, 88)
    c.solid(tea, p.main, 12, 0)
    with c.within(tea):
        for n, (x, y) in enumerate(scattered(60, 100, 114, 292, 290)):
            tone = (dark(p.main, 0.25), light(p.main, 0.22), dark(p.main, 0.1))[n % 3]
            c.fill(leaf(x, y, x + 22 - (n * 7) % 40, y + 8 + (n * 5) % 12, 0.2), tone)
    c.fill(
        path(
            "M88 262 C120 216 150 286 200 248 C250 214 270 262 308 236 C306 280 262 316 198 316 "
            "C142 316 104 292 88 262 Z"
        ),
        light(p.second, 0.3),
    )
    c.solid(oval(198, 282, 22), p.accent, 5, 3)


def coffee_bag(c: Canvas, p: Palette) -> None:
    """A bag of beans with a folded top."""
    c.shadow(206, 318, 92, 14)
    body = path(
        "M118 108 H282 C290 170 292 240 288 306 C288 314 284 318 276 318 H124 "
        "C116 318 112 314 112 306 C108 240 110 170 118 108 Z"
    )
    c.solid(body, p.main, 22, 8)
    c.wash(path("M250 108 C238 180 262 240 246 318 H290 V108 Z"), colour("ink"), 0.1)
    c.solid(path("M114 78 H286 V116 C240 124 160 124 114 116 Z"), dark(p.main, 0.1), 12, 5)
    c.fill(box(104, 96, 296, 106, 4), p.accent)
    c.fill(box(142, 158, 258, 268, 8), p.second)
    _bean(c, 200, 206, 1.25, COFFEE)
    c.line([(168, 250), (232, 250)], readable_on(p.second), 4)


def _bean(c: Canvas, x: float, y: float, size: float, tone: tuple[int, int, int]) -> None:
    shape = scaled(
        moved(path("M-14 20 C-34 2 -18 -32 10 -28 C32 -22 26 18 4 26 C-4 28 -10 24 -14 20 Z"), x, y),
        size,
        x,
        y,
    )
    c.solid(shape, tone, 5, 3)
    c.line(scaled(moved(path("M8 -22 C-10 -10 14 4 -6 20"), x, y), size, x, y), dark(tone, 0.45), 3)


def coffee_cup(c: Canvas, p: Palette) -> None:
    """A wide cup of coffee on a saucer."""
    c.shadow(200, 316, 132, 14)
    c.solid(oval(200, 300, 124, 18), p.second, 10, 4)
    c.line(path("M284 196 C338 190 330 258 262 254"), dark(p.main, 0.16), 15)
    c.line(path("M284 195 C332 190 326 252 264 251"), p.main, 8)
    body = path("M104 178 H296 C296 246 258 292 226 298 H174 C142 292 104 246 104 178 Z")
    c.solid(body, p.main, 24, 8)
    c.fill(oval(200, 178, 96, 25), light(p.main, 0.4))
    c.fill(oval(200, 181, 86, 19), dark(COFFEE, 0.1))
    c.fill(oval(200, 183, 80, 15.5), COFFEE)
    milk = colour("#ecd3b0")
    c.fill(
        path(
            "M200 195 C172 188 158 176 180 172 C192 170 198 176 200 180 C202 176 208 170 220 172 "
            "C242 176 228 188 200 195 Z"
        ),
        milk,
    )
    steam(c, p, 196, 148)


def dripper(c: Canvas, p: Palette) -> None:
    """A cone over a glass jug."""
    c.shadow(204, 318, 92, 13)
    glass = mixed(p.wall, colour("white"), 0.6)
    jug = path(
        "M156 208 H244 C238 226 286 262 280 296 C278 312 268 318 254 318 H146 C132 318 122 312 120 "
        "296 "
        "C114 262 162 226 156 208 Z"
    )
    c.line(path("M262 236 C322 226 328 296 274 296"), glass, 11)
    c.solid(jug, glass, 10, 6)
    with c.within(scaled(jug, 0.93, 200, 270)):
        c.fill(box(100, 268, 300, 330), COFFEE)
        c.fill(oval(200, 268, 78, 9), light(COFFEE, 0.2))
    c.wash(path("M140 282 C136 262 158 244 164 230 C152 252 150 272 152 296 Z"), colour("white"), 0.55)
    c.line(path("M284 132 C330 124 326 178 262 178"), p.main, 10)
    cone = path("M104 102 H296 L232 190 H168 Z")
    c.solid(cone, p.main, 22, 8)
    for x in (150, 178, 206, 234):
        c.line([(x, 116), (190 + (x - 200) * 0.25, 180)], dark(p.main, 0.14), 3)
    c.fill(oval(200, 102, 96, 15), light(p.main, 0.4))
    c.fill(oval(200, 104, 84, 10), colour("#8a6146"))
    c.solid(box(142, 188, 258, 204, 7), dark(p.main, 0.08), 10, 4)


def thermos(c: Canvas, p: Palette) -> None:
    """A tall bottle that keeps warm."""
    c.shadow(204, 322, 66, 11)
    body = path(
        "M144 130 C144 118 152 112 164 110 H236 C248 112 256 118 256 130 V304 C256 316 248 322 "
        "238 322 "
        "H162 C152 322 144 316 144 304 Z"
    )
    c.solid(body, p.main, 20, 8)
    with c.within(body):
        c.fill(box(130, 286, 270, 296), p.second)
        c.wash(box(160, 110, 172, 330), colour("white"), 0.35)
    c.solid(box(156, 96, 244, 116, 5), colour("silver"), 12, 5)
    c.solid(path("M160 98 V66 C160 54 168 48 180 48 H220 C232 48 240 54 240 66 V98 Z"), p.second, 14, 6)
    c.line(path("M218 56 C262 52 266 92 244 96"), p.accent, 6)


def kettle(c: Canvas, p: Palette) -> None:
    """A kettle with a long thin spout."""
    c.shadow(196, 318, 106, 14)
    c.line(path("M120 282 C76 268 96 196 60 168"), dark(p.main, 0.2), 14)
    c.line(path("M120 278 C80 266 98 194 58 166"), p.main, 8)
    c.line(path("M262 158 C350 134 352 268 300 278"), colour("walnut"), 15)
    c.line(path("M262 156 C344 134 346 260 300 273"), colour("#96623f"), 6)
    body = path(
        "M142 152 H250 C276 196 292 250 294 304 C294 314 288 318 278 318 H118 C108 318 104 314 "
        "104 304 "
        "C106 250 116 196 142 152 Z"
    )
    c.solid(body, p.main, 24, 8)
    c.wash(path("M150 176 C134 214 126 256 126 298 C140 256 142 214 158 176 Z"), colour("white"), 0.45)
    c.solid(both(path("M200 132 C226 132 248 140 252 154 C240 162 210 164 200 164")), p.main, 10, 5)
    c.solid(oval(200, 122, 13, 12), colour("walnut"), 4, 3)


def pouch(c: Canvas, p: Palette) -> None:
    """A standing pouch with a window: tea, nuts, dried fruit."""
    c.shadow(204, 318, 100, 14)
    body = path("M114 84 H286 L292 300 C292 314 284 318 272 318 H128 C116 318 108 314 108 300 Z")
    c.solid(body, p.main, 22, 8)
    c.fill(box(114, 84, 286, 102), dark(p.main, 0.14))
    c.line([(116, 110), (284, 110)], light(p.main, 0.3), 2.5)
    window = oval(200, 236, 58, 50)
    c.fill(window, p.second)
    with c.within(window):
        for n, (x, y) in enumerate(scattered(20, 146, 192, 254, 282)):
            c.solid(_kernel(x, y, 12 + n % 3), mixed(p.accent, p.second, 0.12 * (n % 3)), 4, 3)
    ink = readable_on(p.main)
    c.line([(164, 140), (236, 140)], ink, 8)
    c.line([(178, 160), (222, 160)], ink, 4)


def _kernel(x: float, y: float, r: float) -> Shape:
    return [*arc(x, y, r, r * 0.8, 0, 350)]


MOTIFS = {
    "cup": cup, "gaiwan": gaiwan, "teapot": teapot, "tea_tin": tea_tin, "tea_cake": tea_cake,
    "coffee_bag": coffee_bag, "coffee_cup": coffee_cup, "dripper": dripper, "thermos": thermos,
    "kettle": kettle, "pouch": pouch,
}  # fmt: skip
