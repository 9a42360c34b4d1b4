"""One value at a time: from what the file says to what a record holds, or the reason why not.

CSV offers texts, Parquet and JSON offer typed values too; the same checks hold for all.
"""

from __future__ import annotations

import re
from collections.abc import KeysView, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from zhanggui.settlement.intake.formats.separated import shortened
from zhanggui.settlement.intake.formats.times import parse_time, place_time
from zhanggui.settlement.intake.formats.zhanggui.columns import COLUMNS

#: More than any order; sums of many stay within 64 bits.
LARGEST_MINOR: Final = 10**15
LARGEST_COUNT: Final = 10**9
_INTEGER: Final = re.compile(r"-?[0-9]{1,30}")
#: Control characters and lone surrogates, which no code or name has and no database takes.
_NOT_PRINTABLE: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class RowRefused(Exception):
    """A row that cannot be taken: a stable code, and a reason that completes "row 7 ..."."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Cells:
    """The filled cells of one row or JSON object; every read checks the value by its column."""

    def __init__(self, values: Mapping[str, Any], tz: ZoneInfo, prefix: str = "") -> None:
        """`prefix` is what the columns' names have before the keys of `values`."""
        self._values = {key: value for key, value in values.items() if not _is_blank(value)}
        self._tz = tz
        self._prefix = prefix

    @property
    def filled(self) -> KeysView[str]:
        """The keys that have a value."""
        return self._values.keys()

    def require(self, *names: str) -> None:
        """Refuse the row unless all these have a value. Raises RowRefused."""
        missing = [name for name in names if name not in self._values]
        if missing:
            raise RowRefused("value_missing", f"lacks {', '.join(missing)}")

    def text(self, name: str, default: str = "") -> str:
        """The text without blanks around it. Raises RowRefused."""
        value = self._values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise RowRefused("text_refused", f"has {_shown(value)} in {name}, which must be a text")
        text = value.strip()
        longest = COLUMNS[self._prefix + name].longest
        if len(text) > longest:
            raise RowRefused("text_too_long", f"has {len(text)} characters in {name}; at most {longest} fit")
        if not text.isprintable() and _NOT_PRINTABLE.search(text):
            raise RowRefused("text_refused", f"has a control character in {name}")
        return text

    def minor(self, name: str) -> int:
        """An amount in whole minor units, 0 where there is none; never negative. Raises RowRefused."""
        value = self._integer(name, "money_not_integer", "must be whole minor units, such as 1250 for 12.50")
        if value < 0:
            raise RowRefused("amount_negative", f"has {value} in {name}; amounts here are never negative")
        if value > LARGEST_MINOR:
            raise RowRefused("amount_too_large", f"has {value} in {name}; at most {LARGEST_MINOR} is taken")
        return value

    def count(self, name: str, least: int = 0) -> int:
        """A whole number of at least `least`, 0 where there is none. Raises RowRefused."""
        value = self._integer(name, "count_refused", "must be a whole number")
        if not least <= value <= LARGEST_COUNT:
            reason = f"has {value} in {name}, which must be {least} to {LARGEST_COUNT}"
            raise RowRefused("count_refused", reason)
        return value

    def time(self, name: str) -> datetime | None:
        """The aware time, None where there is none. Raises RowRefused."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, datetime):
                return place_time(value, self._tz)
            if isinstance(value, str):
                return parse_time(value.strip(), self._tz)
            raise ValueError("must be a text or a timestamp")
        except ValueError as error:
            raise RowRefused("time_refused", f"has {_shown(value)} in {name}, which {error}") from None

    def one_of(self, name: str, known: tuple[str, ...], code: str, default: str = "") -> str:
        """One of the `known` texts. Raises RowRefused with `code`."""
        text = self.text(name, default)
        if text not in known:
            raise RowRefused(code, f"has {text!r} in {name}; it must be one of {', '.join(known)}")
        return text

    def _integer(self, name: str, code: str, rule: str) -> int:
        value = self._values.get(name)
        if value is None:
            return 0
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
            return int(value)
        raise RowRefused(code, f"has {_shown(value)} in {name}, which {rule}")


def _is_blank(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, str) and value.isspace())


def _shown(value: Any) -> str:
    """The value as it may be shown in a message."""
    return shortened(value if isinstance(value, str) else repr(value), 60)
