"""Template filters of the platform: `{% load platform %}`."""

import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """A document as indented JSON; the template escapes it."""
    return json.dumps(value, ensure_ascii=False, indent=2)
