"""What stands in a kitchen and on a table."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import (
    Palette,
    colour,
    dark,
    light,
    mixed,
    readable_on,
)
from zhanggui.portals.shell.demonstration.drawing.shapes import arc, box, leaf, moved, oval, path, turned

BROTH, NOODLE, GREEN = colour("#d9953c"), colour("#f3d58b"), colour("leaf")
WOOD, DARK_WOOD = colour("#c08a56"), colour("walnut")


def bowl(c: Canvas, p: Palette) -> None:
    """A bowl with a stripe."""
    c.shadow(200, 312, 106, 15)
    shape = path("M84 186 H316 C314 252 274 296 240 304 V312 H160 V304 C126 296 86 252 84 186 Z")
    c.solid(shape, p.main, 26, 9)
    with c.within(shape):
        c.line(path("M70 212 C130 222 270 222 330 212"), p.second, 7)
        c.line(path("M70 228 C130 238 270 238 330 228"), p.second, 3)
    c.fill(oval(200, 186, 116, 26), light(p.main, 0.45))
    c.fill(oval(200, 189, 106, 20), dark(p.main, 0.12))
    c.fill(
        path("M94 191 C130 206 270 206 306 191 C296 202 256 209 200 209 C144 209 104 202 94 191 Z"), p.main
    )


def noodles(c: Canvas, p: Palette) -> None:
    """A bowl of noodles with an egg and chopsticks."""
    c.shadow(200, 316, 112, 15)
    shape = path("M78 196 H322 C320 258 280 300 244 308 V316 H156 V308 C120 300 80 258 78 196 Z")
    c.solid(shape, p.main, 26, 9)
    with c.within(shape):
        for n in range(-1, 6):
            x = 76 + n * 56
            c.line(path(f"M{x} 236 H{x + 34} V262 H{x + 14} V250"), p.second, 5)
    c.fill(oval(200, 196, 122, 34), light(p.main, 0.4))
    c.fill(oval(200, 198, 112, 28), dark(BROTH, 0.15))
    inner = oval(200, 199, 110, 26)
    c.fill(inner, BROTH)
    with c.within(inner):
        for n in range(9):
            c.line(
                path(
                    f"M{96 + n * 6} {206 + n % 3 * 5} C150 {170 + n * 7} 230 {230 - n * 5} 300 {188 + n * 3}"
                ),
                (NOODLE, light(NOODLE, 0.4), dark(NOODLE, 0.14))[n % 3],
                6,
            )
    for x, y, tip in ((248, 206, 288), (262, 198, 302)):
        c.fill(leaf(x, y, tip, y - 34, 0.3), GREEN)
        c.line([(x, y), (tip - 8, y - 27)], light(GREEN, 0.3), 2)
    c.solid(oval(148, 192, 31, 21), colour("white"), 5, 3)
    c.solid(oval(148, 191, 16, 11), colour("#f0a330"), 3, 2)
    for x in (204, 222):
        c.line([(x, 190), (x + 78, 62)], DARK_WOOD, 7)


def plate(c: Canvas, p: Palette) -> None:
    """A plate standing upright, seen from the front."""
    c.shadow(200, 320, 100, 13)
    c.solid(oval(200, 196, 126), p.main, 10, 6)
    c.fill(oval(200, 196, 112), mixed(p.main, p.second, 0.55))
    c.fill(oval(200, 196, 106), p.main)
    c.fill(oval(201, 197, 80), dark(p.main, 0.1))
    c.fill(oval(199, 195, 79), light(p.main, 0.4))
    c.fill(oval(200, 196, 76), p.main)
    c.line(path("M166 240 C182 210 202 188 236 164"), p.second, 4)
    for ends in ((176, 224, 158, 196), (190, 205, 222, 216), (202, 192, 196, 156), (218, 178, 248, 186)):
        c.fill(leaf(*ends, 0.32), p.second)
    c.solid(path("M122 320 L148 270 H162 L142 320 Z"), WOOD, 4, 2)
    c.solid(path("M278 320 L252 270 H238 L258 320 Z"), WOOD, 4, 2)


def wok(c: Canvas, p: Palette) -> None:
    """A pan with a long handle."""
    c.shadow(180, 306, 112, 15)
    c.solid(turned(box(262, 196, 388, 215, 9), -16, 262, 206), DARK_WOOD, 5, 3)
    c.solid(turned(box(256, 198, 296, 213, 3), -16, 262, 206), colour("steel"), 4, 2)
    shape = path("M52 204 H292 C286 268 236 306 172 306 C108 306 58 268 52 204 Z")
    c.solid(shape, p.main, 26, 8)
    c.fill(oval(172, 204, 120, 29), light(p.main, 0.35))
    c.fill(oval(172, 207, 110, 23), dark(p.main, 0.3))
    inner = oval(172, 209, 104, 19)
    with c.within(inner):
        c.fill(inner, dark(p.main, 0.2))
        for n, tone in enumerate((GREEN, p.second, GREEN, p.accent, p.second, GREEN, p.accent)):
            c.solid(oval(96 + n * 26, 212 + (n % 3) * 5, 18, 11), tone, 4, 2)
    tone = mixed(p.wall, colour("white"), 0.75)
    for x in (150, 186):
        c.line(path(f"M{x} 170 C{x - 16} 150 {x + 16} 138 {x} 114"), tone, 5)


def pot(c: Canvas, p: Palette) -> None:
    """A casserole with a lid and two ears."""
    c.shadow(200, 314, 122, 15)
    for x in (52, 298):
        c.solid(box(x, 214, x + 50, 232, 9), dark(p.main, 0.12), 4, 3)
    shape = path("M82 186 H318 V272 C318 300 298 314 274 314 H126 C102 314 82 300 82 272 Z")
    c.solid(shape, p.main, 28, 10)
    c.wash(box(104, 204, 116, 280, 6), colour("white"), 0.4)
    lid = path("M76 186 C80 148 138 130 200 130 C262 130 320 148 324 186 Z")
    c.solid(lid, p.main, 22, 9)
    c.fill(box(70, 180, 330, 194, 7), dark(p.main, 0.22))
    c.fill(box(74, 180, 318, 187, 3.5), light(p.main, 0.25))
    c.solid(path("M178 132 L184 116 H216 L222 132 Z"), p.accent, 5, 3)
    c.solid(oval(200, 112, 24, 11), p.accent, 6, 3)


def knife(c: Canvas, p: Palette) -> None:
    """A cleaver on a board."""
    c.shadow(204, 324, 116, 11)
    c.solid(turned(box(92, 84, 308, 316, 26), 0), WOOD, 12, 7)
    for y in (128, 170, 226, 276):
        c.line(path(f"M112 {y} C160 {y - 8} 220 {y + 9} 288 {y - 3}"), dark(WOOD, 0.12), 2.5)
    c.fill(oval(272, 116, 11), dark(WOOD, 0.45))
    blade = path("M66 132 H236 C242 132 246 136 246 142 V214 C180 226 110 222 66 206 C58 182 58 152 66 132 Z")
    c.fill(moved(turned(blade, 14, 190, 180), 7, 9), dark(WOOD, 0.25))
    c.solid(turned(blade, 14, 190, 180), colour("silver"), 0, 6)
    c.fill(
        turned(path("M61 186 C120 206 190 208 246 196 V214 C180 226 110 222 66 206 Z"), 14, 190, 180),
        light(colour("silver"), 0.7),
    )
    c.solid(turned(box(242, 140, 362, 172, 14), 14, 190, 180), p.main, 7, 4)
    for x in (272, 304, 336):
        c.fill(turned(oval(x, 156, 5), 14, 190, 180), p.accent)


def board(c: Canvas, p: Palette) -> None:
    """A round board with a handle, a lemon and a sprig on it."""
    c.shadow(200, 322, 104, 12)
    whole = [*arc(200, 214, 106, 106, -72, 252), *path("M168 84 C168 58 232 58 232 84")]
    c.solid(whole, p.main, 12, 7)
    c.fill(oval(200, 88, 12), dark(p.main, 0.45))
    for y in (178, 226, 268):
        c.line(path(f"M118 {y} C160 {y - 8} 230 {y + 8} 284 {y - 2}"), dark(p.main, 0.1), 2.5)
    c.fill(oval(232, 240, 46), dark(p.main, 0.22))
    c.fill(oval(226, 233, 46), p.second)
    c.fill(oval(226, 233, 39), light(p.second, 0.75))
    for n in range(8):
        c.fill(
            turned(
                path("M226 229 C216 216 214 206 217 200 C222 197 230 197 235 200 C238 206 236 216 226 229 Z"),
                n * 45,
                226,
                233,
            ),
            light(p.second, 0.2),
        )
    c.line(path("M130 262 C140 224 148 206 168 176"), colour("forest"), 4)
    for ends in (
        (136, 244, 112, 226),
        (140, 232, 172, 226),
        (148, 214, 128, 190),
        (155, 200, 184, 194),
        (166, 180, 162, 150),
    ):
        c.fill(leaf(*ends, 0.36), colour("green"))


def jar(c: Canvas, p: Palette) -> None:
    """A glass of sauce, honey or pickles."""
    c.shadow(204, 320, 86, 13)
    glass = mixed(p.wall, colour("white"), 0.65)
    body = path(
        "M138 132 H262 C280 142 290 156 290 176 V290 C290 310 278 320 260 320 H140 C122 320 110 "
        "310 110 290 "
        "V176 C110 156 120 142 138 132 Z"
    )
    c.solid(body, glass, 8, 5)
    inside = path("M122 178 H278 V290 C278 302 270 309 258 309 H142 C130 309 122 302 122 290 Z")
    c.solid(inside, p.main, 16, 0)
    c.fill(oval(200, 178, 78, 9), light(p.main, 0.3))
    c.solid(box(122, 206, 278, 282), p.second, 12, 0)
    ink = readable_on(p.second)
    c.line([(166, 230), (234, 230)], ink, 8)
    c.line([(182, 254), (218, 254)], ink, 4)
    c.wash(box(124, 160, 132, 300, 4), colour("white"), 0.6)
    c.solid(box(128, 94, 272, 136, 9), p.accent, 18, 7)
    for x in range(142, 266, 14):
        c.line([(x, 104), (x, 128)], dark(p.accent, 0.14), 2.5)


def rice_sack(c: Canvas, p: Palette) -> None:
    """A tied sack of grain."""
    c.shadow(204, 322, 112, 14)
    body = path(
        "M148 132 C104 168 84 226 92 284 C96 310 112 322 142 322 H258 C288 322 304 310 308 284 "
        "C316 226 296 168 252 132 Z"
    )
    c.solid(body, p.main, 26, 9)
    c.solid(
        path(
            "M150 132 C136 108 126 92 134 78 C156 92 176 82 200 86 C224 82 244 92 266 78 C274 92 264 "
            "108 250 132 "
            "Z"
        ),
        p.main,
        10,
        5,
    )
    for line in ("M176 90 C172 104 174 118 180 130", "M224 90 C228 104 226 118 220 130"):
        c.line(path(line), dark(p.main, 0.18), 3)
    c.solid(box(142, 126, 258, 143, 8), p.accent, 6, 3)
    c.solid(oval(200, 234, 64, 58), p.second, 0, 0)
    c.line(path("M200 282 C200 250 202 226 214 196"), readable_on(p.second), 3)
    for side in (-1, 1):
        for n in range(4):
            x, y = 201 + n * 3, 252 - n * 15
            c.fill(leaf(x, y, x + side * 20 + 3, y - 16, 0.3), p.accent)
    for x, y, a in ((92, 326, 20), (110, 332, -15), (72, 334, 5), (322, 330, 30)):
        c.fill(turned(oval(x, y, 7, 3.4), a, x, y), light(p.main, 0.7))


def sauce_bottle(c: Canvas, p: Palette) -> None:
    """A tall bottle of soy sauce, vinegar or oil."""
    c.shadow(204, 322, 66, 11)
    body = path(
        "M176 78 H224 V126 C226 152 258 158 260 190 V300 C260 314 252 322 238 322 H162 C148 322 "
        "140 314 140 300 "
        "V190 C142 158 174 152 176 126 Z"
    )
    c.solid(body, p.main, 20, 7)
    c.wash(path("M152 196 C152 176 170 168 178 154 C170 178 164 186 164 300 H152 Z"), colour("white"), 0.3)
    c.solid(box(140, 206, 260, 286), p.second, 16, 0)
    ink = readable_on(p.second)
    c.fill(oval(200, 236, 19), p.accent)
    c.line([(172, 270), (228, 270)], ink, 5)
    c.solid(box(170, 52, 230, 90, 7), p.accent, 10, 5)


def chopsticks(c: Canvas, p: Palette) -> None:
    """Two pairs, each on its rest."""
    c.shadow(200, 300, 132, 12)
    for y, tone in ((168, p.main), (248, p.second)):
        for n in range(2):
            stick = path(
                f"M58 {y + n * 19 - 3} L346 {y + n * 19 - 8} V{y + n * 19 + 8} L58 {y + n * 19 + 3} Z"
            )
            c.fill(turned(moved(stick, 4, 9), -14), dark(p.wall, 0.22))
            c.solid(turned(stick, -14), tone, 3, 2)
            for x in (286, 300):
                c.fill(turned(box(x, y + n * 19 - 8, x + 8, y + n * 19 + 8), -14), p.accent)
        c.fill(turned(box(96, y + 20, 128, y + 44, 8), -14), dark(p.wall, 0.22))
        c.solid(turned(box(92, y + 24, 124, y + 40, 8), -14), p.accent, 4, 3)


MOTIFS = {
    "bowl": bowl, "noodles": noodles, "plate": plate, "wok": wok, "pot": pot, "knife": knife, "board": board,
    "jar": jar, "rice_sack": rice_sack, "sauce_bottle": sauce_bottle, "chopsticks": chopsticks,
}  # fmt: skip
