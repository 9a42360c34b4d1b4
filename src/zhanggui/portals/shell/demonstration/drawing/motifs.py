"""Every motif by its name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from zhanggui.portals.shell.demonstration.drawing import (
    care,
    carried,
    clothing,
    devices,
    drinks,
    fruits,
    furniture,
    home,
    kitchen,
    paper,
    play,
)
from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas
from zhanggui.portals.shell.demonstration.drawing.hues import Palette

type Motif = Callable[[Canvas, Palette], None]

FAMILIES = (drinks, kitchen, fruits, home, furniture, clothing, carried, devices, paper, play, care)
MOTIFS: Mapping[str, Motif] = MappingProxyType({
    name: motif for family in FAMILIES for name, motif in family.MOTIFS.items()
})  # fmt: skip
