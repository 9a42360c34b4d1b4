"""Payouts to bank cards over UnionPay: batch payouts."""

from zhanggui.config.channel_payouts import Made, PayoutsByAccount, kept_once
from zhanggui.rails.unionpay.batch_files import ROWS_MOST
from zhanggui.rails.unionpay.making import make_payouts
from zhanggui.rails.unionpay.payouts import batch_of
from zhanggui.settlement.payouts.rail import Message, Written

_cards = kept_once(make_payouts)


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
