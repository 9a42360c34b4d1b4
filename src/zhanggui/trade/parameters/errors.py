"""Refusals about parameters."""

from zhanggui.money.errors import Refusal


class ParameterRefused(Refusal):
    """There is no such parameter, or it cannot be that."""

    code = "parameter_refused"
