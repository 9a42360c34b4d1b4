"""What a name is in a language."""

from collections.abc import Mapping


def name_in(names: Mapping[str, str], code: str, language: str) -> str:
    """This function will return the name in `language` ("zh…" or "en"), else in another one, else the code."""
    wanted = "zh" if language.startswith("zh") else "en"
    return names.get(wanted) or next((text for text in names.values() if text), code)
