"""Toys, the open air, and pets."""

from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Palette, colour, dark, light, mixed
from zhanggui.portals.shell.demonstration.drawing.shapes import (
    arc,
    both,
    box,
    mirrored,
    moved,
    oval,
    path,
    scaled,
    turned,
)

INK = colour("#3a2f3a")


def train(c: Canvas, p: Palette) -> None:
    """A wooden engine."""
    c.shadow(204, 316, 140, 13)
    for x, y, r in ((122, 84, 20), (98, 58, 15), (148, 62, 12)):
        c.wash(oval(x, y, r), light(p.wall, 0.75), 0.9)
    c.solid(path("M110 164 L104 116 H142 L136 164 Z"), p.accent, 6, 4)
    c.solid(box(78, 158, 236, 256, 26), p.main, 18, 8)
    for x in (128, 168):
        c.fill(box(x, 158, x + 12, 256), p.accent)
    c.solid(box(216, 112, 312, 262, 8), p.second, 12, 6)
    c.solid(box(204, 96, 324, 120, 10), p.main, 10, 6)
    c.fill(box(236, 140, 292, 188, 8), colour("ice"))
    c.wash(path("M236 140 H268 L246 188 H236 Z"), colour("white"), 0.6)
    c.solid(box(64, 248, 330, 274, 8), dark(p.main, 0.3), 8, 4)
    c.solid(path("M70 262 L44 298 H84 Z"), p.accent, 5, 3)
    for x, r in ((124, 26), (190, 26), (272, 36)):
        c.solid(oval(x, 316 - r, r), p.accent, 7, 4)
        c.fill(oval(x, 316 - r, r * 0.55), p.second)
        c.fill(oval(x, 316 - r, r * 0.2), dark(p.accent, 0.4))


def blocks(c: Canvas, p: Palette) -> None:
    """Building blocks: an arch, a roof, pillars."""
    c.shadow(204, 320, 126, 13)
    c.solid(path("M108 250 H292 V320 H244 C244 264 156 264 156 320 H108 Z"), p.main, 12, 6)
    for x, tone in ((118, p.second), (240, p.accent)):
        c.solid(box(x, 180, x + 42, 250, 2), tone, 10, 5)
    c.solid(box(108, 152, 292, 180, 3), light(p.main, 0.3), 10, 5)
    c.solid(path("M200 62 L276 152 H124 Z"), p.accent, 14, 6)
    c.fill(oval(200, 122, 13), light(p.accent, 0.6))
    c.solid(oval(324, 292, 28), p.second, 9, 6)
    c.solid(turned(box(52, 272, 98, 318, 4), 0), p.second, 8, 5)
    c.fill(path("M75 282 L86 306 H64 Z"), dark(p.second, 0.3))


def bear(c: Canvas, p: Palette) -> None:
    """A teddy bear with a bow."""
    c.shadow(202, 326, 106, 13)
    for x in (130, 270):
        c.solid(oval(x, 92, 30), p.main, 8, 5)
        c.fill(oval(x, 94, 17), p.second)
    c.solid(turned(oval(112, 236, 26, 48), 32, 112, 236), p.main, 8, 5)
    c.solid(turned(oval(288, 236, 26, 48), -32, 288, 236), p.main, 8, 5)
    c.solid(oval(200, 252, 80, 72), p.main, 16, 7)
    c.fill(oval(200, 258, 48, 48), p.second)
    for x in (136, 264):
        c.solid(oval(x, 302, 36, 28), p.main, 9, 5)
        c.fill(oval(x - 2 if x < 200 else x, 304, 19, 15), p.second)
    c.solid(oval(200, 136, 88, 76), p.main, 18, 8)
    c.fill(oval(200, 166, 40, 30), p.second)
    for x in (164, 236):
        c.fill(oval(x, 132, 8.5), INK)
        c.fill(oval(x - 2.5, 129, 2.8), colour("white"))
    c.fill(oval(200, 152, 13, 9), INK)
    c.line(path("M200 160 V172 C196 182 184 182 180 174 M200 172"), INK, 3.5)
    c.line(path("M200 172 C204 182 216 182 220 174"), INK, 3.5)
    for wing in (path("M200 214 C176 196 152 196 154 214 C152 234 176 232 200 214 Z"),):
        c.solid(wing, p.accent, 6, 3)
        c.solid(mirrored(wing), p.accent, 6, 3)
    c.solid(oval(200, 214, 11), dark(p.accent, 0.1), 4, 2)


