"""Every refusal of the money package, in order of precedence, and `Refusal`, the root of all refusals.

A refusal is an expected "no": the input or the state does not allow the act. It carries a stable
snake_case `code` for programs, a message for people that says what to do next, and the values concerned.
Bugs are not refusals.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """An expected "no", in words a person can act on.

    `message` is for people, `code` is stable for programs, `details` are the values concerned (JSON-ready
    where possible), `http_status` is what the API answers with.
    """

    code: ClassVar[str] = "refused"
    http_status: ClassVar[int] = 422

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self._message = message
        self._details = details

    @property
    def message(self) -> str:
        """The sentence for people."""
        return self._message

    @property
    def details(self) -> dict[str, Any]:
        """The values concerned, by name."""
        return self._details


class OurFault(Refusal):
    """Something broke that no input explains; the log has it."""

    code = "our_fault"


class MoneyError(Refusal):
    """Root of the refusals of this package."""

    code = "money_refused"


class FloatRefused(MoneyError):
    """A binary fraction was offered as money, rate or weight; it is not exact, so it never is money."""

    code = "float_refused"


class NotAnInteger(MoneyError):
    """Something other than an integer was offered where minor units are expected."""

    code = "not_an_integer"


class UnknownCurrency(MoneyError):
    """The currency code is not in the table of `money.currencies`."""

    code = "unknown_currency"


class NotANumber(MoneyError):
    """The text is not a plain decimal number (empty, NaN, words, scientific notation)."""

    code = "not_a_number"


class SeparatorRefused(MoneyError):
    """The text has a comma, space or other grouping mark; what it means differs by country."""

    code = "separator_refused"


class NotExactlyRepresentable(MoneyError):
    """The text has more decimals than the currency, and no rounding mode was named."""

    code = "not_exactly_representable"


class InvalidRate(MoneyError):
    """The rate has no unit, is negative, too large, or finer than one part per million."""

    code = "invalid_rate"


class CurrencyMismatch(MoneyError):
    """Two currencies met in one sum or comparison."""

    code = "currency_mismatch"


class AllocationImpossible(MoneyError):
    """The amount cannot be shared so: no shares, a negative weight, or a step beyond the whole."""

    code = "allocation_impossible"


class AmountTooLarge(MoneyError):
    """The amount does not fit a 64-bit integer of minor units, which is what the database stores."""

    code = "amount_too_large"
