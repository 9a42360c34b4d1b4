"""Clothes and shoes, laid or hung."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Palette, colour, dark, mixed
from zhanggui.portals.shell.demonstration.drawing.shapes import (
    both,
    box,
    mirrored,
    moved,
    oval,
    path,
    scattered,
    turned,
)


def _hanger(c: Canvas, y: float) -> None:
    tone = colour("steel")
    c.line([(200, 0), (200, y - 40)], mixed(tone, colour("white"), 0.4), 3)
    c.line(
        path(f"M200 {y - 8} C200 {y - 26} 216 {y - 22} 214 {y - 36} C212 {y - 50} 192 {y - 50} 190 {y - 38}"),
        tone,
        4,
    )


def shirt(c: Canvas, p: Palette) -> None:
    """A T-shirt on a hanger."""
    c.shadow(200, 334, 96, 9, 0.2)
    _hanger(c, 80)
    half = path(
        "M200 104 C216 104 234 94 240 80 L276 92 C304 102 318 124 330 172 L282 190 L274 162 L280 "
        "312 C254 320 226 322 "
        "200 322"
    )
    c.fill(both(path("M200 90 C222 90 240 82 240 80 L232 76 H200")), dark(p.main, 0.4))
    c.solid(both(half), p.main, 14, 6)
    neck = path(
        "M160 80 C168 96 184 104 200 104 C216 104 232 96 240 80 L250 83 C242 106 222 116 200 116 "
        "C178 116 158 106 150 "
        "83 Z"
    )
    c.fill(neck, dark(p.main, 0.16))
    for line in ("M272 164 C266 200 268 230 270 262", "M128 164 C134 200 132 230 130 262"):
        c.line(path(line), dark(p.main, 0.16), 3)
    c.line(path("M276 190 L322 175"), dark(p.main, 0.16), 3)
    c.line(path("M124 190 L78 175"), dark(p.main, 0.16), 3)
    c.fill(path("M160 210 C178 186 190 228 206 204 C218 188 230 200 240 212 V232 H160 Z"), p.second)
    c.fill(oval(220, 180, 12), p.accent)


def blouse(c: Canvas, p: Palette) -> None:
    """A shirt with a collar and buttons."""
    c.shadow(200, 336, 92, 9, 0.2)
    _hanger(c, 78)
    sleeve = path("M268 94 C300 106 312 140 330 286 L292 296 C284 238 276 202 268 174 Z")
    for one in (sleeve, mirrored(sleeve)):
        c.solid(one, dark(p.main, 0.06), 9, 4)
    c.solid(turned(box(290, 278, 334, 296, 4), -8, 312, 287), p.second, 5, 3)
    c.solid(mirrored(turned(box(290, 278, 334, 296, 4), -8, 312, 287)), p.second, 5, 3)
    body = both(path("M200 84 H236 L276 98 C272 160 276 250 282 308 C254 328 230 316 200 326"))
    c.solid(body, p.main, 14, 6)
    c.line([(200, 112), (200, 322)], dark(p.main, 0.16), 3)
    c.fill(path("M166 82 H234 L200 118 Z"), dark(p.main, 0.38))
    collar = path("M166 76 L200 116 L172 142 L144 92 Z")
    for one in (collar, mirrored(collar)):
        c.solid(one, p.second, 5, 3)
    for y in (150, 190, 230, 270):
        c.fill(oval(208, y, 5), p.accent)
    c.line(path("M232 170 H262 V196 C256 204 238 204 232 196 Z M232 170"), dark(p.main, 0.2), 3)


def sweater(c: Canvas, p: Palette) -> None:
    """A knitted jumper with a pattern."""
    c.shadow(200, 328, 112, 11, 0.24)
    sleeve = path("M262 106 C302 116 318 160 336 280 L292 292 C286 240 278 206 264 190 Z")
    for one in (sleeve, mirrored(sleeve)):
        c.solid(one, p.main, 10, 5)
    cuff = path("M337 276 L340 300 L294 310 L291 288 Z")
    for one in (cuff, mirrored(cuff)):
        c.solid(one, p.second, 6, 3)
    body = both(path("M200 96 H238 C270 104 282 124 278 168 L284 296 H200"))
    c.solid(body, p.main, 14, 6)
    with c.within(body):
        for y, tone in ((168, p.second), (206, p.accent), (244, p.second)):
            points = [(100 + n * 14.0, y + (n % 2) * 14.0) for n in range(15)]
            c.line(points, tone, 6)
    c.solid(box(114, 292, 286, 318, 8), p.second, 10, 4)
    for x in range(126, 282, 14):
        c.line([(x, 298), (x, 314)], dark(p.second, 0.14), 2.5)
    c.fill(oval(200, 98, 42, 15), dark(p.main, 0.4))
    c.line(path("M158 96 C164 124 236 124 242 96"), p.second, 11)
    c.line(path("M158 96 C164 86 236 86 242 96"), dark(p.second, 0.14), 6)


def hoodie(c: Canvas, p: Palette) -> None:
    """A hooded jumper with a pocket."""
    c.shadow(200, 330, 110, 11, 0.24)
    sleeve = path("M264 122 C304 134 320 176 334 286 L292 296 C286 250 278 216 266 200 Z")
    for one in (sleeve, mirrored(sleeve)):
        c.solid(one, p.main, 10, 5)
    c.solid(
        path("M142 128 C134 86 160 58 200 58 C240 58 266 86 258 128 C240 150 160 150 142 128 Z"),
        dark(p.main, 0.1),
        10,
        6,
    )
    c.fill(oval(200, 112, 42, 34), dark(p.main, 0.46))
    body = both(path("M200 146 C222 146 244 132 250 114 C272 120 284 136 280 176 L284 300 H200"))
    c.solid(body, p.main, 14, 6)
    c.solid(path("M150 226 H250 L268 282 H132 Z"), dark(p.main, 0.08), 8, 4)
    c.solid(box(114, 296, 286, 320, 8), dark(p.main, 0.14), 8, 4)
    for x in (182, 218):
        c.line(path(f"M{x} 142 C{x - 2} 160 {x + 3} 176 {x} 194"), p.second, 5)
        c.fill(oval(x, 198, 5, 7), p.accent)


def dress(c: Canvas, p: Palette) -> None:
    """A dress with a belt."""
    c.shadow(200, 346, 96, 9, 0.2)
    _hanger(c, 76)
    sleeve = path("M240 82 C272 88 288 108 294 148 L258 158 L244 128 Z")
    for one in (sleeve, mirrored(sleeve)):
        c.solid(one, dark(p.main, 0.08), 7, 4)
    body = both(
        path(
            "M200 100 C214 100 228 92 232 78 L250 84 C256 120 244 150 242 178 C262 222 284 274 "
            "298 322 C266 340 236 344 "
            "200 344"
        )
    )
    c.solid(body, p.main, 16, 6)
    with c.within(body):
        for n, (x, y) in enumerate(scattered(34, 108, 200, 292, 340)):
            for k in range(4):
                c.fill(turned(oval(x, y - 4, 2.6, 4), k * 90 + n * 20, x, y), p.second)
        for line in ("M186 196 C176 240 168 290 160 346", "M218 196 C230 240 240 290 250 346"):
            c.line(path(line), dark(p.main, 0.14), 3)
    c.solid(path("M156 170 H244 L243 190 H157 Z"), p.accent, 6, 3)


def trousers(c: Canvas, p: Palette) -> None:
    """Trousers with a turned hem."""
    c.shadow(200, 344, 92, 10, 0.24)
    legs = path(
        "M130 64 H270 C280 150 284 240 290 330 H222 L202 166 H198 L178 330 H110 C116 240 120 150 130 64 Z"
    )
    c.solid(legs, p.main, 14, 7)
    for x in (110, 222):
        c.solid(path(f"M{x - 1} 312 H{x + 69} L{x + 70} 336 H{x - 3} Z"), p.second, 8, 4)
    c.solid(path("M128 58 H272 L274 86 H126 Z"), dark(p.main, 0.1), 8, 4)
    for x in (150, 196, 242):
        c.fill(box(x, 54, x + 9, 92, 2), dark(p.main, 0.26))
    c.line(path("M200 86 V158 C196 162 184 156 182 140 V90"), dark(p.main, 0.24), 3)
    for line in ("M132 94 C146 122 158 128 170 90", "M268 94 C254 122 242 128 230 90"):
        c.line(path(line), dark(p.main, 0.24), 3)
    c.fill(oval(200, 72, 6), p.accent)


def coat(c: Canvas, p: Palette) -> None:
    """A long coat with a belt."""
    c.shadow(200, 346, 100, 10, 0.22)
    _hanger(c, 70)
    sleeve = path("M262 86 C296 98 308 140 320 262 L284 270 C278 222 272 190 262 166 Z")
    for one in (sleeve, mirrored(sleeve)):
        c.solid(one, dark(p.main, 0.07), 9, 4)
    c.fill(path("M160 72 H240 L200 160 Z"), p.second)
    body = both(path("M212 160 L238 72 L266 84 C276 130 270 190 278 250 L290 334 H206"), 200)
    c.solid(body, p.main, 16, 6)
    c.line([(204, 162), (204, 334)], dark(p.main, 0.3), 4)
    lapel = path("M238 70 L204 162 L250 136 L244 118 L262 104 Z")
    for one in (lapel, mirrored(lapel)):
        c.solid(one, dark(p.main, 0.1), 5, 4)
    c.solid(path("M128 196 H272 L273 218 H127 Z"), dark(p.main, 0.2), 6, 3)
    c.line(path("M184 196 H220 V218 H184 Z M184 196"), p.accent, 5)
    for x in (142, 228):
        c.solid(box(x, 246, x + 32, 256, 4), dark(p.main, 0.14), 4, 2)
    for y in (178, 240, 276):
        c.fill(oval(218, y, 6), p.accent)


def hat(c: Canvas, p: Palette) -> None:
    """A brimmed hat with a band."""
    c.shadow(202, 300, 140, 14)
    c.solid(path("M46 262 C60 226 340 226 354 262 C366 300 34 300 46 262 Z"), p.main, 14, 7)
    c.fill(oval(200, 252, 96, 18), dark(p.main, 0.26))
    crown = path(
        "M108 250 C112 176 134 118 170 118 C186 118 190 126 200 126 C210 126 216 118 232 118 "
        "C266 118 288 176 292 250 "
        "C250 268 150 268 108 250 Z"
    )
    c.solid(crown, p.main, 22, 9)
    c.solid(path("M110 228 C150 246 250 246 290 228 L292 252 C250 270 150 270 108 252 Z"), p.second, 12, 4)
    c.fill(path("M252 240 L276 222 L284 250 Z"), p.accent)


def cap(c: Canvas, p: Palette) -> None:
    """A cap with a peak."""
    c.shadow(204, 286, 132, 13)
    c.solid(
        path("M182 250 C250 226 336 242 362 272 C366 282 358 286 348 284 C300 272 240 272 186 284 Z"),
        p.second,
        8,
        5,
    )
    dome = path(
        "M72 264 C66 180 116 120 186 120 C256 120 296 178 292 252 C240 244 150 250 86 282 C78 286 "
        "72 276 72 264 Z"
    )
    c.solid(dome, p.main, 22, 9)
    for line in ("M186 122 C150 160 136 210 134 262", "M186 122 C224 156 238 200 240 248"):
        c.line(path(line), dark(p.main, 0.2), 3)
    c.solid(oval(186, 120, 13, 8), p.second, 4, 2)
    c.solid(oval(188, 202, 27), p.accent, 6, 3)
    c.line(path("M176 204 L186 214 L202 192"), dark(p.accent, 0.5), 5)


def scarf(c: Canvas, p: Palette) -> None:
    """A striped scarf over a peg, with fringes."""
    c.shadow(204, 346, 92, 9, 0.2)
    for left, right, end in ((204, 282, 296), (118, 204, 326)):
        for n in range(8):
            x = left + 6 + n * (right - left - 12) / 7
            c.line([(x, end - 4), (x + (n % 2) * 3 - 1, end + 17)], p.second, 4.5)
        band = path(
            f"M{left} 132 C{left} 104 {right} 104 {right} 132 L{right + 3} {end} C{right - 20} {end + 5} "
            f"{left + 20} {end - 4} {left - 3} {end} Z"
        )
        c.solid(band, p.main, 13, 6)
        with c.within(band):
            for up, width in ((26, 11), (48, 5), (66, 11)):
                y = end - up
                line = path(f"M{left - 10} {y} C{left + 20} {y - 4} {right - 20} {y + 5} {right + 10} {y}")
                c.line(line, p.second, width)
            for x in (left + 22, left + 44, left + 62):
                c.line([(x, 128), (x, end - 84)], dark(p.main, 0.1), 2.5)
    c.solid(
        path("M116 132 C116 76 284 76 284 132 C268 112 236 108 204 122 C172 108 132 112 116 132 Z"),
        p.main,
        10,
        6,
    )
    c.line(path("M138 110 C166 94 234 94 262 108"), dark(p.main, 0.12), 3)
    c.solid(oval(200, 84, 18), colour("walnut"), 5, 4)


def socks(c: Canvas, p: Palette) -> None:
    """A pair of striped socks."""
    c.shadow(206, 322, 118, 12)
    sock = path(
        "M150 88 H222 V214 C222 226 232 234 248 242 C280 258 296 268 296 290 C296 312 280 318 262 "
        "318 H212 C176 318 "
        "150 292 150 262 Z"
    )
    for dx, dy, tone in ((30, -16, dark(p.main, 0.08)), (-40, 2, p.main)):
        one = moved(sock, dx, dy)
        c.solid(one, tone, 12, 6)
        with c.within(one):
            for y in (128, 156, 184):
                c.fill(box(150 + dx, y + dy, 222 + dx, y + dy + 13), p.second)
            c.fill(oval(286 + dx, 300 + dy, 40, 46), p.second)
            c.fill(oval(150 + dx, 300 + dy, 42, 36), p.second)
        c.solid(box(144 + dx, 76 + dy, 228 + dx, 108 + dy, 7), p.accent, 8, 4)


MOTIFS = {
    "shirt": shirt, "blouse": blouse, "sweater": sweater, "hoodie": hoodie, "dress": dress, "trousers": trousers,
    "coat": coat, "hat": hat, "cap": cap, "scarf": scarf, "socks": socks,
}  # fmt: skip
