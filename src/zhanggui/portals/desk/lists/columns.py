"""Kinds of columns: how a value is shown in a cell, added up at the foot and written to a file."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import ngettext

from zhanggui.portals.desk.amounts import decimal_text, format_integer, format_money, format_rate
from zhanggui.portals.desk.badges import Badge

# Where a cell goes on the phone card: title and amount share the first line, sub and badge the second,
# line is a labelled line of its own, "" is not on the card.
Phone = Literal["title", "amount", "sub", "badge", "line", ""]
EMPTY = "–"


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Args (key and label by position, the rest by name):
        key: attribute path of the row (`party.code`), and the name in URLs, preferences and totals.
        label: heading, translated.
        value: callable(row) when the value is not simply the attribute.
        href: callable(row) -> URL or None; makes the cell a link. `drawer=True` opens it at the side.
        sort: field the source sorts by; makes the heading clickable. `nullable` when it may be NULL.
        total: field the source adds up for the foot (True: same as key).
        shown: part of the default columns; others wait in the column chooser.
        phone: place on the phone card.
        note: one line of explanation at the heading.
    """

    key: str
    label: Any
    _: KW_ONLY
    value: Callable[[Any], Any] | None = None
    href: Callable[[Any], str | None] | None = None
    drawer: bool = False
    sort: str | None = None
    nullable: bool = False
    total: bool | str = False
    shown: bool = True
    phone: Phone = "line"
    note: Any = ""

    css = ""

    @property
    def total_field(self) -> str | None:
        """Field of the source that is added up, if any."""
        return self.key if self.total is True else self.total or None

    def read(self, row: Any) -> Any:
        """The raw value of this column in `row`."""
        if self.value is not None:
            return self.value(row)
        for part in self.key.split("."):
            row = getattr(row, part, None)
        return row

    def heading(self) -> str:
        """Text of the heading, with the currency where there is one."""
        return str(self.label)

    def html(self, value: Any, row: Any) -> str:
        """Escaped HTML of a value that is not None."""
        return escape(str(value))

    def cell_class(self, value: Any) -> str:
        """Classes of the cell for this value."""
        return self.css

    def total_html(self, total: int) -> str:
        """Escaped HTML of a sum at the foot."""
        return format_integer(total)

    def plain(self, value: Any, row: Any) -> Any:
        """The value for files: numbers as numbers, everything else as text."""
        return "" if value is None else str(value)

    def render(self, row: Any) -> tuple[str, str]:
        """Classes and inner HTML of the cell."""
        value = self.read(row)
        if value is None or value == "":
            return self.css, f'<span class="muted">{EMPTY}</span>'
        inner = self.html(value, row)
        href = self.href(row) if self.href is not None else None
        if href:
            mark = " data-drawer" if self.drawer else ""
            inner = f'<a href="{escape(href)}"{mark}>{inner}</a>'
        return self.cell_class(value), inner


@dataclass(frozen=True, kw_only=True)
class TextColumn(Column):
    """Plain text; `code=True` for document numbers (tabular digits, never wrapped)."""

    code: bool = False
    wrap: bool = False

    def cell_class(self, value: Any) -> str:
        return "code" if self.code else "wrap" if self.wrap else ""


@dataclass(frozen=True, kw_only=True)
class LinkColumn(Column):
    """A document number that leads to its page. Needs `href`."""

    phone: Phone = "title"
    css = "code"

    def __post_init__(self) -> None:
        if self.href is None:
            raise TypeError(f"LinkColumn {self.key!r} needs href=callable(row)")


@dataclass(frozen=True, kw_only=True)
class MoneyColumn(Column):
    """Integer minor units, right-aligned, negative red and signed.

    `currency` is an ISO code, or callable(row) when rows differ: the code then stands in front of each amount
    and no total is shown (amounts of different currencies are never added).
    """

    currency: str | Callable[[Any], str] = "CNY"
    signed: bool = False
    phone: Phone = "line"
    css = "num"

    @property
    def total_field(self) -> str | None:
        return None if callable(self.currency) else super().total_field

    def cell_class(self, value: Any) -> str:
        return "num neg" if value < 0 else "num"

    def html(self, value: Any, row: Any) -> str:
        if callable(self.currency):
            code = self.currency(row)
            amount = format_money(int(value), code, signed=self.signed)
            return f'<span class="cur">{escape(code)}</span> {amount}'
        return format_money(int(value), self.currency, signed=self.signed)

    def total_html(self, total: int) -> str:
        return format_money(total, self.currency)

    def plain(self, value: Any, row: Any) -> Any:
        if value is None:
            return None
        code = self.currency(row) if callable(self.currency) else self.currency
        return MoneyText(decimal_text(int(value), code), int(value))


