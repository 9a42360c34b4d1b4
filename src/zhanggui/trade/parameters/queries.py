"""Reads over parameters."""

from zhanggui.trade.parameters.models import Parameter
from zhanggui.trade.parameters.rules import KNOWN


def parameters() -> dict[str, int | str]:
    """This function will return the value of every parameter."""
    changed = dict(Parameter.objects.values_list("code", "value"))
    return {code: changed.get(code, known.usual) for code, known in KNOWN.items()}


def number(code: str) -> int:
    """This function will return a parameter that is a whole number."""
    value = Parameter.objects.filter(code=code).values_list("value", flat=True).first()
    return int(KNOWN[code].usual if value is None else value)


def text(code: str) -> str:
    """This function will return a parameter that is a text."""
    value = Parameter.objects.filter(code=code).values_list("value", flat=True).first()
    return str(KNOWN[code].usual if value is None else value)
