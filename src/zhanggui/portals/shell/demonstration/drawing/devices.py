"""Devices: what rings, plays, measures and charges."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Colour, Palette, colour, dark, light, mixed
from zhanggui.portals.shell.demonstration.drawing.shapes import (
    Shape,
    arc,
    box,
    mirrored,
    moved,
    oval,
    path,
    turned,
)

GLASS = colour("#20243a")


def _screen(
    c: Canvas, p: Palette, shape: Shape, left: float, top: float, width: float, height: float
) -> None:
    """A screen with hills and a sun."""
    c.fill(shape, mixed(p.second, colour("white"), 0.2))
    with c.within(shape):
        c.fill(oval(left + width * 0.68, top + height * 0.3, width * 0.15), light(p.accent, 0.2))
        c.fill(
            path(
                f"M{left - 10} {top + height * 0.66} C{left + width * 0.3} {top + height * 0.4} "
                f"{left + width * 0.5} "
                f"{top + height * 0.8} {left + width + 10} {top + height * 0.52} V{top + height + 10} "
                f"H{left - 10} Z"
            ),
            mixed(p.main, p.second, 0.4),
        )
        c.fill(
            path(
                f"M{left - 10} {top + height * 0.8} C{left + width * 0.4} {top + height * 0.6} "
                f"{left + width * 0.7} "
                f"{top + height * 0.96} {left + width + 10} {top + height * 0.7} V{top + height + 10} "
                f"H{left - 10} Z"
            ),
            dark(p.main, 0.12),
        )


def phone(c: Canvas, p: Palette) -> None:
    """A phone from the front, its back behind it."""
    c.shadow(206, 328, 104, 12)
    back = turned(box(188, 66, 318, 318, 22), 7, 250, 318)
    c.solid(back, p.main, 10, 6)
    c.solid(turned(box(204, 82, 256, 134, 14), 7, 250, 318), dark(p.main, 0.12), 4, 3)
    for x, y in ((219, 98), (241, 98), (219, 120)):
        c.fill(turned(oval(x, y, 9), 7, 250, 318), GLASS)
        c.fill(turned(oval(x - 3, y - 3, 2.6), 7, 250, 318), colour("ice"))
    c.solid(box(96, 72, 232, 328, 22), GLASS, 4, 3)
    _screen(c, p, box(104, 80, 224, 320, 15), 104, 80, 120, 240)
    c.fill(box(146, 88, 182, 97, 5), GLASS)
    c.wash(path("M104 80 H186 L120 320 H104 Z"), colour("white"), 0.14)


def tablet(c: Canvas, p: Palette) -> None:
    """A tablet with a pen."""
    c.shadow(204, 322, 132, 12)
    c.solid(box(68, 92, 318, 318, 20), GLASS, 5, 4)
    _screen(c, p, box(82, 106, 304, 304, 9), 82, 106, 222, 198)
    c.wash(path("M82 106 H226 L142 304 H82 Z"), colour("white"), 0.14)
    c.solid(turned(box(330, 102, 344, 292, 6), 8, 337, 300), colour("white"), 5, 2)
    c.fill(turned(path("M331 292 H343 L337 312 Z"), 8, 337, 300), colour("grey"))


def laptop(c: Canvas, p: Palette) -> None:
    """An open laptop."""
    c.shadow(202, 312, 152, 11)
    c.solid(box(86, 104, 314, 272, 14), GLASS, 5, 4)
    _screen(c, p, box(98, 116, 302, 262, 5), 98, 116, 204, 146)
    c.wash(path("M98 116 H220 L150 262 H98 Z"), colour("white"), 0.14)
    c.solid(path("M52 272 H348 V284 C348 300 338 308 322 308 H78 C62 308 52 300 52 284 Z"), p.main, 8, 5)
    c.fill(path("M166 272 H234 C234 282 228 284 222 284 H178 C172 284 166 282 166 272 Z"), dark(p.main, 0.2))


def headphones(c: Canvas, p: Palette) -> None:
    """Headphones standing on their cups."""
    c.shadow(202, 320, 128, 13)
    c.line(arc(200, 200, 106, 118, 178, 362), dark(p.main, 0.1), 22)
    c.line(arc(200, 198, 106, 118, 190, 342), p.main, 16)
    c.line(arc(200, 210, 96, 108, 222, 318), p.second, 13)
    for flip in (False, True):
        cups: tuple[tuple[Shape, Colour], ...] = (
            (box(76, 186, 106, 246, 9), dark(p.main, 0.16)),
            (path("M104 206 C142 200 152 232 152 258 C152 286 142 318 104 312 Z"), p.second),
            (path("M108 202 C70 198 56 230 56 258 C56 288 70 318 108 314 Z"), p.main),
        )
        for shape, tone in cups:
            c.solid(mirrored(shape) if flip else shape, tone, 9, 6)
        x = 318 if flip else 82
        c.fill(oval(x, 258, 10, 16), p.accent)


def earbuds(c: Canvas, p: Palette) -> None:
    """Two earbuds over their case."""
    c.shadow(202, 316, 104, 13)
    c.solid(path("M116 196 C116 158 284 158 284 196 V232 H116 Z"), dark(p.main, 0.14), 10, 5)
    c.fill(oval(200, 226, 78, 14), dark(p.main, 0.42))
    for x, side in ((160, 1), (240, -1)):
        stem = path(f"M{x - 9} 130 H{x + 9} V214 C{x + 9} 224 {x - 9} 224 {x - 9} 214 Z")
        c.solid(stem, p.second, 5, 3)
        head = turned(oval(x + side * 6, 116, 28, 24), side * 20, x, 116)
        c.solid(head, p.second, 8, 5)
        c.fill(oval(x + side * 18, 112, 10, 11), dark(p.second, 0.5))
    c.solid(
        path("M108 224 H292 V270 C292 300 274 316 246 316 H154 C126 316 108 300 108 270 Z"), p.main, 18, 7
    )
    c.fill(oval(200, 262, 6), p.accent)


def speaker(c: Canvas, p: Palette) -> None:
    """A round-edged speaker with a handle."""
    c.shadow(204, 318, 116, 13)
    c.line(path("M140 132 C140 78 260 78 260 132"), dark(p.second, 0.1), 13)
    c.solid(box(90, 126, 310, 316, 40), p.main, 22, 9)
    c.fill(oval(200, 222, 76), dark(p.main, 0.3))
    c.solid(oval(198, 220, 68), p.second, 10, 5)
    c.fill(oval(198, 220, 48), dark(p.main, 0.4))
    c.fill(oval(198, 220, 40), dark(p.main, 0.55))
    c.solid(oval(198, 220, 20), p.accent, 5, 4)
    for x in (116, 284):
        c.fill(oval(x, 152, 6), p.accent)


def watch(c: Canvas, p: Palette) -> None:
    """A watch with a digital face."""
    c.shadow(206, 344, 62, 10)
    for strap in ("M150 128 L162 44 H238 L250 128 Z", "M150 256 L162 344 H238 L250 256 Z"):
        c.solid(path(strap), p.main, 12, 6)
    for y in (300, 318, 334):
        c.fill(oval(200, y, 4.5), dark(p.main, 0.4))
    c.solid(box(270, 168, 284, 198, 5), colour("steel"), 4, 2)
    c.solid(box(124, 108, 276, 276, 44), colour("silver"), 14, 6)
    face = box(136, 120, 264, 264, 34)
    c.fill(face, GLASS)
    c.line(path("M150 206 H174 L184 180 L200 230 L214 190 L222 206 H250"), p.accent, 6)
    for n, tone in enumerate((colour("mint"), colour("sky"), colour("coral"))):
        c.fill(box(160 + n * 30, 236, 180 + n * 30, 246, 5), tone)
    c.fill(box(160, 144, 214, 158, 5), colour("white"))
    c.wash(path("M136 120 H220 L160 264 H136 Z"), colour("white"), 0.08)


def wrist_watch(c: Canvas, p: Palette) -> None:
    """A round watch with hands."""
    c.shadow(206, 344, 58, 10)
    for strap in ("M158 130 L168 40 H232 L242 130 Z", "M158 256 L168 346 H232 L242 256 Z"):
        c.solid(path(strap), p.main, 12, 6)
        c.line(path(strap.replace("Z", "")), light(p.main, 0.2), 2)
    c.solid(box(276, 184, 294, 206, 5), p.accent, 4, 2)
    c.solid(oval(200, 194, 84), p.accent, 12, 6)
    c.fill(oval(200, 194, 70), p.second)
    for n in range(12):
        c.line(turned([(200, 134), (200, 144 if n % 3 else 150)], n * 30, 200, 194), dark(p.main, 0.2), 4)
    c.line([(200, 194), (168, 176)], colour("ink"), 6)
    c.line([(200, 194), (226, 150)], colour("ink"), 4)
    c.line([(200, 198), (204, 240)], colour("coral"), 2.5)
    c.fill(oval(200, 194, 6), colour("ink"))


def keyboard(c: Canvas, p: Palette) -> None:
    """A small keyboard and a mouse."""
    c.shadow(204, 300, 150, 13)
    c.solid(box(46, 164, 286, 296, 16), p.main, 12, 6)
    for row in range(4):
        x = 62.0
        widths = (
            (22, 22, 22, 22, 22, 22, 38),
            (30, 22, 22, 22, 22, 22, 30),
            (36, 22, 22, 22, 22, 46),
            (22, 22, 100, 26),
        )[row]
        for n, w in enumerate(widths):
            tone = p.accent if (row, n) in ((0, 0), (2, 5)) else p.second
            y = 178 + row * 27.0
            c.fill(box(x, y + 3, x + w, y + 22, 5), dark(tone, 0.28))
            c.fill(box(x, y, x + w, y + 18, 5), tone)
            x += w + 6.5
    c.solid(path("M308 226 C308 196 366 196 366 226 V262 C366 304 308 304 308 262 Z"), p.second, 10, 6)
    c.line([(337, 206), (337, 240)], dark(p.second, 0.2), 3)
    c.fill(box(332, 216, 342, 234, 5), p.accent)


def power_bank(c: Canvas, p: Palette) -> None:
    """A battery with its cable."""
    c.shadow(210, 322, 92, 12)
    c.line(path("M188 92 C188 30 330 30 322 130 C314 210 352 220 340 300"), p.second, 9)
    c.solid(box(330, 288, 352, 320, 4), colour("silver"), 4, 3)
    c.solid(box(176, 80, 200, 112, 4), dark(p.second, 0.2), 4, 2)
    c.solid(box(112, 108, 280, 322, 26), p.main, 20, 8)
    for n in range(4):
        c.fill(oval(158 + n * 25, 142, 6), p.accent if n < 3 else dark(p.main, 0.3))
    c.fill(path("M204 186 L168 246 H196 L188 292 L226 228 H198 Z"), p.second)


def charger(c: Canvas, p: Palette) -> None:
    """A plug with two sockets."""
    c.shadow(204, 318, 96, 12)
    for x in (168, 222):
        c.solid(box(x, 76, x + 14, 138, 3), colour("silver"), 4, 3)
    c.solid(box(112, 126, 288, 272, 30), p.main, 22, 8)
    c.fill(box(136, 214, 264, 250, 9), dark(p.main, 0.12))
    for x in (148, 208):
        c.fill(box(x, 226, x + 44, 238, 6), GLASS)
    c.line(path("M170 256 C170 330 70 270 76 344"), p.second, 9)
    c.solid(box(158, 238, 182, 278, 5), p.second, 5, 3)
    c.fill(path("M206 148 L186 180 H202 L196 204 L218 172 H202 Z"), p.accent)


def camera(c: Canvas, p: Palette) -> None:
    """A camera with a round lens."""
    c.shadow(204, 312, 128, 13)
    c.solid(path("M148 134 L162 100 H238 L252 134 Z"), dark(p.main, 0.12), 9, 5)
    c.solid(box(94, 116, 132, 140, 6), p.accent, 5, 3)
    c.solid(box(74, 132, 326, 310, 22), p.main, 20, 8)
    c.fill(box(74, 176, 326, 262), p.second)
    c.fill(box(310, 176, 326, 262), dark(p.second, 0.16))
    c.solid(oval(200, 220, 76), colour("silver"), 10, 5)
    c.fill(oval(200, 220, 62), GLASS)
    c.fill(oval(200, 220, 44), mixed(GLASS, p.main, 0.35))
    c.fill(oval(200, 220, 26), GLASS)
    c.fill(oval(182, 202, 12), light(GLASS, 0.7))
    c.fill(oval(292, 156, 9), p.accent)
    c.fill(box(100, 150, 140, 164, 4), light(p.main, 0.4))


def humidifier(c: Canvas, p: Palette) -> None:
    """A round humidifier with mist."""
    c.shadow(204, 320, 88, 13)
    mist = mixed(p.wall, colour("white"), 0.75)
    for x, y, r in ((196, 122, 20), (222, 96, 26), (190, 70, 24), (228, 48, 18)):
        c.wash(oval(x, y, r), mist, 0.85)
    body = path(
        "M200 146 C262 146 294 192 294 244 C294 288 276 318 250 318 H150 C124 318 106 288 106 244 "
        "C106 192 138 146 200 146 Z"
    )
    c.solid(body, p.main, 24, 9)
    c.fill(oval(200, 150, 24, 6), dark(p.main, 0.4))
    with c.within(body):
        c.fill(box(90, 276, 310, 330), p.second)
    c.fill(oval(200, 296, 8), p.accent)
    c.wash(path("M136 194 C118 216 118 250 128 268 C122 236 126 214 146 190 Z"), colour("white"), 0.6)


def rice_cooker(c: Canvas, p: Palette) -> None:
    """A round rice cooker."""
    c.shadow(204, 318, 116, 13)
    c.solid(path("M92 190 C92 126 140 108 200 108 C260 108 308 126 308 190 Z"), p.main, 20, 9)
    c.solid(box(166, 92, 234, 118, 10), p.accent, 8, 4)
    c.solid(path("M86 188 H314 V272 C314 302 296 318 266 318 H134 C104 318 86 302 86 272 Z"), p.main, 24, 8)
    c.fill(box(82, 182, 318, 196, 6), dark(p.main, 0.22))
    c.solid(box(148, 216, 252, 296, 16), p.second, 8, 5)
    c.fill(box(164, 230, 236, 256, 6), GLASS)
    c.line([(176, 243), (224, 243)], colour("mint"), 5)
    for x in (176, 200, 224):
        c.fill(oval(x, 276, 7), p.accent)
    tone = mixed(p.wall, colour("white"), 0.75)
    c.line(moved(path("M262 104 C252 86 274 78 264 58"), 0, -4), tone, 5)


MOTIFS = {
    "phone": phone, "tablet": tablet, "laptop": laptop, "headphones": headphones, "earbuds": earbuds,
    "speaker": speaker, "watch": watch, "wrist_watch": wrist_watch, "keyboard": keyboard, "power_bank": power_bank,
    "charger": charger, "camera": camera, "humidifier": humidifier, "rice_cooker": rice_cooker,
}  # fmt: skip
