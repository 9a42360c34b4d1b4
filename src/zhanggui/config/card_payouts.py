"""Payouts to bank cards over UnionPay: batch payouts."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import orjson

from zhanggui.config.channel_payouts import Made, PayoutsByAccount
from zhanggui.rails.unionpay.batch_files import ROWS_MOST
from zhanggui.rails.unionpay.making import make_payouts
from zhanggui.rails.unionpay.payouts import UnionpayPayouts, batch_of
from zhanggui.settlement.payouts.rail import Message, Written


class CardsByAccount(PayoutsByAccount):
    """The rail `unionpay`. A channel without `batch_payout` (yes) pays nobody."""

    pays = frozenset({"bank"})
    max_payments = ROWS_MOST
    channel, name, agreed = "unionpay", "UnionPay", "batch_payout"

    def written(self, message: Message) -> Written:
        """The batch that the message asks for."""
        return batch_of(message)

    def make(self) -> Made:
        """What makes the rail of one channel."""
        return _cards


@lru_cache(maxsize=32)
def _cards(
    settings: bytes, secrets: bytes, folder: Path, clock: Callable[[], datetime], /
) -> UnionpayPayouts:
    """One for each account as it is set up now: it reads keys and keeps connections."""
    return make_payouts(orjson.loads(settings), orjson.loads(secrets), folder=folder, clock=clock)
