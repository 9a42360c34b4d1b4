"""The one shape in which bills come in, whatever channel wrote them. Pure data.

Amounts are integer minor units, positive when money comes to us; fees are thousandths of a minor unit, positive
when we bear them; times are microseconds since 1970 (UTC); numbers are texts as the channel prints them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from zhanggui.settlement.reconciliation.kinds import BillKind


class BillRow(NamedTuple):
    """One row. `own_number` is the number that we gave the channel (order), `own_refund_number` likewise."""

    number: int  # line in the file, from 1
    kind: int
    at: int
    amount: int
    fee_milli: int = 0
    state: int = 1
    own_number: str = ""
    own_refund_number: str = ""
    channel_number: str = ""
    channel_refund_number: str = ""
    flow_number: str = ""
    balance: int | None = None
    title: str = ""
    memo: str = ""


@dataclass(frozen=True)
class Expected:
    """What the account that the bill is for says of itself: a bill of another is refused."""

    currency: str
    merchant_number: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class BillContent:
    """A bill being read. `rows` may be walked once; what is below it is known when they are at their end."""

    kind: str
    form: str  # which layout it is, e.g. wechat.trade.all
    variant: str  # what part of the day it holds: all, success, refund, basic ...
    rows: Iterator[BillRow]
    starts_on: date | None = None
    ends_before: date | None = None
    opening: int | None = None
    closing: int | None = None
    told: dict[str, Any] = field(default_factory=dict)  # the bill's own control totals, as read
    merchant_number: str = ""

    @property
    def is_trade(self) -> bool:
        """Whether it is a bill of payments and refunds."""
        return self.kind == BillKind.TRADE


@dataclass(frozen=True)
class BillFile:
    """A file unpacked: a name, and how to open it for reading bytes from its beginning."""

    name: str
    open: Callable[[], Any]
    digest: bytes
    size: int
    head: bytes
    path: Path | None = None


class BillReader(Protocol):
    """What a rail implements and registers: told whether a file is its kind, it reads it."""

    channel: str

    def knows(self, files: list[BillFile]) -> bool:
        """Whether one of the files is a bill of this reader's kind."""

    def read(self, files: list[BillFile], expected: Expected) -> BillContent:
        """The bill. Raises the refusals of this package, at once or while its rows are walked."""
