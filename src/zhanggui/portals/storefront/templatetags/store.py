"""Template filters and tags of the storefront: `{% load store %}`."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhanggui.parties.rules import name_in
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.pictures import picture_url
from zhanggui.portals.storefront import drawing, prices
from zhanggui.portals.storefront.visiting import sign_in_page
from zhanggui.trade.pricing.rules.regions import REGIONS

register = template.Library()
register.filter(prices.plain_price)
register.filter(prices.short_price)


@register.filter
def price(minor: int, currency: str) -> SafeString:
    """`{{ card.price_minor|price:"CNY" }}`: the sign small, what stands before the point large."""
    whole, point, part = format_money(minor, currency).partition(".")
    return format_html(
        '<span class="price"><i>{}</i>{}<small>{}{}</small></span>',
        prices.sign_of(currency),
        whole,
        point,
        part,
    )


@register.filter
def said(texts: Mapping[str, str] | None, code: str = "") -> str:
    """`{{ shop.name|said }}`: a text kept in several languages, in the reader's."""
    return name_in(texts or {}, code, get_language() or "zh")


@register.filter
def compact(count: int) -> str:
    """How many were sold, as shops write it: 1.2万, 12k; below ten thousand (or a thousand) as it is."""
    if (get_language() or "").startswith("zh"):
        return f"{count // 1000 / 10:g}万+" if count >= 10_000 else str(count)
    return f"{count // 100 / 10:g}k+" if count >= 1000 else str(count)


@register.simple_tag
def ic(name: str, label: str = "") -> SafeString:
    """`{% ic "cart" %}`."""
    return drawing.icon(name, label)


@register.simple_tag
def picture(digest: str, width: int, alt: str = "", css: str = "", eager: bool = False) -> SafeString:
    """A square lazy picture of a good; a drawn box where there is none."""
    if not digest:
        return format_html(
            '<span class="no-picture {}" role="img" aria-label="{}">{}</span>',
            css,
            alt or _("No picture"),
            drawing.icon("bag"),
        )
    source = picture_url(digest, width)
    if eager:
        return format_html(
            '<img class="{}" src="{}" width="{}" height="{}" alt="{}" fetchpriority="high">',
            css,
            source,
            width,
            width,
            alt,
        )
    return format_html(
        '<img class="{}" src="{}" width="{}" height="{}" alt="{}" loading="lazy" decoding="async">',
        css, source, width, width, alt,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def changed(context: Mapping[str, Any], **changes: Any) -> str:
    """This page's address with some parameters changed; an empty value takes the parameter away."""
    query = context["request"].GET.copy()
    for name, value in {"page": "", **changes}.items():
        if value in ("", None):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"{context['request'].path}?{query.urlencode()}" if query else context["request"].path


@register.filter
def stars(rating: float) -> SafeString:
    """Five stars, so many of them full; said as a number."""
    full = max(0, min(5, round(rating)))
    return format_html(
        '<span class="stars" role="img" aria-label="{}"><b>{}</b>{}</span>',
        _("%(rating)s of 5") % {"rating": f"{rating:.1f}"}, "★" * full, "★" * (5 - full),
    )  # fmt: skip


@register.simple_tag
def sign_in_link(path: str) -> str:
    """The log-in page, and from there back to `path`."""
    return f"{sign_in_page()}?{urlencode({'next': path})}"


@register.filter
def region_name(code: str) -> str:
    """The name of a region in the reader's language; a code nobody knows stands as it is."""
    return name_in(REGIONS.get(code, {}), code, get_language() or "zh")
