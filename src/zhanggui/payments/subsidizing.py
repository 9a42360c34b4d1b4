"""What subsidies ask of a channel's rail (补差): our money added to a sub-merchant's part of a charge.

It is promised when the buyer is asked, paid before the part is split, taken back when the buyer gets money back, or
called off. Same manners as `channel`: idempotent by our numbers, ChannelRefused or ChannelUnclear.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class SubsidyAsked:
    """A promised subsidy to pay, or a paid one to take back. `number` is ours; the same again is the same one.

    `charge_channel_number` is the channel's number of the part, `account` the sub-merchant; a return names the refund
    at the channel that it goes with. Amounts are minor units.
    """

    number: str
    account: str
    charge_channel_number: str
    amount_minor: int
    reason: str
    refund_channel_number: str = ""


@dataclass(frozen=True)
class SubsidyOutcome:
    """What became of it; `done` is never unsure, since channels answer at once."""

    done: bool
    channel_number: str = ""
    amount_minor: int = 0
    at: datetime | None = None
    said: str = ""


class SubsidyDesk(Protocol):
    """The part of a channel's adapter that moves our money into sub-merchants' orders."""

    def pay(self, asked: SubsidyAsked, *, now: datetime) -> SubsidyOutcome: ...

    def take_back(self, asked: SubsidyAsked, *, now: datetime) -> SubsidyOutcome: ...

    def call_off(self, asked: SubsidyAsked, *, now: datetime) -> SubsidyOutcome: ...


@runtime_checkable
class SubsidizingChannel(Protocol):
    """An adapter whose channel knows subsidies; `subsidy_most_minor` is the most of one."""

    subsidies: SubsidyDesk
    subsidy_most_minor: int
