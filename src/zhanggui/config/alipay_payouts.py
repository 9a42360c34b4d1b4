"""Payouts to Alipay accounts: transfers."""

from zhanggui.config.channel_payouts import Made, PayoutsByAccount, kept_once
from zhanggui.rails.alipay.making import make_payouts
from zhanggui.rails.alipay.payouts import LEAST_MINOR, transfers_of
from zhanggui.settlement.payouts.rail import Message, Written

_payouts = kept_once(make_payouts)


class AlipayByAccount(PayoutsByAccount):
    """The rail `alipay`. A channel without a `transfer_scene` pays nobody."""

    pays = frozenset({"alipay"})
    min_payment_minor = LEAST_MINOR
    channel, name, agreed = "alipay", "Alipay", "transfer_scene"

    def written(self, message: Message) -> Written:
        """The transfers that the message asks for."""
        return transfers_of(message)

    def make(self) -> Made:
        """What makes the rail of one channel."""
        return _payouts
