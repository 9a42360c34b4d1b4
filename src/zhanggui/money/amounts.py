"""`Money`: an integer number of minor units and its currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from zhanggui.money.currencies import currency_of
from zhanggui.money.decimals import format_grouped, format_plain, parse_minor
from zhanggui.money.errors import CurrencyMismatch
from zhanggui.money.integers import require_integer
from zhanggui.money.rounding import RoundingMode


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency`: Money(1234, "CNY") is 12.34 yuan. Immutable.

    Adds, subtracts and compares within one currency only, and multiplies by whole numbers (a quantity).
    There is no division: sharing is `money.allocation`, a rate is `money.rates`.
    Raises FloatRefused, NotAnInteger, UnknownCurrency.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "minor", require_integer(self.minor, "The amount"))
        currency_of(self.currency)

    @classmethod
    def parse(cls, text: str | Decimal, currency: str, *, rounding: RoundingMode | None = None) -> Money:
        """Read a plain decimal text in major units. Raises as `parse_minor`."""
        return cls(parse_minor(text, currency, rounding=rounding), currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The sum of `amounts`, which may be none. Raises CurrencyMismatch."""
        running = cls.zero(currency)
        for amount in amounts:
            running = running + amount
        return running

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * require_integer(times, "The quantity"), self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        """False for zero, as for any number."""
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __str__(self) -> str:
        return f"{self.currency} {self.plain()}"

    def plain(self) -> str:
        """The number for files and programs: "1234.56"."""
        return format_plain(self.minor, self.currency)

    def grouped(self) -> str:
        """The number for people: "1,234.56"."""
        return format_grouped(self.minor, self.currency)

    def _same(self, other: Money) -> int:
        """The other's minor units, if it is in our currency."""
        if self.currency != other.currency:
            raise CurrencyMismatch(
                f"{self} and {other} are in different currencies; convert one of them first.",
                left=str(self),
                right=str(other),
            )
        return other.minor
