"""Payouts to WeChat wallets: merchant transfers."""

from zhanggui.config.channel_payouts import Made, PayoutsByAccount, kept_once
from zhanggui.rails.wechat_pay.making import make_wallets
from zhanggui.rails.wechat_pay.wallets import WechatWallets, transfers_of
from zhanggui.settlement.payouts.rail import Confirmation, Message, Written

_wallets = kept_once(make_wallets)


class WalletsByAccount(PayoutsByAccount):
    """The rail `wechat_pay`. A channel without a `transfer_scene` pays nobody."""

    pays = frozenset({"wallet"})
    channel, name, agreed = "wechat_pay", "WeChat Pay", "transfer_scene"

    def written(self, message: Message) -> Written:
        """The transfers that the message asks for."""
        return transfers_of(message)

    def make(self) -> Made:
        """What makes the rail of one channel."""
        return _wallets

    def confirmation(self, *, account_code: str, end_to_end: str) -> Confirmation | None:
        """What the receiver's WeChat needs to take the money; None where nothing waits for it."""
        wallets = self.of(account_code)
        if not isinstance(wallets, WechatWallets):
            return None
        return wallets.confirmation(account_code=account_code, end_to_end=end_to_end)
