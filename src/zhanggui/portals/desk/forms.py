"""A plain form: fields as data, and readers that say in words what is wrong with what was typed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.money.rates import parse_rate
from zhanggui.portals.desk.amounts import parse_amount


class Unusable(Exception):
    """What was typed cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Field:
    """One field of a form. `options` makes it a choice, `file` a file with those endings."""

    name: str
    label: Any
    value: str = ""
    help: str = ""
    required: bool = True
    numeric: bool = False
    full: bool = False
    most: int = 200
    options: tuple[tuple[Any, Any], ...] = ()
    file: str = ""


def typed(request: HttpRequest, name: str) -> str:
    """What was typed into a field, without spaces around and without NUL."""
    return request.POST.get(name, "").replace("\x00", "").strip()


def needed(request: HttpRequest, name: str, label: Any) -> str:
    """The same, refusing an empty one."""
    text = typed(request, name)
    if not text:
        raise Unusable(_("Fill in: %(field)s.") % {"field": label})
    return text


def day_in(request: HttpRequest, name: str) -> date:
    """A day as 2026-11-22."""
    text = typed(request, name)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unusable(_("“%(text)s” is not a day. Write days as 2026-11-22.") % {"text": text}) from None


def amount_in(request: HttpRequest, name: str, currency: str) -> int:
    """An amount in minor units."""
    text = typed(request, name)
    amount = parse_amount(text, currency)
    if amount is None:
        raise Unusable(_("“%(text)s” is not an amount. Write amounts as 1234.50.") % {"text": text})
    return amount


def rate_in(request: HttpRequest, name: str) -> int:
    """A rate such as 13%, in parts per million."""
    text = typed(request, name)
    try:
        return parse_rate(text)
    except Refusal:
        raise Unusable(_("“%(text)s” is not a rate. Write rates as 13%%.") % {"text": text}) from None