def kite(c: Canvas, p: Palette) -> None:
    """A kite with a tail."""
    for x, y, s in ((92, 96, 1.0), (310, 232, 0.8)):
        tone = light(p.wall, 0.75)
        for dx, r in ((-26, 15), (0, 23), (28, 16)):
            c.fill(oval(x + dx * s, y - (r - 15) * s * 0.6, r * s), tone)
        c.fill(box(x - 40 * s, y, x + 44 * s, y + 16 * s, 8 * s), tone)
    c.line(path("M214 218 C196 270 250 290 216 330 C200 352 150 350 120 384"), p.accent, 4)
    for x, y, a in ((222, 268, 12), (220, 324, -30), (160, 356, 16)):
        c.solid(turned(path(f"M{x} {y} L{x - 22} {y - 12} V{y + 12} Z"), a, x, y), p.second, 4, 2)
        c.solid(turned(path(f"M{x} {y} L{x + 22} {y - 12} V{y + 12} Z"), a, x, y), p.main, 4, 2)
    body = path("M200 44 L292 124 L200 240 L108 124 Z")
    c.solid(turned(body, 12, 200, 130), p.main, 10, 6)
    c.fill(turned(path("M200 44 L292 124 H200 Z"), 12, 200, 130), p.second)
    c.fill(turned(path("M200 240 L108 124 H200 Z"), 12, 200, 130), p.accent)
    c.line(turned([(200, 46), (200, 238)], 12, 200, 130), dark(p.main, 0.4), 3)
    c.line(turned([(110, 124), (290, 124)], 12, 200, 130), dark(p.main, 0.4), 3)


def puzzle(c: Canvas, p: Palette) -> None:
    """A puzzle, one piece still loose."""
    c.shadow(200, 312, 124, 13)
    tones = (p.main, p.second, p.second, p.accent)
    for n, tone in enumerate(tones[:3]):
        x, y = 92 + n % 2 * 100, 112 + n // 2 * 100
        c.solid(box(x, y, x + 100, y + 100, 6), tone, 9, 5)
    c.fill(oval(196, 162, 19), p.main)
    c.fill(oval(142, 216, 19), p.main)
    c.fill(oval(186, 262, 19), mixed(p.wall, light(p.wall, 0.5), 0.5))
    c.fill(oval(242, 206, 19), mixed(p.wall, light(p.wall, 0.5), 0.5))
    piece = [
        *path("M212 232 H244"),
        *arc(262, 230, 19, 19, 180, 360),
        *path("M281 232 H312 V332 H212 V300"),
        *arc(210, 282, 19, 19, 90, 270),
    ]
    c.fill(turned(moved(piece, 22, 12), 14, 270, 290), dark(p.wall, 0.26))
    c.solid(turned(moved(piece, 16, 4), 14, 270, 290), p.accent, 9, 5)


