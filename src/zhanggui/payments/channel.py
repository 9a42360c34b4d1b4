"""What payments ask of a channel's rail: an adapter that speaks one gateway's protocol.

A rail has no tables, is called outside any database transaction, and is idempotent by our own numbers: asked twice
with one number it is asked once. What it raises is one of two things: ChannelRefused, a definite no, nothing happened
and nothing will under this number; or ChannelUnclear, nobody knows, and the number is queried until somebody does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class ChannelRefused(Exception):
    """The channel certainly did not do it; `code` is the channel's own, the text is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ChannelUnclear(Exception):
    """No answer, half an answer, or one whose signature does not hold: the outcome has to be queried."""


class NoticeForged(Exception):
    """A notice whose signature, certificate or encryption does not hold; it says nothing."""


class NoticeStale(Exception):
    """A notice, rightly signed, but too old or too new to be believed (a replay)."""


class Method(StrEnum):
    """How the buyer is asked to pay at a channel."""

    QR = "qr"  # a code on the screen (WeChat Native, Alipay precreate)
    BRIDGE = "bridge"  # inside the channel's own browser (WeChat JSAPI)
    PHONE = "phone"  # a phone's ordinary browser (WeChat H5, Alipay wap, UnionPay front on a phone)
    PAGE = "page"  # a PC's browser, sent to the channel (Alipay page, UnionPay front)
    APP = "app"  # an app of ours that calls the channel's
    TRANSFER = "transfer"  # by the buyer's own bank, to an account of ours; a person confirms it


@dataclass(frozen=True)
class Part:
    """A share of one charge that belongs to one sub-merchant's account (WeChat combined orders).

    `number` is our number of the part, unique at the channel; `account` the channel's number of the sub-merchant.
    """

    number: str
    account: str
    amount_minor: int
    title: str
    subsidy_minor: int = 0  # what we promise to add to it at the channel (补差), before it is split


@dataclass(frozen=True)
class ChargeAsked:
    """A payment that a buyer is to make. `number` is ours and never used for another.

    It has 16 to 32 letters and digits (UnionPay takes no `-` and no `_`) and bears the time at which it was made,
    YYYYMMDDhhmmss in Beijing, as its first fourteen digits that are one (P20261126174400ab12): UnionPay is asked by
    number and time, and nobody keeps the time apart. So do numbers of refunds.
    """

    number: str
    amount_minor: int
    currency: str
    title: str
    method: Method
    expires_at: datetime
    notify_url: str
    return_url: str = ""
    payer: str = ""  # who pays, in the channel's words (openid), where it has to be known
    payer_address: str = "127.0.0.1"
    splits: bool = False  # its money may be split at the channel later
    parts: Sequence[Part] = ()


@dataclass(frozen=True)
class Invitation:
    """What the buyer's browser has to do to pay.

    `kind`: "qr" (show `value` as a code), "redirect" (go to `value`), "form" (post `fields` to `value`), "bridge"
    (hand `fields` to the channel's script; `value` is the prepay number), "app" (hand `value` to the channel's app),
    "transfer" (send the money to the account in `fields`, with `value` as its text).
    """

    kind: str
    value: str
    fields: Mapping[str, str] = field(default_factory=dict)


class ChargeState(StrEnum):
    """What a channel says of a payment."""

    WAITING = "waiting"
    PAID = "paid"
    CLOSED = "closed"  # not paid, and cannot be any more
    UNKNOWN = "unknown"  # the channel never heard of it, or will not say


@dataclass(frozen=True)
class ChargeOutcome:
    """A payment as the channel sees it; amount, number and time are there once it is paid."""

    number: str
    state: ChargeState
    channel_number: str = ""
    amount_minor: int = 0
    currency: str = ""
    paid_at: datetime | None = None
    payer: str = ""
    account: str = ""  # the merchant number (mchid, seller_id, merId) that was paid: it has to be ours
    parts: Mapping[str, str] = field(default_factory=dict)  # our part number -> the channel's number of it
    said: str = ""


@dataclass(frozen=True)
class ShareBack:
    """A share of a charge that comes back with a refund, where the channel takes shares back so (Alipay)."""

    account: str
    amount_minor: int
    description: str = ""


@dataclass(frozen=True)
class RefundAsked:
    """Money to give back of one charge. `number` is ours; the same number again is the same refund."""

    number: str
    charge_number: str
    charge_channel_number: str
    charge_minor: int
    amount_minor: int
    currency: str
    reason: str
    notify_url: str = ""
    charged_at: datetime | None = None
    account: str = ""  # the sub-merchant's, where the charge had parts
    shares_back: Sequence[
        ShareBack
    ] = ()  # only where `SplitLimits.returns_with_refunds`; refused with it as a whole


class RefundState(StrEnum):
    """What a channel says of a refund."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"  # nothing was given back, and nothing will under this number
    ABNORMAL = "abnormal"  # the buyer's card is gone: needs another way
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class RefundOutcome:
    """A refund as the channel sees it."""

    number: str
    state: RefundState
    channel_number: str = ""
    amount_minor: int = 0
    currency: str = ""
    refunded_at: datetime | None = None
    account: str = ""
    said: str = ""


@dataclass(frozen=True)
class Notice:
    """A verified notice of a channel. `id` is the channel's own number of the notice: the same id is the same one."""

    id: str
    charge: ChargeOutcome | None = None
    refund: RefundOutcome | None = None


@dataclass(frozen=True)
class NoticeAnswer:
    """What the channel wants to hear back: a status, a media type, a body."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class FetchedBill:
    """A bill as it came from the channel: `kind` (trade, fund, split ...), day, file name, bytes, unpacked or not."""

    kind: str
    day: date
    name: str
    content: bytes


class Channel(Protocol):
    """An adapter of one gateway, made for one account of ours there.

    `methods` is what it can ask a buyer for. `read_notice` touches no network and raises NoticeForged, NoticeStale;
    everything else raises ChannelRefused, ChannelUnclear. `now` is passed in wherever a time window counts.
    """

    methods: frozenset[Method]
    splits: bool

    def begin_charge(self, asked: ChargeAsked, *, now: datetime) -> Invitation: ...

    def query_charge(self, number: str, *, now: datetime) -> ChargeOutcome: ...

    def close_charge(self, number: str, *, now: datetime) -> None: ...

    def refund(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome: ...

    def query_refund(
        self, number: str, *, charge_number: str, now: datetime, account: str = ""
    ) -> RefundOutcome:
        """`account` is that of the sub-merchant, where the charge had parts; others have no use for it."""
        ...

    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice: ...

    def answer_notice(self, *, taken: bool) -> NoticeAnswer: ...

    def fetch_bill(self, *, kind: str, day: date, now: datetime) -> FetchedBill: ...
