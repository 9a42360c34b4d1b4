"""The icons of the desk: 16 px, drawn with the text colour."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_PATHS = {
    "search": "M7 12.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM11 11l3.5 3.5",
    "bell": "M4 11.5V7a4 4 0 0 1 8 0v4.5l1.5 1h-11ZM6.5 12.5a1.5 1.5 0 0 0 3 0",
    "menu": "M2 4h12M2 8h12M2 12h12",
    "close": "M3.5 3.5l9 9M12.5 3.5l-9 9",
    "sun": "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15"
    "M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
    "moon": "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z",
    "contrast": "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 2v12M8 5l4-1M8 8h5.5M8 11l4 1",
    "globe": "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM1.5 8h13M8 1.5c4 4 4 9 0 13M8 1.5c-4 4-4 9 0 13",
    "user": "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 14.5c.5-3 2.5-4.5 5.5-4.5s5 1.5 5.5 4.5",
    "download": "M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11",
    "columns": "M2 3h12v10H2ZM6 3v10M10 3v10",
    "bookmark": "M4 2h8v12l-4-3-4 3Z",
    "filter": "M2 3h12M4.5 8h7M6.5 13h3",
    "check": "M3 8.5 6.5 12 13 4.5",
    "alert": "M8 1.5 15 14H1ZM8 6v4M8 12v.5",
    "chevron-right": "M6 3l5 5-5 5",
    "chevron-left": "M10 3 5 8l5 5",
    "chevron-down": "M3 6l5 5 5-5",
    "home": "M2 7.5 8 2l6 5.5M3.5 6.5V14h9V6.5M6.5 14v-4h3v4",
    "statement": "M3.5 1.5h9v13l-2-1.3-2.5 1.3-2.5-1.3-2 1.3ZM6 5h4M6 8h4",
    "list": "M5.5 4H14M5.5 8H14M5.5 12H14M2 4h.5M2 8h.5M2 12h.5",
    "ledger": "M3 2h10v12H3ZM3 5h10M6.5 2v12",
    "scale": "M8 2v12M4 14h8M3 4h10M3 4l-2 5a2.2 2.2 0 0 0 4 0ZM13 4l-2 5a2.2 2.2 0 0 0 4 0Z",
    "calendar": "M2 3.5h12v10.5H2ZM2 6.5h12M5 1.5v3M11 1.5v3",
    "import": "M8 10V2M4.5 5.5 8 2l3.5 3.5M2.5 10v3.5h11V10",
    "rules": "M2 4h5M11 4h3M9 2v4M2 11h2M8 11h6M6 9v4",
    "party": "M2 14V6l6-4 6 4v8ZM6 14v-4h4v4",
    "wallet": "M2 4.5h11v9H2ZM2 4.5 11 2v2.5M10 9h4",
    "shield": "M8 1.5 14 4v4c0 3.5-2.5 5.5-6 6.5-3.5-1-6-3-6-6.5V4Z",
    "clock": "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 4v4l3 2",
    "gear": "M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4"
    "M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4",
    "copy": "M5.5 5.5h8v8h-8ZM3 10.5H2.5v-8h8V3",
    "print": "M4 6V2h8v4M4 12H2V6h12v6h-2M4 10h8v4.5H4Z",
    "external": "M9 2.5h4.5V7M13.5 2.5 7.5 8.5M11.5 9.5v4h-9v-9h4",
    "refresh": "M13.5 8A5.5 5.5 0 1 1 12 4.2M12.5 1.5v3h-3",
    "replay": "M2.5 8A5.5 5.5 0 1 0 4 4.2M3.5 1.5v3h3M8 5v3l2 1.5",
    "flask": "M6 2v4L2.5 13c-.4 1 .2 1.5 1 1.5h9c.8 0 1.4-.5 1-1.5L10 6V2M5 2h6M4.5 10h7",
    "question": "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z"
    "M6 6c.2-1.3 1-2 2-2s2 .7 2 1.8C10 7.5 8 7.5 8 9M8 11.5v.3",
}


def icon(name: str, label: str = "") -> SafeString:
    """An icon as SVG; hidden from screen readers unless it has a label."""
    said = f' role="img" aria-label="{escape(label)}"' if label else ' aria-hidden="true"'
    return mark_safe(f'<svg class="icon" viewBox="0 0 16 16"{said}><path d="{_PATHS[name]}"/></svg>')