@dataclass(frozen=True, kw_only=True)
class BaseColumn(MoneyColumn):
    """What a fee was computed on: money, or a number of units where `units(row)` says so. Never added up."""

    units: Callable[[Any], bool]

    @property
    def total_field(self) -> str | None:
        return None

    def html(self, value: Any, row: Any) -> str:
        return escape(units_text(int(value))) if self.units(row) else super().html(value, row)

    def plain(self, value: Any, row: Any) -> Any:
        return units_text(int(value)) if value is not None and self.units(row) else super().plain(value, row)


def units_text(count: int) -> str:
    """A number of units in words: `3 units`, `3 件`."""
    return ngettext("%(count)s unit", "%(count)s units", count) % {"count": format_integer(count)}


class MoneyText(str):
    """Decimal text of an amount for files, remembering the exact minor units."""

    minor: int

    def __new__(cls, text: str, minor: int) -> "MoneyText":
        made = super().__new__(cls, text)
        made.minor = minor
        return made


@dataclass(frozen=True, kw_only=True)
class IntegerColumn(Column):
    """A count, right-aligned."""

    css = "num"

    def html(self, value: Any, row: Any) -> str:
        return format_integer(int(value))

    def plain(self, value: Any, row: Any) -> Any:
        return None if value is None else int(value)


@dataclass(frozen=True, kw_only=True)
class PercentColumn(Column):
    """A rate in parts per million, shown as an exact percentage."""

    css = "num"

    def html(self, value: Any, row: Any) -> str:
        return format_rate(int(value))

    def plain(self, value: Any, row: Any) -> Any:
        return "" if value is None else format_rate(int(value))


@dataclass(frozen=True, kw_only=True)
class StatusColumn(Column):
    """A state with its fixed colour. `badges`: value -> Badge(label, tone)."""

    badges: Mapping[Any, Badge] | Callable[[Any], Badge]
    phone: Phone = "badge"

    def badge(self, value: Any) -> Badge:
        """The badge of a state; an unknown state is shown as it is, in grey."""
        if callable(self.badges):
            return self.badges(value)
        return self.badges.get(value) or Badge(str(value))

    def html(self, value: Any, row: Any) -> str:
        return self.badge(value).__html__()

    def plain(self, value: Any, row: Any) -> Any:
        return "" if value is None else str(self.badge(value).label)


@dataclass(frozen=True, kw_only=True)
class DateTimeColumn(Column):
    """A moment in the tenant's zone, to the minute; seconds on hover and in files."""

    css = "when"

    def html(self, value: datetime, row: Any) -> str:
        local = timezone.localtime(value)
        return (
            f'<time datetime="{local.isoformat()}" title="{local:%Y-%m-%d %H:%M:%S %Z}">'
            f"{local:%Y-%m-%d %H:%M}</time>"
        )

    def plain(self, value: Any, row: Any) -> Any:
        return "" if value is None else f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True, kw_only=True)
class DateColumn(Column):
    """A day: 2026-11-22 in every language."""

    css = "when"

    def html(self, value: date, row: Any) -> str:
        return f"{value:%Y-%m-%d}"

    def plain(self, value: Any, row: Any) -> Any:
        return "" if value is None else f"{value:%Y-%m-%d}"


@dataclass(frozen=True, kw_only=True)
class PartyColumn(Column):
    """A party's name, with its code in small print when `code` gives it."""

    code: Callable[[Any], str] | None = None
    phone: Phone = "sub"
    css = "party"

    def html(self, value: Any, row: Any) -> str:
        code = self.code(row) if self.code is not None else ""
        small = f' <small class="muted">{escape(code)}</small>' if code else ""
        return f"{escape(str(value))}{small}"
