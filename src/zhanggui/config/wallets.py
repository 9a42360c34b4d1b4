"""Payouts to WeChat wallets: each account of ours at WeChat Pay pays through the payment channel it belongs to."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import orjson

from zhanggui.journeys.channel_bill_fetched import channel_behind
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import secrets_of
from zhanggui.rails.wechat_pay.making import make_wallets
from zhanggui.rails.wechat_pay.wallets import WechatWallets, transfers_of
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.errors import AnswerFileUnreadable
from zhanggui.settlement.payouts.rail import Answer, Confirmation, Message, NotTaken, Read, Written

RAIL = "wechat_pay"


class WalletsByAccount:
    """A rail for every account of ours at WeChat Pay: which channel pays, its `own_account` says, else its number.
    A channel without a `transfer_scene` pays nobody."""

    pays = frozenset({"wallet"})

    def __init__(self, folder: Path, *, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock

    @property
    def max_payment_minor(self) -> int | None:
        """The least of what the channels allow for one transfer: a batch may go out through any of them."""
        limits = [one.max_payment_minor for one in self._all() if one.max_payment_minor]
        return min(limits, default=None)

    def written(self, message: Message) -> Written:
        """The transfers that the message asks for."""
        return transfers_of(message)

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        """Ask for every transfer. Raises NotTaken where no channel pays for the account."""
        wallets = self._of(account_code)
        if wallets is None:
            raise NotTaken(f"no channel of WeChat Pay with a transfer_scene pays for account {account_code}")
        wallets.submit(account_code=account_code, number=number, written=written)

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> Sequence[Answer]:
        """What WeChat says of these payments; nothing where no channel can be asked any more."""
        wallets = self._of(account_code)
        if wallets is None:
            return []
        return wallets.query(account_code=account_code, number=number, end_to_ends=end_to_ends)

    def read(self, *, name: str, content: bytes) -> Read:
        """An answer that one of the channels offered. Raises AnswerFileUnreadable."""
        problem = AnswerFileUnreadable(
            f"{name} is no answer about transfers: no channel of WeChat Pay pays wallets here", name=name
        )
        for wallets in self._all():
            try:
                return wallets.read(name=name, content=content)
            except AnswerFileUnreadable as unreadable:
                problem = unreadable
        raise problem

    def arrived(self, *, account_code: str) -> Sequence[tuple[str, bytes]]:
        """Last words of transfers from this account."""
        wallets = self._of(account_code)
        return wallets.arrived(account_code=account_code) if wallets else []

    def put_aside(self, *, account_code: str, name: str) -> None:
        """The answer is in the books."""
        wallets = self._of(account_code)
        if wallets:
            wallets.put_aside(account_code=account_code, name=name)

    def confirmation(self, *, account_code: str, end_to_end: str) -> Confirmation | None:
        """What the receiver's WeChat needs to take the money; None where nothing waits for it."""
        wallets = self._of(account_code)
        return wallets.confirmation(account_code=account_code, end_to_end=end_to_end) if wallets else None

    def _of(self, account_code: str) -> WechatWallets | None:
        channel = PaymentChannel.objects.filter(rail=RAIL, own_account=account_code).order_by("id").first()
        if channel is None:
            own = OwnAccount.objects.filter(code=account_code).first()
            channel = channel_behind(own) if own else None
        return self._made(channel) if channel else None

    def _all(self) -> Iterator[WechatWallets]:
        for channel in PaymentChannel.objects.filter(rail=RAIL).order_by("id"):
            wallets = self._made(channel)
            if wallets is not None:
                yield wallets

    def _made(self, channel: PaymentChannel) -> WechatWallets | None:
        if channel.rail != RAIL or not channel.settings.get("transfer_scene"):
            return None
        settings = orjson.dumps(channel.settings, option=orjson.OPT_SORT_KEYS)
        secrets = orjson.dumps(secrets_of(channel), option=orjson.OPT_SORT_KEYS)
        return _wallets(settings, secrets, self._folder, self._clock)


@lru_cache(maxsize=32)
def _wallets(settings: bytes, secrets: bytes, folder: Path, clock: Callable[[], datetime]) -> WechatWallets:
    """One for each account as it is set up now: it reads keys and keeps connections."""
    return make_wallets(orjson.loads(settings), orjson.loads(secrets), folder=folder, clock=clock)
