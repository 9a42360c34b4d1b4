"""Foreign keys written as text are imports that import-linter cannot see; they too point down."""

import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


def _bands() -> dict[str, int]:
    """Depth of every band, from the same contract that import-linter checks; 0 is the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["id"] == "bands")["layers"]
    return {
        name.strip(" ()"): depth
        for depth, layer in enumerate(layers)
        for name in layer.replace(":", "|").split("|")
    }


def test_foreign_keys_point_down() -> None:
    depths = _bands()
    upward = []
    for model in apps.get_models():
        module = model.__module__.split(".")
        if module[0] != "zhanggui":
            continue
        for field in model._meta.get_fields():
            target = field.related_model
            if (
                not field.concrete
                or not isinstance(target, type)
                or not target.__module__.startswith("zhanggui.")
            ):
                continue
            to = target.__module__.split(".")[1]
            if to != module[1] and depths[to] <= depths[module[1]]:
                upward.append(f"{model.__name__}.{field.name} -> {target.__name__}")
    assert upward == []
