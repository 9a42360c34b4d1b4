"""The reader's language in SQL: texts that are kept as {zh, en} are read in it, else in the other one."""

from django.utils.translation import get_language


def chinese() -> bool:
    """Whether the request is in Chinese."""
    return (get_language() or "zh").startswith("zh")


def language_params() -> dict[str, str]:
    """Parameters of every `readable`."""
    own, other = ("zh", "en") if chinese() else ("en", "zh")
    return {"language": own, "other_language": other}


def readable(column: str, code: str) -> str:
    """SQL that reads a {zh, en} column in the reader's language, else in the other one, else the column `code`."""
    return f"coalesce(nullif({column}->>%(language)s, ''), nullif({column}->>%(other_language)s, ''), {code})"
