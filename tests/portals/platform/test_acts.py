"""Every act that the log of changes can record is said in words."""

import re
from pathlib import Path

import zhanggui
from zhanggui.portals.platform.acts import NOUNS, act_in_words

SOURCES = Path(zhanggui.__file__).parent


def recorded(pattern: str) -> set[str]:
    return {
        found
        for path in SOURCES.rglob("*.py")
        for found in re.findall(pattern, path.read_text(encoding="utf-8"))
    }


def test_acts_have_words() -> None:
    acts = recorded(r'action="([a-z_]+\.[a-z_]+)"')
    assert len(acts) > 50
    assert sorted(act for act in acts if act_in_words(act) == act) == []


def test_what_was_changed_has_a_name() -> None:
    kinds = recorded(r'object_kind="([a-z_]+)"')
    assert len(kinds) > 25
    assert sorted(kinds - set(NOUNS)) == []
