"""Ready-made business lines for the public data sets: terms and fee rules as documents."""

import json
from importlib.resources import files
from typing import Any


def preset(name: str) -> dict[str, Any] | None:
    """This function will return the preset of this name (`olist`, `online-retail`), or None."""
    source = files(__package__) / f"{name}.json"
    return json.loads(source.read_text("utf-8")) if source.is_file() else None
