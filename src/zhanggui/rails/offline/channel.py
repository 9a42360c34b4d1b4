"""Transfers to our bank account as a channel: the buyer is shown where to send the money, and with which text."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from zhanggui.payments.channel import (
    ChannelRefused,
    ChargeAsked,
    ChargeOutcome,
    ChargeState,
    FetchedBill,
    Invitation,
    Method,
    Notice,
    NoticeAnswer,
    NoticeForged,
    RefundAsked,
    RefundOutcome,
    RefundState,
)
from zhanggui.rails.offline.bills import Transfer, write_bill

BY_HAND = "a transfer is given back by a transfer: a person makes it and notes the bank's number"

type Arrived = Callable[[str, date], Sequence[Transfer]]
"""What arrived at an account (its number) on a day, as we took it down."""


class OfflineChannel:
    """One bank account of ours: implements `Channel`. Nobody outside can be asked: a charge waits until a person says
    that the money arrived, and a refund needs another way from the start."""

    methods = frozenset({Method.TRANSFER})
    splits = False

    def __init__(self, *, account: str, currency: str, shown: Mapping[str, str], arrived: Arrived) -> None:
        self.account = account
        self.currency = currency
        self.shown = dict(shown)
        self.arrived = arrived

    def begin_charge(self, asked: ChargeAsked, *, now: datetime) -> Invitation:
        """Show the account, and our number to be written with the transfer."""
        if asked.method != Method.TRANSFER or asked.parts or asked.splits:
            raise ChannelRefused("METHOD_NOT_OFFERED", "a transfer is one sum to one account")
        if asked.currency != self.currency:
            raise ChannelRefused("CURRENCY_NOT_OFFERED", f"this account takes {self.currency}")
        return Invitation("transfer", asked.number, self.shown)

    def query_charge(self, number: str, *, now: datetime) -> ChargeOutcome:
        """It waits, as far as anybody can be asked."""
        return ChargeOutcome(number, ChargeState.WAITING)

    def close_charge(self, number: str, *, now: datetime) -> None:
        """Nothing to close: what arrives afterwards is surplus and goes back."""

    def refund(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome:
        """Leave it to a person."""
        return RefundOutcome(asked.number, RefundState.ABNORMAL, said=BY_HAND)

    def query_refund(
        self, number: str, *, charge_number: str, now: datetime, account: str = ""
    ) -> RefundOutcome:
        """Still a person's."""
        return RefundOutcome(number, RefundState.ABNORMAL, said=BY_HAND)

    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Nobody calls for a bank account. Raises NoticeForged."""
        raise NoticeForged("no channel calls about transfers")

    def answer_notice(self, *, taken: bool) -> NoticeAnswer:
        """What a caller would be told."""
        return NoticeAnswer(200 if taken else 400, "text/plain", b"")

    def fetch_bill(self, *, kind: str, day: date, now: datetime) -> FetchedBill:
        """Our own record of the day's transfers, as a bill. Raises ChannelRefused."""
        if kind not in ("trade", "fund"):
            raise ChannelRefused("NO_SUCH_BILL", f"of transfers there are trade and fund bills, no {kind}")
        return write_bill(
            kind=kind, day=day, account=self.account, currency=self.currency,
            transfers=self.arrived(self.account, day),
        )  # fmt: skip
