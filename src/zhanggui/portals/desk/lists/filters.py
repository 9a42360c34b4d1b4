"""Filters: each reads its part of the URL, writes its form field and says what it asks of the source."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from zhanggui.portals.desk.amounts import format_money, parse_amount
from zhanggui.portals.desk.lists.conditions import AnyOf, Clause, Condition
from zhanggui.portals.desk.lists.periods import DEFAULT_PRESETS, Preset, Span

type Choices = Sequence[tuple[Any, Any]] | Callable[[], Sequence[tuple[Any, Any]]]


class Filter:
    """One field of the filter form. `name` is its URL parameter."""

    name: str
    label: Any

    def clauses(self, params: Mapping[str, Any], today: date) -> list[Clause]:
        """Conditions for the current URL; empty when the filter is not used."""
        raise NotImplementedError

    def html(self, params: Mapping[str, Any], today: date) -> str:
        """The form field, filled from the URL."""
        raise NotImplementedError

    def parameters(self) -> tuple[str, ...]:
        """URL parameters this filter owns."""
        return (self.name,)

    def problem(self, params: Mapping[str, Any], today: date) -> str:
        """A sentence when the URL holds something this filter cannot use."""
        return ""


@dataclass(frozen=True)
class TextFilter(Filter):
    """A search box over one or several fields: exact for `exact` fields, contains for the others."""

    name: str
    label: Any
    contains: Sequence[str] = ()
    starts: Sequence[str] = ()
    exact: Sequence[str] = ()
    clause: Callable[[str], Clause] | None = None

    def clauses(self, params: Mapping[str, Any], today: date) -> list[Clause]:
        text = params.get(self.name, "").strip()
        if not text:
            return []
        if self.clause is not None:
            return [self.clause(text)]
        return [
            AnyOf(
                [Condition(field, "eq", text) for field in self.exact]
                + [Condition(field, "starts", text) for field in self.starts]
                + [Condition(field, "contains", text) for field in self.contains]
            )
        ]

    def html(self, params: Mapping[str, Any], today: date) -> str:
        label, value = escape(str(self.label)), escape(params.get(self.name, ""))
        return (
            f'<label class="field is-search"><span class="sr">{label}</span>'
            f'<input type="search" name="{self.name}" value="{value}" placeholder="{label}"'
            f" data-search-box></label>"
        )


def _pairs(choices: Choices) -> list[tuple[str, str]]:
    found = choices() if callable(choices) else choices
    return [(str(value), str(label)) for value, label in found]


def _option(value: str, label: str, chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(label)}</option>'


@dataclass(frozen=True)
class SelectFilter(Filter):
    """One of some values. `read` turns the URL text into what the field holds (int for small ints).

    With `default` there is no "All": one value always holds (a currency; amounts of two are never added).
    """

    name: str
    label: Any
    choices: Choices
    field: str = ""
    read: Callable[[str], Any] = str
    clause: Callable[[Any], Clause] | None = None
    default: str = ""

    def current(self, params: Mapping[str, Any]) -> str:
        """The value in force: that of the URL if there is such a choice, else the default."""
        text = params.get(self.name, "")
        return text if text in dict(_pairs(self.choices)) else self.default

    def clauses(self, params: Mapping[str, Any], today: date) -> list[Clause]:
        text = self.current(params)
        if not text:
            return []
        value = self.read(text)
        return [self.clause(value) if self.clause else Condition(self.field or self.name, "eq", value)]

    def html(self, params: Mapping[str, Any], today: date) -> str:
        now = self.current(params)
        options = "" if self.default else _option("", _("All"), not now)
        options += "".join(_option(v, label, v == now) for v, label in _pairs(self.choices))
        return (
            f'<label class="field"><span class="label">{escape(str(self.label))}</span>'
            f'<select name="{self.name}">{options}</select></label>'
        )


@dataclass(frozen=True)
class MultiSelectFilter(Filter):
    """Any of some values: a small menu of check boxes."""

    name: str
    label: Any
    choices: Choices
    field: str = ""
    read: Callable[[str], Any] = str

    def clauses(self, params: Mapping[str, Any], today: date) -> list[Clause]:
        chosen = self._chosen(params)
        return [Condition(self.field or self.name, "in", [self.read(v) for v in chosen])] if chosen else []

    def html(self, params: Mapping[str, Any], today: date) -> str:
        chosen, pairs = self._chosen(params), _pairs(self.choices)
        boxes = "".join(
            f'<label class="check"><input type="checkbox" name="{self.name}" value="{escape(v)}"'
            f"{' checked' if v in chosen else ''}><span>{escape(label)}</span></label>"
            for v, label in pairs
        )
        summary = ", ".join(label for v, label in pairs if v in chosen) or _("All")
        return (
            f'<div class="field"><span class="label">{escape(str(self.label))}</span>'
            f'<details class="menu is-multi"><summary class="select">{escape(summary)}</summary>'
            f'<div class="menu-panel">{boxes}</div></details></div>'
        )

    def _chosen(self, params: Mapping[str, Any]) -> list[str]:
        known = dict(_pairs(self.choices))
        values = params.getlist(self.name) if hasattr(params, "getlist") else [params.get(self.name, "")]
        return [value for value in values if value in known]


@dataclass(frozen=True)
class DateRangeFilter(Filter):
    """Days from a preset or typed in. With `default` the list is never unbounded.

    Args:
        field: a moment (days are cut in the tenant's zone) or, with `days=True`, a date.
        default: code of the preset used when the URL says nothing; "" shows everything.
        max_days: longest span that is answered.
    """

    name: str
    label: Any
    field: str = ""
    default: str = ""
    presets: Sequence[Preset] | Callable[[], Sequence[Preset]] = DEFAULT_PRESETS
    days: bool = False
    max_days: int = 366

    def parameters(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}_from", f"{self.name}_to")

    def span(self, params: Mapping[str, Any], today: date) -> Span | None:
        """The days asked for; None for all."""
        start, end = self._typed(params)
        code = params.get(self.name, "")
        if start or end:
            if code and code != "custom":
                return self._preset_span(code, today)
            end = end or max(today, start)
            start = start or end - timedelta(days=self.max_days - 1)
            return Span(max(start, end - timedelta(days=self.max_days - 1)), end + timedelta(days=1))
        return self._preset_span(code or self.default, today)

    def clauses(self, params: Mapping[str, Any], today: date) -> list[Clause]:
        span = self.span(params, today)
        if span is None:
            return []
        field = self.field or self.name
        start: Any = span.start
        before: Any = span.before
        if not self.days:
            start, before = (timezone.make_aware(datetime.combine(d, time.min)) for d in (start, before))
        return [Condition(field, "gte", start), Condition(field, "lt", before)]

    def problem(self, params: Mapping[str, Any], today: date) -> str:
        start, end = self._typed(params)
        for suffix, read in (("from", start), ("to", end)):
            if params.get(f"{self.name}_{suffix}", "").strip() and read is None:
                return _("“%(text)s” is not a day. Write days as 2026-11-22.") % {
                    "text": params[f"{self.name}_{suffix}"]
                }
        if start and end and start > end:
            return _("The first day is after the last day. Swap the two days.")
        if start and end and (end - start).days >= self.max_days:
            return _("Only the last %(days)d days of the range are shown. Choose a shorter range.") % {
                "days": self.max_days
            }
        return ""

    def html(self, params: Mapping[str, Any], today: date) -> str:
        start, end = self._typed(params)
        code = params.get(self.name, "")
        now = code or ("custom" if start or end else self.default)
        options = "" if self.default else _option("", _("All"), not now)
        options += "".join(_option(p.code, str(p.label), p.code == now) for p in self._presets())
        options += _option("custom", _("Custom"), now == "custom")
        span = self.span(params, today)
        shown = (span.start, span.before - timedelta(days=1)) if span else (None, None)
        boxes = "~".join(
            f'<input class="day" name="{self.name}_{suffix}" value="{day or ""}" placeholder="YYYY-MM-DD"'
            f' maxlength="10" autocomplete="off" aria-label="{escape(label)}" data-day>'
            for suffix, day, label in (
                ("from", shown[0], _("%(name)s from") % {"name": self.label}),
                ("to", shown[1], _("%(name)s to") % {"name": self.label}),
            )
        )
        return (
            '<div class="field is-range" data-range>'
            f'<label><span class="label">{escape(str(self.label))}</span>'
            f'<select name="{self.name}" data-preset>{options}</select></label>'
            f'<span class="days">{boxes}</span></div>'
        )

    def _presets(self) -> Sequence[Preset]:
        return self.presets() if callable(self.presets) else self.presets

    def _preset_span(self, code: str, today: date) -> Span | None:
        return next((p.span(today) for p in self._presets() if p.code == code), None)

    def _typed(self, params: Mapping[str, Any]) -> tuple[date | None, date | None]:
        found = []
        for suffix in ("from", "to"):
            try:
                found.append(date.fromisoformat(params.get(f"{self.name}_{suffix}", "").strip()))
            except ValueError:
                found.append(None)
        return found[0], found[1]


@dataclass(frozen=True)
class ThroughDayFilter(Filter):
    """One day, to its end, for lists of what stood then. The list's source reads it; it restricts nothing itself."""

    name: str
    label: Any

    def clauses(self, params: Mapping[str, Any], today: date) -> list[Clause]:
        return []

    def problem(self, params: Mapping[str, Any], today: date) -> str:
        text = params.get(self.name, "").strip()
        try:
            date.fromisoformat(text or "2000-01-01")
        except ValueError:
            return _("“%(text)s” is not a day. Write days as 2026-11-22.") % {"text": text}
        return ""

    def html(self, params: Mapping[str, Any], today: date) -> str:
        return (
            f'<label class="field"><span class="label">{escape(str(self.label))}</span>'
            f'<input class="day" name="{self.name}" value="{escape(params.get(self.name, "") or str(today))}"'
            f' placeholder="YYYY-MM-DD" maxlength="10" autocomplete="off"></label>'
        )


@dataclass(frozen=True)
class MoneyRangeFilter(Filter):
    """Amounts from and to, both included, typed as decimals of `currency`."""

    name: str
    label: Any
    field: str = ""
    currency: str = "CNY"

    def parameters(self) -> tuple[str, ...]:
        return (f"{self.name}_min", f"{self.name}_max")

    def clauses(self, params: Mapping[str, Any], today: date) -> list[Clause]:
        field = self.field or self.name
        found: list[Clause] = []
        for suffix, op in (("min", "gte"), ("max", "lte")):
            minor = parse_amount(params.get(f"{self.name}_{suffix}", ""), self.currency)
            if minor is not None:
                found.append(Condition(field, op, minor))  # type: ignore[arg-type]
        return found

    def problem(self, params: Mapping[str, Any], today: date) -> str:
        for parameter in self.parameters():
            text = params.get(parameter, "").strip()
            if text and parse_amount(text, self.currency) is None:
                return _("“%(text)s” is not an amount in %(currency)s. Write it as %(example)s.") % {
                    "text": text,
                    "currency": self.currency,
                    "example": format_money(123456, self.currency),
                }
        return ""

    def html(self, params: Mapping[str, Any], today: date) -> str:
        boxes = "~".join(
            f'<input class="amount" name="{p}" value="{escape(params.get(p, ""))}" inputmode="decimal"'
            f' autocomplete="off" placeholder="{escape(hint)}" aria-label="{escape(f"{self.label} {hint}")}">'
            for p, hint in zip(self.parameters(), (_("min"), _("max")), strict=True)
        )
        return (
            f'<div class="field is-money"><span class="label">{escape(str(self.label))}</span>'
            f'<span class="days">{boxes}</span></div>'
        )
