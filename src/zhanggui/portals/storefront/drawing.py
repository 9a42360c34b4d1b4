"""The storefront's own icons (24 px, drawn with the text colour) and the codes that telephones read."""

import io

import segno
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

PATHS = {
    "search": "M10.5 18a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM16 16l5 5",
    "cart": "M2 3h3l2.4 12h11L21 7H6M9 20.5h.01M17 20.5h.01",
    "home": "M3 11.5 12 4l9 7.5M5.5 10v10h13V10M10 20v-6h4v6",
    "grid": "M4 4h6.5v6.5H4ZM13.5 4H20v6.5h-6.5ZM4 13.5h6.5V20H4ZM13.5 13.5H20V20h-6.5Z",
    "user": "M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM3.5 21c.8-4.3 4-6.5 8.5-6.5s7.7 2.2 8.5 6.5",
    "heart": "M12 20.5C5 15.5 2.5 12 2.5 8.5a4.8 4.8 0 0 1 9.5-1.5 4.8 4.8 0 0 1 9.5 1.5c0 3.5-2.5 7-9.5 12Z",
    "chat": "M4 4.5h16v11.5H11l-4.5 4v-4H4ZM8.5 10.3h.01M12 10.3h.01M15.5 10.3h.01",
    "shop": "M4 10v10.5h16V10M3 9.5 5 3.5h14l2 6c0 3-4.5 3-4.5 0 0 3-4.5 3-4.5 0 0 3-4.5 3-4.5 0 0 3-4.5 3-4.5 0Z",
    "truck": "M2 5.5h12V17H2ZM14 9.5h4.5L22 13.5V17h-8M6.5 19.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z"
    "M17.5 19.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
    "ticket": "M3 6h18v4a2 2 0 0 0 0 4v4H3v-4a2 2 0 0 0 0-4ZM14.5 6.5v2M14.5 11v2M14.5 15.5v2",
    "pin": "M12 21.5s7-6.5 7-11.5a7 7 0 1 0-14 0c0 5 7 11.5 7 11.5ZM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
    "orders": "M6 3h12v18l-3-2-3 2-3-2-3 2ZM9.5 8h5M9.5 12h5",
    "wallet": "M3 6.5h16.5v13H3ZM3 6.5l12-3v3M15.5 13h4",
    "box": "M3.5 7.5 12 3l8.5 4.5v9L12 21l-8.5-4.5ZM3.5 7.5 12 12l8.5-4.5M12 12v9",
    "back": "M19.5 12H5M11 5.5 4.5 12l6.5 6.5",
    "next": "M9 5l7 7-7 7",
    "star": "M12 3l2.7 5.8 6.3.8-4.6 4.3 1.2 6.2L12 17l-5.6 3.1 1.2-6.2L3 9.6l6.3-.8Z",
    "bin": "M4 6.5h16M9 6.5V4h6v2.5M6 6.5l1 14h10l1-14M10 10.5v6M14 10.5v6",
    "globe": "M12 21.5a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19ZM2.5 12h19M12 2.5c5 5.5 5 13.5 0 19"
    "M12 2.5c-5 5.5-5 13.5 0 19",
    "moon": "M20.5 14A8.5 8.5 0 0 1 10 3.5a8.5 8.5 0 1 0 10.5 10.5Z",
    "sun": "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4"
    "M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5",
    "help": "M12 21.5a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19ZM9 9.5c.2-3.5 6-3.5 6 0 0 2-3 2.3-3 4.5M12 17.5h.01",
    "check": "M4 12.5l5.5 5.5L20 6.5",
    "clock": "M12 21.5a9.5 9.5 0 1 0 0-19 9.5 9.5 0 0 0 0 19ZM12 6.5V12l4 2.5",
    "return": "M8.5 4 4 8.5 8.5 13M4 8.5h10.5a5.5 5.5 0 0 1 0 11H7",
    "shield": "M12 2.5 4 5.5v6c0 5 3.3 8.5 8 10 4.7-1.5 8-5 8-10v-6ZM8.5 12l2.5 2.5 4.5-5",
    "bag": "M5 8h14l1 13H4ZM8.5 8V7a3.5 3.5 0 0 1 7 0v1",
    "filter": "M3 5h18l-7 8.5V20l-4-2v-4.5Z",
}  # fmt: skip


def icon(name: str, label: str = "") -> SafeString:
    """The icon as SVG; without a label it is decoration."""
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="ic" viewBox="0 0 24 24" {}><path d="{}"/></svg>', spoken, PATHS[name])


def qr_picture(text: str, label: str) -> SafeString:
    """A QR code as SVG, always dark on white: telephones read no other."""
    drawn = io.BytesIO()
    segno.make_qr(text, error="m").save(
        drawn, kind="svg", scale=6, border=3, dark="#111", light="#fff", xmldecl=False, svgns=True, nl=False,
        omitsize=True,
    )  # fmt: skip
    svg = drawn.getvalue().decode()
    return mark_safe(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1))