def ball(c: Canvas, p: Palette) -> None:
    """A ball in three colours."""
    c.shadow(204, 318, 92, 13)
    whole = oval(200, 206, 112)
    c.solid(whole, p.second, 0, 0)
    with c.within(whole):
        c.fill(path("M200 96 C120 120 84 190 92 290 L60 200 L120 70 Z"), p.main)
        c.fill(path("M200 96 C190 160 190 260 206 330 H290 C300 230 270 140 200 96 Z"), p.main)
        c.fill(path("M200 96 C280 120 322 190 318 260 L360 180 L280 60 Z"), p.accent)
    c.solid(oval(198, 100, 20, 8), colour("white"), 3, 2)
    c.wash(
        path("M268 120 C300 180 300 250 236 312 C290 306 316 250 312 206 C308 166 292 136 268 120 Z"),
        INK,
        0.16,
    )
    c.wash(turned(oval(142, 154, 14, 28), 36, 142, 154), colour("white"), 0.5)


def rocket(c: Canvas, p: Palette) -> None:
    """A toy rocket on its fins."""
    c.shadow(202, 330, 84, 12)
    for fin in (path("M146 226 C108 244 100 290 104 328 L158 292 Z"),):
        c.solid(fin, p.accent, 8, 5)
        c.solid(mirrored(fin), p.accent, 8, 5)
    c.fill(path("M172 298 H228 L220 328 H180 Z"), dark(p.second, 0.3))
    body = both(path("M200 46 C254 92 272 160 262 236 C258 268 248 288 240 302 H200"))
    c.solid(body, p.second, 22, 8)
    with c.within(body):
        c.fill(box(100, 40, 300, 120), p.main)
        c.fill(box(100, 262, 300, 276), p.main)
    c.solid(oval(200, 180, 38), p.accent, 7, 4)
    c.fill(oval(200, 180, 27), colour("sky"))
    c.wash(path("M180 170 C184 158 196 154 206 156 C194 162 188 170 186 184 Z"), colour("white"), 0.7)


def tent(c: Canvas, p: Palette) -> None:
    """A tent between hills."""
    c.shadow(202, 312, 152, 13)
    c.fill(path("M60 312 L104 196 L150 312 Z"), mixed(colour("forest"), p.wall, 0.35))
    c.fill(path("M276 312 L322 180 L372 312 Z"), mixed(colour("forest"), p.wall, 0.2))
    c.line([(200, 86), (176, 62)], p.accent, 5)
    c.line([(200, 86), (222, 62)], p.accent, 5)
    c.solid(path("M200 86 L336 312 H64 Z"), p.main, 20, 7)
    c.fill(path("M200 86 L336 312 H262 Z"), dark(p.main, 0.18))
    c.fill(path("M200 140 L256 312 H144 Z"), dark(p.main, 0.55))
    c.fill(path("M200 140 C190 210 170 268 144 312 H120 C160 260 186 196 200 140 Z"), p.second)
    c.fill(path("M200 140 C210 210 230 268 256 312 H276 C240 260 214 196 200 140 Z"), dark(p.second, 0.1))
    for x in (64, 336):
        c.line([(x, 312), (x + (x - 200) * 0.14, 322)], p.accent, 4)


def camp_stove(c: Canvas, p: Palette) -> None:
    """A pot over a small stove."""
    c.shadow(204, 330, 96, 11)
    c.solid(path("M148 256 H252 L262 318 C262 330 138 330 138 318 Z"), p.main, 14, 7)
    c.fill(box(146, 276, 256, 290), p.second)
    c.solid(box(184, 232, 216, 258, 4), colour("steel"), 6, 3)
    for x in (-1, 0, 1):
        c.fill(
            path(
                f"M{200 + x * 26} 200 C{214 + x * 26} 216 {212 + x * 26} 232 {200 + x * 26} 234 "
                f"C{188 + x * 26} 232 "
                f"{186 + x * 26} 216 {200 + x * 26} 200 "
                f"Z"
            ),
            colour("sky") if x else colour("honey"),
        )
    c.line([(142, 234), (258, 234)], colour("charcoal"), 6)
    c.line([(142, 234), (128, 208)], colour("charcoal"), 6)
    c.line([(258, 234), (272, 208)], colour("charcoal"), 6)
    c.line(path("M282 136 C340 130 346 160 322 196"), colour("charcoal"), 8)
    c.solid(
        path("M116 118 H284 V188 C284 202 276 208 264 208 H136 C124 208 116 202 116 188 Z"),
        colour("silver"),
        18,
        7,
    )
    c.solid(box(108, 106, 292, 124, 8), light(colour("silver"), 0.3), 10, 4)
    c.solid(oval(200, 98, 20, 10), p.accent, 5, 3)


