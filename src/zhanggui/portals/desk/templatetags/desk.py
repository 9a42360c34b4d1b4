"""Template filters and tags of the desk: `{% load desk %}`."""

from itertools import cycle
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from zhanggui.portals.desk import amounts
from zhanggui.portals.desk.drawing import icons
from zhanggui.portals.desk.drawing.charts import Series
from zhanggui.portals.desk.drawing.charts import chart as draw_chart
from zhanggui.portals.desk.drawing.sparkline import sparkline as draw_sparkline
from zhanggui.portals.desk.factors import CODE_FIELD, fresh_factor, has_factor
from zhanggui.portals.desk.goods import named
from zhanggui.portals.desk.lists.columns import units_text
from zhanggui.portals.desk.pictures import picture_url
from zhanggui.portals.desk.refusals import fault_text
from zhanggui.portals.desk.written import actor_name, reason_text

register = template.Library()


@register.filter
def money(minor: int, currency: str) -> SafeString:
    """`{{ row.net|money:"CNY" }}`: grouped digits in a span; negative red and signed."""
    css = "money neg" if minor < 0 else "money"
    return format_html('<span class="{}">{}</span>', css, amounts.format_money(minor, currency))


@register.filter
def money_signed(minor: int, currency: str) -> SafeString:
    """Like `money`, with `+` before positive amounts."""
    css = "money neg" if minor < 0 else "money"
    return format_html('<span class="{}">{}</span>', css, amounts.format_money(minor, currency, signed=True))


@register.filter
def money_text(minor: int, currency: str) -> str:
    """The amount as plain text, for titles and sentences."""
    return amounts.format_money(minor, currency)


@register.filter(name="named")
def named_filter(names: Any, code: str = "") -> str:
    """`{{ shop.name|named }}`: a name in several languages, in the reader's."""
    return named(names or {}, code)


@register.filter
def picture(digest: str, width: int) -> str:
    """`{{ digest|picture:320 }}`: the address of a picture at least so wide."""
    return picture_url(digest, int(width))


@register.filter
def units(count: int) -> str:
    """A number of units in words: `3 units`."""
    return units_text(int(count))


@register.filter
def coded(text: object) -> SafeString:
    """`{{ note|coded }}`: a sentence as it is, what stands between backticks as code to copy."""
    shapes = cycle(("{}", "<code>{}</code>"))
    parts = (format_html(shape, part) for shape, part in zip(shapes, str(text).split("`"), strict=False))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def integer(value: int) -> str:
    """A count with thousands separators."""
    return amounts.format_integer(int(value))


@register.filter
def actor(name: str) -> str:
    """`{{ row.actor|actor }}`: who acted, the system's own actors in words."""
    return actor_name(name)


@register.filter
def reason(text: str) -> str:
    """`{{ row.reason|reason }}`: why, the system's own reasons in words."""
    return reason_text(text)


@register.filter
def refused(code: str, message: str) -> str:
    """`{{ row.code|refused:row.message }}`: why something was turned away, in the reader's language."""
    return fault_text(code, message)


@register.filter
def rate(ppm: int) -> str:
    """Parts per million as a percentage."""
    return amounts.format_rate(int(ppm))


@register.filter
def moment(value: Any) -> SafeString:
    """A moment in the tenant's zone to the minute; seconds on hover."""
    if not value:
        return mark_safe('<span class="muted">–</span>')
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        f"{local:%Y-%m-%d %H:%M:%S %Z}",
        f"{local:%Y-%m-%d %H:%M}",
    )


@register.filter
def day(value: Any) -> str:
    """A day as 2026-11-22 in every language."""
    return f"{value:%Y-%m-%d}" if value else "–"


@register.filter
def badge(value: Any) -> SafeString:
    """A `badges.Badge` as HTML."""
    return value.__html__() if hasattr(value, "__html__") else mark_safe(escape(str(value)))


@register.filter
def person_name(user: Any) -> str:
    """A person's name in the order of its own script: 王会计, but Mary Smith; else the user name."""
    first, last = user.first_name.strip(), user.last_name.strip()
    if any("\u4e00" <= letter <= "\u9fff" for letter in first + last):
        return last + first
    return f"{first} {last}".strip() or user.get_username()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the desk: `{% icon "search" %}`; give a label only when no text stands beside it."""
    return icons.icon(name, label)


@register.simple_tag
def sparkline(values: list[int], label: str = "") -> SafeString:
    """A small line of values: `{% sparkline values "Net per day" %}`."""
    return draw_sparkline(values, label=label)


@register.simple_tag
def chart(
    labels: list[str], series: list[Series], title: str, currency: str = "", unit: str = ""
) -> SafeString:
    """Bars and lines with a table: `{% chart labels series "Net per day" "CNY" %}`."""
    return draw_chart(labels, series, title=title, currency=currency, unit=unit)


@register.inclusion_tag("desk/parts/factor_field.html", takes_context=True)
def factor_field(context: Any) -> dict[str, Any]:
    """`{% factor_field %}` in the form of a sensitive act: asks for a code where the factor is not fresh."""
    request = context["request"]
    fresh = fresh_factor(request)
    return {"fresh": fresh, "enrolled": fresh or has_factor(request.user), "name": CODE_FIELD}
