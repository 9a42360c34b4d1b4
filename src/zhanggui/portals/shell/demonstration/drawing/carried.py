"""What is carried or put on the feet."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Palette, colour, dark, light, mixed
from zhanggui.portals.shell.demonstration.drawing.shapes import box, leaf, moved, oval, path, scaled, turned


def tote(c: Canvas, p: Palette) -> None:
    """A cloth bag with long handles."""
    c.shadow(204, 326, 108, 13)
    c.line(path("M150 152 C150 46 250 46 250 152"), dark(p.main, 0.22), 12)
    body = path("M92 142 H308 L318 306 C318 320 312 326 298 326 H102 C88 326 82 320 82 306 Z")
    c.solid(body, p.main, 20, 8)
    c.line([(94, 162), (306, 162)], dark(p.main, 0.14), 3)
    c.line(path("M138 176 V150 C138 32 262 32 262 150 V176"), light(p.main, 0.1), 12)
    c.fill(oval(200, 242, 50), p.second)
    c.line(path("M200 284 C200 256 202 232 208 206"), dark(p.second, 0.5), 4)
    for ends in ((201, 262, 172, 244), (202, 250, 232, 236), (203, 236, 180, 216), (206, 222, 226, 204)):
        c.fill(leaf(*ends, 0.34), dark(p.second, 0.5))


def handbag(c: Canvas, p: Palette) -> None:
    """A small stiff bag with a clasp."""
    c.shadow(204, 318, 112, 13)
    c.line(path("M136 164 C136 78 264 78 264 164"), dark(p.main, 0.16), 13)
    c.line(path("M134 164 C134 72 262 72 262 164"), p.main, 6)
    body = path(
        "M106 160 H294 C310 160 316 172 318 186 L326 290 C326 310 316 318 298 318 H102 C84 318 74 "
        "310 74 290 L82 186 "
        "C84 172 90 160 106 160 Z"
    )
    c.solid(body, p.main, 22, 8)
    flap = path(
        "M104 156 H296 C308 156 316 164 316 178 C316 220 256 244 200 244 C144 244 84 220 84 178 C84 "
        "164 92 156 104 156 Z"
    )
    c.fill(moved(flap, 0, 7), dark(p.main, 0.25))
    c.solid(flap, p.second, 18, 7)
    c.solid(box(184, 226, 216, 258, 8), p.accent, 6, 4)
    c.fill(oval(200, 242, 5), dark(p.accent, 0.5))
    for x in (136, 264):
        c.fill(oval(x, 168, 9), p.accent)


def backpack(c: Canvas, p: Palette) -> None:
    """A backpack with a front pocket."""
    c.shadow(204, 330, 104, 13)
    c.line(path("M176 84 C176 46 224 46 224 84"), dark(p.main, 0.3), 10)
    for x in (86, 278):
        c.solid(box(x, 226, x + 36, 312, 16), dark(p.main, 0.16), 6, 4)
    body = path(
        "M104 148 C104 100 142 76 200 76 C258 76 296 100 296 148 V306 C296 322 288 330 272 330 H128 "
        "C112 330 104 322 "
        "104 306 Z"
    )
    c.solid(body, p.main, 24, 9)
    c.line(path("M128 172 C128 116 160 104 200 104 C240 104 272 116 272 172"), dark(p.main, 0.24), 4)
    c.solid(box(128, 206, 272, 314, 18), p.second, 14, 7)
    c.line(path("M142 236 H258"), dark(p.second, 0.26), 4)
    c.line([(252, 236), (252, 254)], p.accent, 6)
    c.solid(box(170, 136, 230, 170, 7), p.accent, 6, 4)
    c.line([(184, 153), (216, 153)], dark(p.accent, 0.45), 4)


def suitcase(c: Canvas, p: Palette) -> None:
    """A suitcase on wheels."""
    c.shadow(204, 336, 96, 11)
    for x in (164, 228):
        c.line([(x, 44), (x, 120)], colour("steel"), 7)
    c.solid(box(154, 36, 238, 54, 8), colour("charcoal"), 5, 3)
    for x in (128, 250):
        c.solid(box(x, 310, x + 24, 336, 8), colour("charcoal"), 5, 3)
    body = box(102, 104, 298, 318, 26)
    c.solid(body, p.main, 22, 9)
    with c.within(body):
        for x in (142, 172, 202, 232, 262):
            c.fill(box(x - 5, 104, x + 5, 318, 4), dark(p.main, 0.12))
            c.fill(box(x - 5, 104, x - 2, 318, 1), light(p.main, 0.25))
    c.fill(box(102, 206, 298, 216), p.second)
    c.solid(box(182, 92, 218, 110, 6), dark(p.main, 0.3), 4, 2)
    c.solid(turned(box(246, 132, 282, 184, 6), 12, 264, 132), p.accent, 5, 3)
    c.fill(turned(oval(264, 142, 4), 12, 264, 132), dark(p.accent, 0.5))


def wallet(c: Canvas, p: Palette) -> None:
    """A wallet with cards."""
    c.shadow(204, 306, 120, 13)
    for dy, tone in ((-52, p.accent), (-32, p.second)):
        c.solid(turned(box(112, 170 + dy, 282, 270 + dy, 10), -4, 200, 210), tone, 8, 4)
        c.fill(turned(box(128, 186 + dy, 162, 194 + dy, 4), -4, 200, 210), light(tone, 0.6))
    c.solid(box(78, 168, 322, 308, 16), p.main, 20, 8)
    c.line(path("M92 184 H308 V292 H92 Z M92 184"), light(p.main, 0.24), 2.5)
    c.solid(path("M322 214 H258 C240 214 240 262 258 262 H322 Z"), dark(p.main, 0.12), 8, 4)
    c.solid(oval(264, 238, 9), p.accent, 3, 2)


def umbrella(c: Canvas, p: Palette) -> None:
    """An open umbrella."""
    c.shadow(204, 340, 60, 9, 0.22)
    c.line(path("M200 168 V306 C200 344 248 342 248 310"), colour("walnut"), 9)
    dome = path(
        "M60 200 C64 116 126 66 200 66 C274 66 336 116 340 200 C322 180 296 180 278 200 C258 178 "
        "222 178 200 200 C178 "
        "178 142 178 122 200 C104 180 78 180 60 200 Z"
    )
    c.solid(dome, p.main, 20, 9)
    with c.within(dome):
        c.fill(
            path(
                "M200 60 C150 90 124 140 122 204 C142 176 178 176 200 202 C222 176 258 176 278 204 C276 "
                "140 250 90 200 60 Z"
            ),
            p.second,
        )
        c.line(path("M200 66 V204"), dark(p.second, 0.14), 3)
        c.wash(path("M268 84 C300 120 312 160 310 220 H350 V60 Z"), colour("ink"), 0.14)
    c.line([(200, 66), (200, 46)], p.accent, 7)


def sneaker(c: Canvas, p: Palette) -> None:
    """A sports shoe from the side."""
    c.shadow(206, 302, 142, 13)
    upper = path(
        "M72 188 C84 198 112 198 124 178 C132 164 152 160 164 172 C196 206 236 232 296 240 C330 "
        "246 342 260 342 282 H64 "
        "C60 250 62 214 72 188 Z"
    )
    c.solid(upper, p.main, 14, 7)
    with c.within(upper):
        c.fill(path("M250 228 C262 252 262 270 256 290 H350 V220 Z"), p.second)
        c.fill(path("M50 230 C80 236 104 250 112 292 H50 Z"), p.second)
        c.fill(path("M118 292 C132 256 160 236 190 204 L214 222 C186 246 168 262 158 292 Z"), p.accent)
    c.line(path("M70 192 C86 202 114 200 126 180"), dark(p.main, 0.3), 9)
    for x, y in ((176, 178), (196, 194), (217, 207), (239, 218)):
        c.line([(x - 7, y + 19), (x + 8, y)], colour("white"), 7)
    c.solid(
        path("M56 278 C140 284 260 284 346 276 C352 292 346 304 332 304 H72 C60 304 54 294 56 278 Z"),
        colour("white"),
        8,
        4,
    )
    c.line(path("M64 294 C150 298 250 298 340 293"), mixed(p.second, colour("grey"), 0.3), 4)


def boots(c: Canvas, p: Palette) -> None:
    """A pair of boots."""
    c.shadow(206, 318, 132, 13)
    boot = path(
        "M122 104 H200 V214 C214 230 252 234 268 250 C282 264 284 284 282 300 H122 C118 240 118 170 122 104 Z"
    )
    for dx, dy, tone in ((54, -12, dark(p.main, 0.16)), (-38, 4, p.main)):
        c.solid(moved(boot, dx, dy), tone, 12, 7)
        c.solid(
            moved(
                path(
                    "M116 296 H286 V312 C286 318 282 318 278 318 H170 L164 310 H156 V318 H120 C116 "
                    "318 116 312 116 306 Z"
                ),
                dx,
                dy,
            ),
            dark(p.second, 0.35),
            4,
            3,
        )
        c.solid(moved(box(114, 92, 208, 122, 9), dx, dy), p.second, 8, 5)
        for y in (146, 170, 194):
            c.line(moved([(168, y), (200, y + 6)], dx, dy), p.accent, 5)
        c.line(moved(path("M122 250 C150 246 168 262 172 298"), dx, dy), dark(tone, 0.2), 3)


def loafers(c: Canvas, p: Palette) -> None:
    """A pair of flat shoes from above."""
    c.shadow(204, 314, 126, 14)
    sole = path(
        "M148 84 C186 84 196 132 190 176 C186 204 196 232 190 270 C186 298 172 312 148 312 C124 312 "
        "110 298 106 270 C100 "
        "232 110 204 106 176 C100 132 110 84 148 84 Z"
    )
    for dx, tilt in ((-4, -5), (108, 5)):
        place = 148 + dx
        one = turned(moved(sole, dx), tilt, place, 200)
        c.solid(moved(one, 4, 6), dark(p.main, 0.4), 0, 0)
        c.solid(one, p.main, 12, 7)
        c.fill(
            turned(
                moved(
                    path(
                        "M148 178 C174 178 176 206 174 232 C174 262 178 296 148 296 C118 296 122 "
                        "262 122 232 C120 206 "
                        "122 178 148 178 Z"
                    ),
                    dx,
                ),
                tilt,
                place,
                200,
            ),
            p.second,
        )
        c.fill(
            turned(
                moved(
                    path(
                        "M148 178 C174 178 176 206 174 232 C166 214 158 208 148 208 C138 208 130 "
                        "214 122 232 C120 206 "
                        "122 178 148 178 Z"
                    ),
                    dx,
                ),
                tilt,
                place,
                200,
            ),
            dark(p.second, 0.35),
        )
        c.solid(turned(box(112 + dx, 152, 184 + dx, 174, 9), tilt, place, 200), p.accent, 7, 4)


def slippers(c: Canvas, p: Palette) -> None:
    """A pair of house slippers."""
    c.shadow(206, 304, 146, 14)
    for dx, dy in ((30, -58), (-30, 6)):
        sole = path("M74 268 C74 252 92 246 120 246 H290 C318 246 328 258 328 274 C328 290 318 298 296 298 H106 "
                    "C86 298 74 288 74 268 Z")  # fmt: skip
        c.solid(moved(sole, dx, dy), p.second, 10, 6)
        c.fill(moved(oval(150, 254, 66, 13), dx, dy), dark(p.second, 0.2))
        top = path("M168 262 C168 204 212 176 262 186 C310 196 334 240 328 276 C326 284 320 286 312 286 C260 290 206 "
                   "286 168 262 Z")  # fmt: skip
        c.solid(moved(top, dx, dy), p.main, 16, 8)
        c.line(moved(path("M172 258 C178 212 206 194 244 194"), dx, dy), light(p.main, 0.35), 6)
        c.fill(moved(oval(270, 226, 13), dx, dy), p.accent)


def sandals(c: Canvas, p: Palette) -> None:
    """A sandal with crossing straps."""
    c.shadow(206, 308, 140, 12)
    c.solid(
        path(
            "M62 272 C100 262 140 276 190 280 C240 284 300 276 338 282 C348 290 344 306 330 306 H82 "
            "C66 306 58 290 62 272 Z"
        ),
        p.second,
        8,
        5,
    )
    c.line(path("M66 268 C110 258 150 272 200 276 C250 280 300 272 336 278"), light(p.second, 0.35), 8)
    for line, wide in (
        ("M214 276 C226 214 282 206 318 276", 26),
        ("M190 274 C214 222 262 214 300 274", 20),
        ("M84 262 C76 206 120 178 158 194 C182 206 196 234 214 262", 15),
    ):
        c.line(path(line), dark(p.main, 0.2), wide)
        c.line(moved(path(line), -2, -3), p.main, wide - 5)
    c.solid(oval(158, 196, 13), p.accent, 4, 3)


def leather_belt(c: Canvas, p: Palette) -> None:
    """A rolled belt with its buckle."""
    c.shadow(200, 314, 112, 14)
    for r, tone in ((104, p.main), (74, dark(p.main, 0.1)), (46, dark(p.main, 0.2))):
        c.solid(oval(196, 220, r, r * 0.86), tone, 8, 6)
        c.fill(scaled(oval(196, 220, r, r * 0.86), 0.84, 196, 220), dark(p.main, 0.46))
    c.fill(oval(196, 220, 24, 19), mixed(p.wall, p.main, 0.3))
    c.solid(path("M92 232 H308 V284 H118 C100 284 90 262 92 232 Z"), p.main, 8, 6)
    c.line([(112, 242), (300, 242)], light(p.main, 0.35), 2.5)
    c.line([(120, 274), (300, 274)], light(p.main, 0.35), 2.5)
    for x in (140, 168, 196):
        c.fill(oval(x, 258, 4), dark(p.main, 0.5))
    c.line(path("M262 224 H330 V292 H262 Z M262 224"), p.accent, 11)
    c.line([(262, 258), (318, 258)], light(p.accent, 0.3), 7)


MOTIFS = {
    "tote": tote, "handbag": handbag, "backpack": backpack, "suitcase": suitcase, "wallet": wallet,
    "umbrella": umbrella, "sneaker": sneaker, "boots": boots, "loafers": loafers, "slippers": slippers,
    "sandals": sandals, "leather_belt": leather_belt,
}  # fmt: skip
