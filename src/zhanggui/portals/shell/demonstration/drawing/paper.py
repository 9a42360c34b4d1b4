"""Books, paper and what one writes with; cards for goods that are not sent."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import (
    Palette,
    colour,
    dark,
    light,
    mixed,
    readable_on,
)
from zhanggui.portals.shell.demonstration.drawing.shapes import arc, box, leaf, oval, path, turned

PAGES = colour("#f4ecdc")


def book(c: Canvas, p: Palette) -> None:
    """A book standing, with hills on its cover."""
    c.shadow(208, 330, 96, 12)
    c.fill(path("M286 84 L306 78 V318 L286 330 Z"), dark(PAGES, 0.14))
    c.fill(path("M114 84 L134 76 H306 L286 84 Z"), PAGES)
    c.solid(box(110, 84, 288, 330, 5), p.main, 8, 0)
    cover = box(130, 84, 288, 330, 4)
    with c.within(cover):
        c.fill(oval(226, 196, 34), p.accent)
        c.fill(path("M120 262 C150 214 184 214 208 248 C234 280 262 240 300 232 V340 H120 Z"), p.second)
        c.fill(path("M120 296 C160 264 200 300 300 276 V340 H120 Z"), mixed(p.second, p.main, 0.45))
    c.fill(box(110, 84, 126, 330, 4), dark(p.main, 0.24))
    ink = readable_on(p.main)
    c.line([(152, 118), (262, 118)], ink, 10)
    c.line([(152, 142), (226, 142)], ink, 5)


def books(c: Canvas, p: Palette) -> None:
    """A stack of three books, one upright."""
    c.shadow(204, 326, 132, 13)
    c.solid(turned(box(258, 104, 304, 324, 4), 9, 282, 324), p.accent, 8, 5)
    for y in (130, 290):
        c.fill(turned(box(258, y, 304, y + 8), 9, 282, 324), light(p.accent, 0.6))
    for x, y, w, h, tone in (
        (84, 282, 178, 44, p.main),
        (98, 242, 156, 40, p.second),
        (88, 194, 168, 48, dark(p.main, 0.2)),
    ):
        c.solid(box(x, y, x + w, y + h, 7), tone, 7, 5)
        c.fill(box(x + 8, y + 8, x + w, y + h - 8, 3), PAGES)
        for line in range(3):
            yy = y + 14 + line * (h - 28) / 2
            c.line([(x + 14, yy), (x + w - 4, yy)], dark(PAGES, 0.12), 1.6)
    c.line(path("M112 194 C124 164 148 160 176 168"), dark(p.wall, 0.5), 3.5)
    for x in (116, 166):
        c.line(arc(x, 180, 17, 14, 0, 360), dark(p.wall, 0.6), 4.5)


def open_book(c: Canvas, p: Palette) -> None:
    """A book lying open with a picture in it."""
    c.shadow(200, 306, 150, 13)
    c.solid(path("M46 150 H354 V302 H46 Z"), p.main, 8, 4)
    left = path("M200 152 C166 128 102 126 58 140 V288 C102 274 166 276 200 298 Z")
    right = path("M200 152 C234 128 298 126 342 140 V288 C298 274 234 276 200 298 Z")
    c.solid(left, PAGES, 0, 4)
    c.fill(right, light(PAGES, 0.5))
    c.wash(path("M200 152 C190 146 182 142 172 140 V286 C182 288 192 292 200 298 Z"), dark(PAGES, 0.4), 0.4)
    for n in range(6):
        y = 164 + n * 19
        c.line(
            path(f"M76 {y} C110 {y - 8} 150 {y - 4} 180 {y + 8}")
            if n < 5
            else path(f"M76 {y} C96 {y - 5} 112 {y - 5} 130 {y - 3}"),
            dark(PAGES, 0.3),
            4,
        )
    picture = path("M222 162 C254 148 292 146 324 152 V266 C292 258 254 262 222 274 Z")
    c.fill(picture, p.second)
    with c.within(picture):
        c.fill(oval(292, 186, 19), p.accent)
        c.fill(path("M210 250 C244 196 262 224 280 238 C298 216 312 214 340 240 V300 H210 Z"), p.main)
    c.fill(path("M270 270 H288 V332 L279 322 L270 332 Z"), p.accent)


def notebook(c: Canvas, p: Palette) -> None:
    """A notebook with a ribbon and a pencil."""
    c.shadow(206, 326, 110, 12)
    c.solid(box(104, 74, 282, 326, 14), p.main, 12, 7)
    c.fill(box(104, 74, 128, 326, 8), dark(p.main, 0.2))
    c.fill(box(156, 118, 250, 172, 6), p.second)
    ink = readable_on(p.second)
    c.line([(170, 136), (236, 136)], ink, 5)
    c.line([(170, 154), (212, 154)], ink, 3)
    c.fill(box(250, 74, 262, 326), dark(p.accent, 0.06))
    pencil = turned(box(296, 92, 318, 284, 2), 10, 306, 200)
    c.solid(pencil, p.accent, 7, 3)
    c.fill(turned(path("M296 284 H318 L307 320 Z"), 10, 306, 200), PAGES)
    c.fill(turned(path("M302 305 H312 L307 320 Z"), 10, 306, 200), colour("ink"))
    c.fill(turned(box(296, 80, 318, 98, 4), 10, 306, 200), colour("coral"))


def pens(c: Canvas, p: Palette) -> None:
    """Pens and pencils in a cup."""
    c.shadow(204, 322, 76, 12)
    for x, top, tilt, tone in (
        (160, 84, -13, p.accent),
        (186, 58, -4, p.second),
        (214, 66, 6, dark(p.main, 0.3)),
        (240, 92, 15, colour("coral")),
    ):
        c.solid(turned(box(x - 9, top, x + 9, 250, 3), tilt, x, 250), tone, 5, 3)
        c.fill(turned(path(f"M{x - 9} {top} H{x + 9} L{x} {top - 26} Z"), tilt, x, 250), PAGES)
        c.fill(turned(path(f"M{x - 4} {top - 15} H{x + 4} L{x} {top - 27} Z"), tilt, x, 250), dark(tone, 0.5))
    c.solid(path("M134 182 H266 V302 C266 324 134 324 134 302 Z"), p.main, 20, 8)
    c.fill(box(128, 176, 272, 190, 7), light(p.main, 0.2))
    c.line(path("M140 250 C180 262 220 262 260 250"), p.second, 8)


def fountain_pen(c: Canvas, p: Palette) -> None:
    """A fountain pen over a line it wrote."""
    c.shadow(214, 318, 116, 9, 0.22)
    c.line(path("M70 310 C96 286 112 330 138 306 C154 292 160 318 176 310"), p.main, 5)
    c.solid(turned(box(130, 168, 250, 200, 12), -45, 250, 184), p.main, 8, 5)
    c.solid(turned(box(240, 164, 366, 204, 16), -45, 250, 184), p.second, 9, 5)
    c.solid(turned(box(256, 158, 330, 168, 5), -45, 250, 184), p.accent, 3, 2)
    c.fill(turned(box(236, 164, 246, 204, 2), -45, 250, 184), p.accent)
    c.solid(turned(box(96, 172, 134, 196, 5), -45, 250, 184), dark(p.main, 0.3), 5, 3)
    c.solid(
        turned(path("M98 172 C76 172 56 180 42 184 C56 188 76 196 98 196 Z"), -45, 250, 184), p.accent, 5, 3
    )


def brush(c: Canvas, p: Palette) -> None:
    """A writing brush, an ink stone and paper."""
    c.shadow(204, 312, 140, 12)
    c.solid(path("M64 150 H290 V300 H64 Z"), light(PAGES, 0.4), 8, 4)
    c.line(path("M104 196 C130 178 160 184 190 190"), colour("ink"), 11)
    c.line(path("M146 172 C146 214 138 248 108 276"), colour("ink"), 10)
    c.line(path("M150 214 C170 246 190 262 218 270"), colour("ink"), 12)
    c.fill(box(238, 258, 266, 286, 3), colour("vermilion"))
    c.fill(box(244, 264, 260, 280, 2), light(PAGES, 0.4))
    c.solid(
        path("M246 210 C246 194 358 194 358 210 V246 C358 262 246 262 246 246 Z"), colour("charcoal"), 10, 5
    )
    c.fill(oval(302, 212, 44, 12), colour("ink"))
    c.solid(turned(box(248, 30, 264, 180, 4), 24, 256, 180), p.main, 5, 3)
    c.fill(turned(box(246, 166, 266, 186, 3), 24, 256, 180), p.accent)
    c.solid(
        turned(path("M246 184 H266 C270 204 264 222 256 240 C248 222 242 204 246 184 Z"), 24, 256, 180),
        colour("ink"),
        4,
        3,
    )


def gift_card(c: Canvas, p: Palette) -> None:
    """Two cards with a bow."""
    c.shadow(204, 300, 134, 13)
    c.solid(turned(box(84, 114, 320, 262, 16), 8, 200, 190), p.second, 12, 6)
    card = turned(box(70, 138, 312, 290, 16), -5, 190, 214)
    c.solid(card, p.main, 14, 7)
    with c.within(card):
        c.fill(turned(box(222, 100, 244, 330), -5, 190, 214), p.accent)
        c.fill(turned(box(40, 176, 340, 196), -5, 190, 214), p.accent)
    cx, cy = 231, 183
    loops = (
        "M231 183 C198 168 176 142 190 130 C206 122 226 152 231 183 Z",
        "M231 183 C262 164 284 136 270 126 C254 118 236 150 231 183 Z",
        "M231 183 C214 206 206 226 218 232 C230 232 234 208 231 183 Z",
        "M231 183 C252 202 262 220 250 228 C238 230 232 208 231 183 Z",
    )
    for loop in loops:
        c.solid(path(loop), light(p.accent, 0.12), 5, 3)
    c.solid(oval(cx, cy, 11), p.accent, 4, 2)
    ink = readable_on(p.main)
    c.line(turned([(94, 256), (170, 256)], -5, 190, 214), ink, 8)
    c.line(turned([(94, 232), (140, 232)], -5, 190, 214), ink, 4)


def course(c: Canvas, p: Palette) -> None:
    """A screen with a lesson playing."""
    c.shadow(202, 322, 124, 12)
    c.solid(path("M172 262 H228 L238 312 H162 Z"), dark(p.main, 0.2), 7, 3)
    c.solid(box(130, 306, 270, 322, 7), p.main, 8, 4)
    c.solid(box(62, 84, 338, 272, 18), p.main, 12, 7)
    screen = box(76, 98, 324, 258, 8)
    c.fill(screen, p.second)
    with c.within(screen):
        c.fill(
            path("M70 220 C120 176 160 220 200 198 C250 172 280 214 340 180 V270 H70 Z"),
            mixed(p.second, p.main, 0.28),
        )
        c.fill(oval(118, 138, 22), mixed(p.second, p.accent, 0.6))
    c.fill(oval(200, 176, 40), colour("white"))
    c.fill(path("M188 154 L224 176 L188 198 Z"), p.accent)
    c.fill(box(92, 238, 308, 245, 3.5), mixed(p.second, colour("white"), 0.6))
    c.fill(box(92, 238, 198, 245, 3.5), p.accent)
    c.fill(oval(198, 241.5, 7), p.accent)


def tickets(c: Canvas, p: Palette) -> None:
    """Two tickets: for a class, a show, a tasting."""
    c.shadow(204, 304, 130, 12)
    for tilt, dy, tone in ((14, -26, p.second), (-9, 14, p.main)):
        body = box(78, 140 + dy, 322, 256 + dy, 10)
        c.solid(turned(body, tilt, 200, 198 + dy), tone, 8, 5)
        for y in (140 + dy, 256 + dy):
            c.fill(turned(oval(250, y, 12), tilt, 200, 198 + dy), mixed(p.wall, light(p.wall, 0.5), 0.6))
        for n in range(5):
            y = 160 + dy + n * 17
            c.line(turned([(250, y), (250, y + 8)], tilt, 200, 198 + dy), readable_on(tone), 3)
        ink = readable_on(tone)
        c.line(turned([(170, 180 + dy), (228, 180 + dy)], tilt, 200, 198 + dy), ink, 8)
        c.line(turned([(170, 204 + dy), (214, 204 + dy)], tilt, 200, 198 + dy), ink, 4)
        c.line(turned([(170, 222 + dy), (204, 222 + dy)], tilt, 200, 198 + dy), ink, 4)
        c.fill(turned(oval(124, 198 + dy, 28), tilt, 200, 198 + dy), p.accent)
        c.fill(turned(leaf(110, 212 + dy, 140, 180 + dy, 0.34), tilt, 200, 198 + dy), ink)


MOTIFS = {
    "book": book, "books": books, "open_book": open_book, "notebook": notebook, "pens": pens,
    "fountain_pen": fountain_pen, "brush": brush, "gift_card": gift_card, "course": course, "tickets": tickets,
}  # fmt: skip
