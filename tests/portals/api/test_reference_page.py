"""docs/reference/api.md names every address, and its example is taken in as it stands."""

import json
import re
from pathlib import Path

from tests.portals.api.calling import Api
from zhanggui.portals.api.errors import FRAMEWORK
from zhanggui.portals.api.site import api

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "api.md").read_text()


def test_names_every_address() -> None:
    paths = {path.removeprefix("/api/v1") for path in api.get_openapi_schema()["paths"]}
    named = {re.sub(r"\{\w+\}", "{}", found) for found in re.findall(r"(/[a-z][\w/{}-]*)", PAGE)}
    assert sorted(path for path in paths if re.sub(r"\{\w+\}", "{}", path) not in named) == []


def test_names_every_code_of_the_framework() -> None:
    assert [code for code, _message in FRAMEWORK.values() if f"`{code}`" not in PAGE] == []


def test_the_example_is_taken_in(platform: Api) -> None:
    [body] = re.findall(r"-d '(\{.*?\})'\n```", PAGE, re.DOTALL)
    taken = platform.post("/orders", json.loads(body), 201, key="orders-2026-06-11-1")
    assert taken["totals"]["orders"] == 1 and taken["totals"]["rejected"] == 0


def test_every_schema_has_a_name_of_its_own() -> None:
    """The document keeps schemas by name: of two with one name, one would describe the other's requests or answers."""
    import zhanggui.portals.api as package

    found: dict[str, set[str]] = {}
    for path in Path(package.__file__).parent.rglob("*.py"):
        for name in re.findall(
            r"^class (\w+(?:In|Out|Page))\(", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            found.setdefault(name, set()).add(path.name)
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
