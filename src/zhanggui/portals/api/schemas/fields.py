"""Kinds of fields: whole numbers for money, text the database can hold, times with a zone."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field

AMOUNT_MAX = 10**15
BIGINT_MAX = 2**63 - 1
PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Strict(Schema):
    """Input: a field that is not known is refused by name, never ignored."""

    model_config = ConfigDict(extra="forbid")


def _text_only(value: Any) -> Any:
    if isinstance(value, (str, date)):
        return value
    raise ValueError("must be text in ISO 8601 form")


def _in_range(value: datetime) -> datetime:
    if not EARLIEST <= value < LATEST:
        raise ValueError("must be between 1990 and 2200")
    return value


def _day_in_range(value: date) -> date:
    if not EARLIEST.date() <= value < LATEST.date():
        raise ValueError("must be between 1990 and 2200")
    return value


Minor = Annotated[int, Field(strict=True, ge=0, le=AMOUNT_MAX, description="minor units, a whole number")]
SignedMinor = Annotated[
    int,
    Field(
        strict=True, ge=-AMOUNT_MAX, le=AMOUNT_MAX, description="minor units; positive is owed to the party"
    ),
]
Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Number = Annotated[int, Field(ge=1, le=BIGINT_MAX)]
Moment = Annotated[AwareDatetime, BeforeValidator(_text_only), AfterValidator(_in_range)]
Day = Annotated[date, BeforeValidator(_text_only), AfterValidator(_day_in_range)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=PRINTABLE)]
OptionalCode = Annotated[str, Field(max_length=128, pattern=PRINTABLE)]
Note = Annotated[str, Field(max_length=200, pattern=PRINTABLE)]
Reason = Annotated[str, Field(min_length=1, max_length=2000, pattern=PRINTABLE)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
DetailNumber = Annotated[
    str, Field(pattern=r"^[0-9]{1,18}-[0-9]{1,18}-[0-9]{1,18}-[0-9]{1,4}$", examples=["12-3456-0-1"])
]
