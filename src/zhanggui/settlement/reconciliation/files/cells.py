"""Cells of bills as exact integers: yuan text to cents, fees to thousandths of a cent, times to microseconds."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from zhanggui.money.currencies import currency_of
from zhanggui.money.decimals import parse_decimal
from zhanggui.money.errors import MoneyError
from zhanggui.rows.times import microseconds, moment
from zhanggui.settlement.reconciliation.errors import BillRowRefused

_MILLI_DIGITS = 3


class Cells:
    """Reads cells of one bill; every refusal names file, row and column."""

    def __init__(self, name: str, currency: str, zone: ZoneInfo) -> None:
        self.name = name
        self.currency = currency
        self.exponent = currency_of(currency).exponent
        self.zone = zone
        self._days: dict[str, int] = {}

    def fault(self, row: int, reason: str) -> BillRowRefused:
        """The refusal of a row."""
        return BillRowRefused(f"{self.name}, row {row}: {reason}; nothing of the bill was kept", row=row)

    def minor(self, text: str, row: int, column: str) -> int:
        """An amount in major units as minor units; an empty cell is 0. Raises BillRowRefused."""
        return self._digits(text, self.exponent, row, column)

    def milli(self, text: str, row: int, column: str) -> int:
        """A fee in major units as thousandths of a minor unit. Raises BillRowRefused."""
        return self._digits(text, self.exponent + _MILLI_DIGITS, row, column)

    def _digits(self, text: str, exponent: int, row: int, column: str) -> int:
        whole, _, part = text.partition(".")
        if part and len(part) > exponent:
            part = part[:exponent] if part[exponent:].strip("0") == "" else part
        digits = whole + part.ljust(exponent, "0")
        if len(part) <= exponent and digits.removeprefix("-").isdecimal() and digits.isascii() and whole:
            if len(digits) <= 18:
                return int(digits)
            raise self.fault(row, f"{column} {text!r} is too large for an amount")
        if not text or text in ("-", "--"):
            return 0
        try:
            plain = text.replace(",", "") if "," in text and "." in text else text
            number, scale = parse_decimal(plain.removeprefix("+"))
        except MoneyError as error:
            raise self.fault(row, f"{column} {text!r} is no amount ({error.message})") from error
        if scale <= exponent:
            return int(number * 10 ** (exponent - scale))
        if number % 10 ** (scale - exponent):
            raise self.fault(row, f"{column} {text!r} has more decimals than {self.currency} can have")
        return int(number // 10 ** (scale - exponent))

    def at(self, text: str, row: int, column: str) -> int:
        """`2021-01-28 17:07:11` in the bill's zone as microseconds since 1970. Raises BillRowRefused."""
        day, _, clock = text.replace("/", "-").partition(" ")
        try:
            midnight = self._days.get(day)
            if midnight is None:
                begun = datetime.combine(date.fromisoformat(day), datetime.min.time(), self.zone)
                midnight = self._days[day] = microseconds(begun)
            if not clock:
                return midnight
            hour, minute, *rest = clock.split(":")
            second = int(rest[0]) if rest else 0
            if not (0 <= int(hour) < 24 and 0 <= int(minute) < 60 and 0 <= second < 61):
                raise ValueError(clock)
            return midnight + ((int(hour) * 60 + int(minute)) * 60 + second) * 1_000_000
        except ValueError as error:
            raise self.fault(row, f"{column} {text!r} is no time such as 2026-03-31 18:00:00") from error

    def day_of(self, at: int) -> date:
        """The day of a time in the bill's zone."""
        return moment(at).astimezone(self.zone).date()