def yoga_mat(c: Canvas, p: Palette) -> None:
    """A rolled mat with two straps."""
    c.shadow(204, 300, 148, 13)
    c.solid(path("M84 192 H314 C342 192 358 232 358 246 C358 268 342 300 314 300 H84 Z"), p.main, 0, 8)
    c.wash(path("M84 262 H354 C346 284 332 300 314 300 H84 Z"), INK, 0.12)
    for x in (154, 272):
        c.solid(
            path(
                f"M{x} 190 H{x + 22} C{x + 40} 214 {x + 40} 280 {x + 22} 302 H{x} C{x + 18} 280 "
                f"{x + 18} 214 {x} 190 Z"
            ),
            p.accent,
            6,
            3,
        )
    c.line(path("M170 190 C180 110 270 110 284 190"), p.accent, 9)
    c.solid(oval(86, 246, 42, 54), p.main, 6, 4)
    spiral = path(
        "M116 246 C116 190 56 196 58 248 C60 290 108 284 104 246 C102 218 70 222 72 248 C74 268 94 264 90 246"
    )
    c.line(spiral, p.second, 6)


def dumbbells(c: Canvas, p: Palette) -> None:
    """Two dumbbells, one behind the other."""
    c.shadow(204, 312, 146, 14)
    parts = [(box(150, 228, 250, 252, 8), colour("silver"), 6.0)]
    parts += [(box(x, 206, x + 26, 274, 9), p.second, 6.0) for x in (64, 310)]
    parts += [(box(x, 172, x + 66, 308, 20), p.main, 13.0) for x in (86, 248)]
    for shape, tone, shade in [
        (scaled(moved(one, 14, -128), 0.7, 214, 190), tone, shade) for one, tone, shade in parts
    ]:
        c.solid(shape, mixed(tone, dark(tone), 0.35), shade * 0.6, shade * 0.4)
    for shape, tone, shade in parts:
        c.solid(shape, tone, shade, shade * 0.55)
    for x in (160, 178, 196, 214, 232):
        c.line([(x, 232), (x + 8, 248)], dark(colour("silver"), 0.2), 2.5)


def bicycle_helmet(c: Canvas, p: Palette) -> None:
    """A helmet with slots and a strap."""
    c.shadow(206, 308, 118, 13)
    c.line(path("M132 246 C136 290 168 312 196 312 C222 312 250 288 262 250"), colour("charcoal"), 7)
    c.solid(box(180, 300, 214, 320, 6), p.accent, 5, 3)
    dome = path(
        "M72 250 C62 150 130 92 214 92 C296 92 342 158 336 232 C334 250 318 254 300 250 C230 236 "
        "160 240 96 262 C82 266 74 "
        "262 72 250 Z"
    )
    c.solid(dome, p.main, 24, 9)
    slots = (
        "M118 206 C128 160 160 132 196 124 C166 150 150 180 146 214 Z",
        "M178 206 C188 162 208 138 236 124 C228 150 224 180 220 204 Z",
        "M256 204 C262 170 264 150 266 130 C292 152 304 180 306 210 Z",
    )
    for slot in slots:
        c.fill(path(slot), dark(p.main, 0.55))
    c.solid(
        path(
            "M74 246 C150 218 250 214 336 230 C336 250 322 254 304 250 C232 236 160 240 96 262 C84 "
            "266 74 262 74 246 Z"
        ),
        p.second,
        8,
        4,
    )


