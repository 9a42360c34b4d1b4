"""The desk's own scripts and styles stay small enough to read."""

from pathlib import Path

import pytest

import zhanggui.portals.desk as package

DESK = Path(package.__file__).parent


@pytest.mark.parametrize("name", ["desk.js", "list.js", "base.css", "shell.css", "list.css", "detail.css"])
def test_own_files_are_small(name: str) -> None:
    text = (DESK / "static" / "desk" / name).read_text()
    assert text.count("\n") < 400 and "sourceMappingURL" not in text
