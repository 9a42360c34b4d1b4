"""What repairs of abnormal refunds ask of a channel's rail (异常退款处理): the money sent to another account.

Same manners as `channel`: ChannelRefused or ChannelUnclear, no database transaction. A refund is repaired under its
own number, and only while it is abnormal: one that is on its way is refused, so asking twice pays once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from zhanggui.payments.channel import RefundOutcome


class RepairTo(StrEnum):
    """Where the money of an abnormal refund goes."""

    CARD = "card"  # a bank card of the buyer
    OURS = "ours"  # back to our own bank account; people pay the buyer from there


@dataclass(frozen=True)
class RepairAsked:
    """An abnormal refund to send on. `bank` is coded as the channel codes banks; card and holder are plain here, and
    are encrypted for the channel alone on the way."""

    number: str
    channel_number: str
    to: RepairTo
    bank: str = ""
    card: str = ""
    holder: str = ""
    account: str = ""  # the sub-merchant's, where the charge had parts


@runtime_checkable
class RepairingChannel(Protocol):
    """A channel that sends abnormal refunds to another account."""

    def repair_refund(self, asked: RepairAsked, *, now: datetime) -> RefundOutcome: ...