def pet_bowl(c: Canvas, p: Palette) -> None:
    """A bowl of dry food with a bone on it."""
    c.shadow(204, 314, 132, 13)
    for n in range(15):
        x, y = 116 + (n * 41) % 170, 168 + (n % 4) * 9 + abs(((n * 41) % 170) - 85) * 0.22
        c.solid(oval(x, y, 15, 12), colour(("clay", "brown", "amber")[n % 3]), 4, 3)
    c.solid(path("M96 198 H304 L340 300 C340 310 334 314 324 314 H76 C66 314 60 310 60 300 Z"), p.main, 22, 8)
    c.fill(oval(200, 198, 104, 10), dark(p.main, 0.2))
    tone = p.second
    c.fill(box(160, 248, 240, 268, 4), tone)
    for x in (160, 240):
        for y in (248, 268):
            c.fill(oval(x, y, 14), tone)


def cat_bed(c: Canvas, p: Palette) -> None:
    """A cat asleep in a round bed."""
    c.shadow(204, 316, 138, 14)
    c.solid(oval(200, 236, 138, 66), dark(p.main, 0.1), 10, 6)
    c.fill(oval(200, 222, 108, 44), p.second)
    fur = p.accent
    c.solid(
        path("M112 232 C108 176 160 150 214 158 C268 164 300 196 290 236 C260 256 140 258 112 232 Z"),
        fur,
        14,
        7,
    )
    for line in (
        "M196 160 C198 174 194 186 190 194",
        "M222 160 C226 174 224 188 222 198",
        "M248 170 C254 182 254 194 252 204",
    ):
        c.line(path(line), dark(fur, 0.25), 7)
    c.line(path("M284 222 C300 244 250 250 214 240"), fur, 22)
    for ear in ("M110 190 L104 152 L138 172 Z", "M150 170 L172 146 L178 184 Z"):
        c.solid(path(ear), fur, 4, 3)
    c.solid(oval(144, 206, 44, 36), fur, 8, 5)
    for x in (126, 160):
        c.line(arc(x, 204, 9, 7, 20, 160), INK, 3.5)
    c.fill(oval(143, 215, 5, 4), colour("rose"))
    c.solid(
        path("M62 236 C62 312 338 312 338 236 C332 276 270 284 200 284 C130 284 68 276 62 236 Z"),
        p.main,
        12,
        7,
    )


def cat_toy(c: Canvas, p: Palette) -> None:
    """A scratching post with a ball."""
    c.shadow(204, 324, 120, 12)
    c.solid(path("M92 300 C92 286 308 286 308 300 V312 C308 330 92 330 92 312 Z"), p.main, 12, 6)
    c.solid(box(172, 116, 228, 300, 4), p.second, 12, 6)
    for y in range(126, 300, 13):
        c.line([(174, y), (226, y + 4)], dark(p.second, 0.14), 3)
    c.solid(path("M108 96 C108 80 292 80 292 96 V110 C292 128 108 128 108 110 Z"), p.main, 14, 7)
    c.fill(oval(200, 92, 90, 12), light(p.main, 0.3))
    c.line(path("M274 112 C280 150 278 170 276 196"), dark(p.second, 0.4), 3)
    c.solid(oval(276, 216, 24), p.accent, 7, 4)
    c.line(path("M256 206 C268 214 284 218 298 214"), light(p.accent, 0.4), 3)
    c.line(path("M264 234 C268 218 274 206 286 196"), light(p.accent, 0.4), 3)


MOTIFS = {
    "train": train, "blocks": blocks, "bear": bear, "kite": kite, "puzzle": puzzle, "ball": ball, "rocket": rocket,
    "tent": tent, "camp_stove": camp_stove, "yoga_mat": yoga_mat, "dumbbells": dumbbells,
    "bicycle_helmet": bicycle_helmet, "pet_bowl": pet_bowl, "cat_bed": cat_bed, "cat_toy": cat_toy,
}  # fmt: skip
