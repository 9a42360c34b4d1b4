"""The colours: by name, darker in shade, lighter in the light."""

from dataclasses import dataclass

type Colour = tuple[int, int, int]

_DUSK: Colour = (38, 30, 74)  # a shadow is blue-violet, never black
_SUN: Colour = (255, 247, 228)

_NAMED = {
    "white": "fbfaf6", "cream": "f6ead2", "sand": "e3cba4", "oat": "d9c3a0", "beige": "e8d8c0",
    "wood": "c8915a", "oak": "d7a86e", "walnut": "7a4f35", "brown": "8a5a3c", "coffee": "5a3a2a",
    "black": "33323c", "ink": "2d3350", "charcoal": "4a4a55", "grey": "9aa0a8", "silver": "ccd3da",
    "steel": "8d9aa8", "navy": "2f4770", "blue": "3f78c0", "sky": "86bfe6", "ice": "cfe6f2",
    "teal": "2f8f8c", "celadon": "9cc8b3", "mint": "b9e0c6", "jade": "4fa37c", "green": "5b9c4f",
    "leaf": "7cb356", "olive": "8a8f4a", "forest": "2f6248", "lime": "b8cf4c", "yellow": "f4c84a",
    "honey": "e9a93a", "amber": "d98a2b", "orange": "ee8a3c", "apricot": "f5b98a", "coral": "ee7462",
    "red": "d5473f", "vermilion": "c93a2c", "wine": "8c2f45", "pink": "f2a7b4", "rose": "dd6f8a",
    "blush": "f6d3cf", "lilac": "c3b1e1", "purple": "7e62ad", "plum": "5d3a66", "clay": "c56d4a",
    "terracotta": "b95c3c", "gold": "d6b25e", "copper": "b8734a",
}  # fmt: skip


def colour(name: str) -> Colour:
    """A colour by its name, or by six hexadecimal digits after a #. Raises KeyError for an unknown one."""
    digits = name[1:] if name.startswith("#") else _NAMED[name]
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def known(name: str) -> bool:
    """Whether a colour has this name."""
    return name in _NAMED


def hexadecimal(name: str) -> str:
    """A named colour as `#rrggbb`."""
    return f"#{_NAMED[name]}"


def mixed(one: Colour, other: Colour, part: float) -> Colour:
    """`part` of the other colour in the one."""
    r, g, b = (round(a + (z - a) * part) for a, z in zip(one, other, strict=True))
    return r, g, b


def dark(of: Colour, part: float = 0.22) -> Colour:
    """The colour in shade."""
    return mixed(of, _DUSK, part)


def light(of: Colour, part: float = 0.35) -> Colour:
    """The colour in the light."""
    return mixed(of, _SUN, part)


def brightness(of: Colour) -> int:
    """How light a colour looks, 0 to 255."""
    r, g, b = of
    return (299 * r + 587 * g + 114 * b) // 1000


def readable_on(of: Colour) -> Colour:
    """A colour of marks on this one: its shade on something light, its light on something dark."""
    return dark(of, 0.62) if brightness(of) > 150 else light(of, 0.72)


@dataclass(frozen=True)
class Palette:
    """The colours of one picture. `main` is the body, `second` its parts, `accent` a small thing in view."""

    main: Colour
    second: Colour
    accent: Colour
    wall: Colour
