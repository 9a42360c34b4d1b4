"""Payouts over channels: each account of ours at a channel pays through the payment channel it belongs to."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import orjson

from zhanggui.payments.errors import ChannelIncomplete
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import secrets_of
from zhanggui.rails.answer_folder.one_by_one import plain_number
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.errors import AnswerFileUnreadable
from zhanggui.settlement.payouts.rail import Answer, Message, NotTaken, Rail, Read, Written


class Made(Protocol):
    """Makes the rail of one channel: settings and secrets as JSON with sorted keys, the folder, the clock. What it
    made is kept by them: it reads keys and keeps connections."""

    def __call__(
        self, settings: bytes, secrets: bytes, folder: Path, clock: Callable[[], datetime], /
    ) -> Rail: ...


def kept_once(make: Callable[..., Rail]) -> Made:
    """This function will return `make` (settings, secrets; folder, clock) so that what it made is kept."""

    @lru_cache(maxsize=32)
    def made(settings: bytes, secrets: bytes, folder: Path, clock: Callable[[], datetime], /) -> Rail:
        return make(orjson.loads(settings), orjson.loads(secrets), folder=folder, clock=clock)

    return made


class PayoutsByAccount(ABC):
    """A rail for every account of ours at a channel: which channel pays, its `own_account` says, else its number.
    One whose settings lack `agreed` pays nobody.

    `channel` is the rail of the payment channels, `name` what people call it.
    """

    pays: frozenset[str]
    max_payments: int | None = None
    channel: str
    name: str
    agreed: str

    def __init__(self, folder: Path, *, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock

    @abstractmethod
    def written(self, message: Message) -> Written:
        """A message as it is kept; no account's keys are needed."""

    def number_there(self, merchant: str, end_to_end: str) -> str:
        """Our number of a payment as the gateway and its bills write it."""
        del merchant
        return plain_number(end_to_end)

    @abstractmethod
    def make(self) -> Made:
        """What makes the rail of one channel."""

    @property
    def max_payment_minor(self) -> int | None:
        """The least of what the channels allow for one payment: a batch may go out through any of them."""
        limits = [one.max_payment_minor for one in self.all() if one.max_payment_minor]
        return min(limits, default=None)

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        """Ask for every payment. Raises NotTaken where no channel pays for the account, or it lacks what it needs."""
        try:
            rail = self.of(account_code)
        except ChannelIncomplete as lacks:
            raise NotTaken(str(lacks)) from lacks
        if rail is None:
            raise NotTaken(f"no channel of {self.name} with a {self.agreed} pays for account {account_code}")
        rail.submit(account_code=account_code, number=number, written=written)

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> Sequence[Answer]:
        """What the channel says of these payments; nothing where none can be asked any more. Raises
        ChannelIncomplete."""
        rail = self.of(account_code)
        if rail is None:
            return []
        return rail.query(account_code=account_code, number=number, end_to_ends=end_to_ends)

    def read(self, *, name: str, content: bytes) -> Read:
        """Answers that one of the channels offered. Raises AnswerFileUnreadable."""
        problem = AnswerFileUnreadable(
            f"{name} is no answer about payouts: no channel of {self.name} pays here", name=name
        )
        for rail in self.all():
            try:
                return rail.read(name=name, content=content)
            except AnswerFileUnreadable as unreadable:
                problem = unreadable
        raise problem

    def arrived(self, *, account_code: str) -> Sequence[tuple[str, bytes]]:
        """Last words of payments from this account. Raises ChannelIncomplete."""
        rail = self.of(account_code)
        return rail.arrived(account_code=account_code) if rail else []

    def put_aside(self, *, account_code: str, name: str) -> None:
        """The answer is in the books."""
        rail = self.of(account_code)
        if rail:
            rail.put_aside(account_code=account_code, name=name)

    def of(self, account_code: str) -> Rail | None:
        """The rail of the channel that pays for an account, or None. Raises ChannelIncomplete."""
        channels = PaymentChannel.objects.filter(rail=self.channel).order_by("id")
        channel = channels.filter(own_account=account_code).first()
        if channel is None:
            own = OwnAccount.objects.filter(code=account_code).first()
            number = str(own.details.get("merchant_number", "")) if own else ""
            channel = channels.filter(account=number).first() if number else None
        return self._made(channel) if channel else None

    def all(self) -> Iterator[Rail]:
        """The rails of every channel that pays; one that lacks what it needs does not stop the others."""
        for channel in PaymentChannel.objects.filter(rail=self.channel).order_by("id"):
            with suppress(ChannelIncomplete):
                rail = self._made(channel)
                if rail is not None:
                    yield rail

    def _made(self, channel: PaymentChannel) -> Rail | None:
        if channel.settings.get(self.agreed, "") in ("", "no"):
            return None
        settings = orjson.dumps(channel.settings, option=orjson.OPT_SORT_KEYS)
        secrets = orjson.dumps(secrets_of(channel), option=orjson.OPT_SORT_KEYS)
        try:
            return self.make()(settings, secrets, self._folder, self._clock)
        except (KeyError, ValueError) as fault:
            raise ChannelIncomplete(f"channel {channel.code} lacks what its rail needs: {fault}") from fault
