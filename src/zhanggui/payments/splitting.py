"""What splits ask of a channel's rail (分账): dividing one charge among receivers, and taking shares back.

Same manners as `channel`: idempotent by our numbers, ChannelRefused or ChannelUnclear, no database transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from zhanggui.payments.channel import Method


class ReceiverKind(StrEnum):
    """What a receiver of shares is at the channel."""

    MERCHANT = "merchant"  # a merchant number
    PERSON = "person"  # an openid, a user number


@dataclass(frozen=True)
class SplitReceiver:
    """Somebody that shares may go to. `relation` is the channel's word for who it is (SUPPLIER, DISTRIBUTOR ...)."""

    kind: ReceiverKind
    account: str
    name: str = ""
    relation: str = ""


@dataclass(frozen=True)
class ShareAsked:
    """One receiver's share, minor units of the charge's currency."""

    receiver: SplitReceiver
    amount_minor: int
    description: str


@dataclass(frozen=True)
class SplitAsked:
    """A division of one charge. `last`: what is left afterwards is the merchant's, nothing more will be split."""

    number: str
    charge_channel_number: str
    shares: Sequence[ShareAsked]
    last: bool
    account: str = ""  # the sub-merchant's, where the charge had parts: its part is divided


class ShareState(StrEnum):
    """What a channel says of one share."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"  # failed for good under this number; the money went back to the payer of the share


@dataclass(frozen=True)
class ShareOutcome:
    """One share as the channel sees it; `reason` is its code when closed (RECEIVER_HIGH_RISK ...)."""

    account: str
    amount_minor: int
    state: ShareState
    reason: str = ""
    finished_at: datetime | None = None


@dataclass(frozen=True)
class SplitOutcome:
    """A division as the channel sees it. `finished`: every share has its last state."""

    number: str
    channel_number: str
    finished: bool
    shares: Sequence[ShareOutcome]


@dataclass(frozen=True)
class ShareReturnAsked:
    """A share to take back from a merchant receiver, before or after a refund; `payee` is the sub-merchant that it
    goes back to, empty where it is we."""

    number: str
    split_number: str
    account: str
    amount_minor: int
    reason: str
    payee: str = ""


class ShareReturnState(StrEnum):
    """What a channel says of a share to take back."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # for good under this number
    TIMED_OUT = "timed_out"  # closed by time: ask again under a new number


@dataclass(frozen=True)
class ShareReturnOutcome:
    """A share being taken back, as the channel sees it."""

    number: str
    state: ShareReturnState
    reason: str = ""


@dataclass(frozen=True)
class SplitLimits:
    """What the channel allows: `ratio_ppm` of the charge at most (parts per million), so many requests a charge, so
    many receivers a request, from `wait_seconds` after payment until `window_days` after it.

    `returns_with_refunds`: shares come back as part of a refund (`RefundAsked.shares_back`), not by return_share.
    `methods`: how a charge was paid that may be split.
    """

    ratio_ppm: int
    requests_most: int
    receivers_most: int
    wait_seconds: int
    window_days: int
    returns_to: frozenset[ReceiverKind] = frozenset({ReceiverKind.MERCHANT})
    returns_with_refunds: bool = False
    methods: frozenset[Method] = frozenset(Method)


class SplittingChannel(Protocol):
    """The part of a channel's adapter that divides charges."""

    limits: SplitLimits

    def add_receiver(self, receiver: SplitReceiver, *, now: datetime) -> None: ...

    def split(self, asked: SplitAsked, *, now: datetime) -> SplitOutcome: ...

    def query_split(
        self, number: str, *, charge_channel_number: str, now: datetime, account: str = ""
    ) -> SplitOutcome: ...

    def left_to_split(self, charge_channel_number: str, *, now: datetime) -> int: ...

    def unfreeze(
        self, number: str, *, charge_channel_number: str, now: datetime, account: str = ""
    ) -> SplitOutcome: ...

    def return_share(self, asked: ShareReturnAsked, *, now: datetime) -> ShareReturnOutcome: ...

    def query_return(self, number: str, *, split_number: str, now: datetime) -> ShareReturnOutcome: ...
