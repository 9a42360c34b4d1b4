"""The pictures of the demonstration mall: the same words, the same bytes; each motif shows something."""

from pathlib import Path

import pytest
from PIL import ImageChops

from zhanggui.portals.shell.demonstration.drawing import scenes
from zhanggui.portals.shell.demonstration.drawing.backdrops import wall
from zhanggui.portals.shell.demonstration.drawing.canvas import Canvas, webp
from zhanggui.portals.shell.demonstration.drawing.hues import colour
from zhanggui.portals.shell.demonstration.drawing.motifs import MOTIFS
from zhanggui.portals.shell.demonstration.drawing.scenes import Scene
from zhanggui.portals.shell.demonstration.drawing.shapes import box, oval, path
from zhanggui.portals.shell.demonstration.mall.pictures import (
    banner_of,
    emblem_of,
    pictures_of,
    scenes_of,
)
from zhanggui.portals.shell.demonstration.mall.reading import mall_data

COLOURS = ("coral", "cream", "navy")


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_motif_is_drawn_in_its_colours(motif: str) -> None:
    bare = Canvas(400, 400, colour("white"), pixels=1)
    drawn = Canvas(400, 400, colour("white"), pixels=1)
    for canvas in (bare, drawn):
        canvas.fill(box(0, 0, 400, 400), wall("sand"))
    MOTIFS[motif](drawn, scenes._palette(COLOURS, wall("sand")))
    difference = ImageChops.difference(bare.finished(), drawn.finished()).convert("L")
    assert sum(difference.histogram()[1:]) > 15_000, "something of a size to be seen"
    assert len(webp(drawn.finished())) < 25_000


def test_the_same_words_give_the_same_bytes() -> None:
    scene = Scene("teapot", COLOURS, "disc", ("sand", "sage"))
    assert webp(scenes.drawn(scene)) == webp(scenes.drawn(scene))
    assert webp(scenes.drawn_near(scene)) == webp(scenes.drawn_near(scene))
    assert webp(scenes.drawn(scene)) != webp(scenes.drawn(scene.in_colour("jade")))


def test_goods_stand_before_a_wall_of_another_colour() -> None:
    pale = Scene("pillow", ("cream", "white"), "disc", ("sand", "sky"))
    assert scenes._wall_apart(pale) == wall("sky")
    assert scenes._wall_apart(pale.in_colour("navy")) == wall("sand")


def test_what_was_drawn_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = mall_data().shops[0]
    _, shown = next(scenes_of(shop))
    first = [*pictures_of(shown, tmp_path), banner_of(shop, tmp_path), emblem_of(shop, tmp_path)]
    monkeypatch.setattr(scenes, "drawn", None)
    monkeypatch.setattr(scenes, "drawn_near", None)
    monkeypatch.setattr(scenes, "banner", None)
    monkeypatch.setattr(scenes, "emblem", None)
    assert [*pictures_of(shown, tmp_path), banner_of(shop, tmp_path), emblem_of(shop, tmp_path)] == first
    assert [set(one.files) for one in first] == [{80, 320, 800}] * len(first)
    assert (first[-2].width, first[-2].height) == (1200, 300)


def test_every_good_has_two_pictures_and_no_two_goods_have_the_same() -> None:
    faces = [repr(shown[0]) for vendor in mall_data().vendors for _, shown in scenes_of(vendor)]
    assert len(set(faces)) > 0.97 * len(faces)
    for vendor in mall_data().vendors:
        for good, shown in scenes_of(vendor):
            assert 1 <= len(shown) <= 2, good.code


def test_paths_are_read_as_written() -> None:
    assert path("M0 0 L10 0 V10 H0 Z") == [(0, 0), (10, 0), (10, 10), (0, 10)]
    assert path("M0 0 C0 10 10 10 10 0")[-1] == (10, 0)
    assert path("M0 0 Q5 10 10 0")[-1] == (10, 0)
    with pytest.raises(ValueError, match="not a path"):
        path("M0 0 A 5 5 0 0 1 10 10")
    assert len(oval(0, 0, 5)) == len(set(oval(0, 0, 5)))
