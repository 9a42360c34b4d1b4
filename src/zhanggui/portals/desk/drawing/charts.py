"""Bar and line charts drawn on the server as SVG, each with its figures as a table.

Positions on the picture are fractions of pixels; the amounts themselves stay integers and are only written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from zhanggui.portals.desk.amounts import format_integer, format_money, format_rate

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 84, 8, 8, 24
MOST_TICKS = 12
LETTER = 6
"""About as wide as a Latin letter of a label is."""
PPM = "%"
TICK_BETWEEN = ' class="tick-between"'
"""Every other label, which a narrow screen leaves out."""


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures: name, integers (minor units when the chart has a currency), bars or a line.

    `links`, one per value: where the rows are that add up to it."""

    label: Any
    values: Sequence[int]
    kind: Literal["bar", "line"] = "bar"
    links: Sequence[str] = ()


def chart(
    labels: Sequence[str], series: Sequence[Series], *, title: str, currency: str = "", unit: str = ""
) -> SafeString:
    """Draw up to four series over common labels; all share one axis, so they must share one unit: minor units
    of `currency`, parts per million (`unit="ppm"`), or a number."""
    currency = PPM if unit == "ppm" else currency
    values = [value for one in series for value in one.values]
    if not values:
        return mark_safe("")
    low, high, step = _scale(min(0, *values), max(0, *values))
    plot = _Plot(len(labels), low, high)
    parts = [_guides(plot, low, high, step, currency), _ticks(plot, labels)]
    bars = [(number, one) for number, one in enumerate(series, 1) if one.kind == "bar"]
    for place, (number, one) in enumerate(bars):
        parts.append(_bars(plot, labels, one, number, place, len(bars), currency))
    parts += [
        _line(plot, labels, one, number, currency)
        for number, one in enumerate(series, 1)
        if one.kind == "line"
    ]
    legend = "".join(
        '<span><svg viewBox="0 0 10 10" aria-hidden="true">'
        f'<rect class="s{number}" width="10" height="10" rx="2"/></svg>{escape(str(one.label))}</span>'
        for number, one in enumerate(series, 1)
    )
    # A picture has no links inside; with links it is a group of them.
    role = 'role="group"' if any(one.links for one in series) else 'role="img"'
    return mark_safe(
        f'<figure class="chart"><figcaption class="legend">{legend}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" {role} aria-label="{escape(title)}">{"".join(parts)}</svg>'
        f"{_table(labels, series, title, currency)}</figure>"
    )


class _Plot:
    """Where values and positions lie on the picture."""

    def __init__(self, count: int, low: int, high: int) -> None:
        self.slot = (WIDTH - LEFT - RIGHT) / max(count, 1)
        self._low, self._reach = low, (high - low) or 1

    def x(self, index: int) -> float:
        return LEFT + (index + 0.5) * self.slot

    def y(self, value: int) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - self._low) / self._reach)


def _scale(low: int, high: int) -> tuple[int, int, int]:
    """Round bounds and the step between guides: 1, 2 or 5 times a power of ten, about four steps."""
    reach = max(high - low, 1)
    step = next(
        unit * 10**power for power in range(20) for unit in (1, 2, 5) if unit * 10**power * 5 >= reach
    )
    return low // step * step, -(-high // step) * step, step


def _written(value: int, currency: str) -> str:
    if currency == PPM:
        return format_rate(value)
    return format_money(value, currency) if currency else format_integer(value)


def _guides(plot: _Plot, low: int, high: int, step: int, currency: str) -> str:
    parts = []
    for value in range(low, high + 1, step):
        y = plot.y(value)
        text = _written(value, currency)
        text = text.removesuffix(".00")
        css = "axis" if value == 0 else "guide"
        parts.append(
            f'<line class="{css}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'
        )
    return "".join(parts)


def _ticks(plot: _Plot, labels: Sequence[str]) -> str:
    every = -(-len(labels) // MOST_TICKS)
    return "".join(
        f'<text{TICK_BETWEEN if i // every % 2 else ""} x="{plot.x(i):.1f}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{escape(_fitting(label, plot.slot * every))}</text>"
        for i, label in enumerate(labels)
        if i % every == 0
    )


def _fitting(label: str, width: float) -> str:
    """As much of a label as stands between its neighbours; the table below has all of it."""
    room = max(int(width / LETTER), 2)
    wide = sum(2 if ord(letter) > 0x2E80 else 1 for letter in label)
    return label if wide <= room else label[: max(room * len(label) // wide - 1, 1)] + "…"


def _bars(
    plot: _Plot, labels: Sequence[str], one: Series, number: int, place: int, count: int, currency: str
) -> str:
    name = escape(str(one.label))
    width = min(plot.slot * 0.72 / count, 36.0)
    parts = []
    for i, value in enumerate(one.values):
        top, bottom = sorted((plot.y(value), plot.y(0)))
        x = plot.x(i) + (place - count / 2) * width
        rect = (
            f'<rect class="bar s{number}" x="{x:.1f}" y="{top:.1f}" width="{width - 1:.1f}"'
            f' height="{max(bottom - top, 0.5):.1f}" rx="1.5"><title>{escape(labels[i])} {name}'
            f" {_written(value, currency)}</title></rect>"
        )
        # Not in the order of Tab: the table below has every link once, with its figure as text.
        parts.append(f'<a href="{escape(one.links[i])}" tabindex="-1">{rect}</a>' if one.links else rect)
    return "".join(parts)


def _line(plot: _Plot, labels: Sequence[str], one: Series, number: int, currency: str) -> str:
    points = " ".join(f"{plot.x(i):.1f},{plot.y(value):.1f}" for i, value in enumerate(one.values))
    dots = "".join(
        f'<a href="{escape(one.links[i])}" tabindex="-1"><circle class="dot s{number}" cx="{plot.x(i):.1f}"'
        f' cy="{plot.y(value):.1f}" r="4"><title>{escape(labels[i])} {escape(str(one.label))}'
        f" {_written(value, currency)}</title></circle></a>"
        for i, value in enumerate(one.values)
        if one.links
    )
    return f'<polyline class="l{number}" points="{points}"/>{dots}'


def _linked(one: Series, place: int, currency: str) -> str:
    text = _written(one.values[place], currency)
    return f'<a href="{escape(one.links[place])}">{text}</a>' if one.links else text


def _table(labels: Sequence[str], series: Sequence[Series], title: str, currency: str) -> str:
    unit = f' <span class="cur">{escape(currency)}</span>' if currency not in ("", PPM) else ""
    heads = "".join(f'<th scope="col" class="num">{escape(str(one.label))}{unit}</th>' for one in series)
    rows = "".join(
        f'<tr><th scope="row" class="p-title">{escape(label)}</th>'
        + "".join(
            f'<td class="num p-line{" neg" if one.values[i] < 0 else ""}"'
            f' data-label="{escape(str(one.label))}">'
            f"{_linked(one, i, currency)}</td>"
            for one in series
        )
        + "</tr>"
        for i, label in enumerate(labels)
    )
    summary = escape(_("Figures as a table"))
    return (
        f'<details><summary>{summary}</summary><table class="grid is-plain">'
        f'<caption class="sr">{escape(title)}</caption><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )
