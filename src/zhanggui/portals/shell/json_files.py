"""Documents that people hand to a command as a JSON file."""

import json
from pathlib import Path
from typing import Any

from zhanggui.portals.shell.errors import FileRefused


def document_in(file: str | Path) -> dict[str, Any]:
    """The JSON object in a file. Raises FileRefused where there is none."""
    try:
        text = Path(file).read_text("utf-8")
        document = json.loads(text)
    except OSError as failed:
        raise FileRefused(f"{file} cannot be read: {failed.strerror}", path=str(file)) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as failed:
        raise FileRefused(f"{file} is not a JSON document: {failed}", path=str(file)) from None
    if not isinstance(document, dict):
        raise FileRefused(f"{file} holds no JSON object", path=str(file))
    if "\\u0000" in text or "\x00" in text:
        raise FileRefused(f"{file} holds a NUL character, which no text here can", path=str(file))
    return document
