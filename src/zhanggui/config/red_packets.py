"""Payouts as WeChat red packets."""

from zhanggui.config.channel_payouts import Made, PayoutsByAccount, kept_once
from zhanggui.rails.wechat_pay.making import make_red_packets
from zhanggui.rails.wechat_pay.red_packets import WechatRedPackets, packet_number, packets_of
from zhanggui.settlement.payouts.rail import Message, Written

_packets = kept_once(make_red_packets)


class RedPacketsByAccount(PayoutsByAccount):
    """The rail `wechat_red_packet`. A channel without a `red_packet_name` pays nobody so."""

    pays = frozenset({"wallet"})
    channel, name, agreed = "wechat_pay", "WeChat Pay", "red_packet_name"

    @property
    def min_payment_minor(self) -> int | None:
        """The most of what the channels want in one packet at least."""
        return max(
            (one.min_payment_minor for one in self.all() if isinstance(one, WechatRedPackets)), default=None
        )

    def written(self, message: Message) -> Written:
        """The packets that the message asks for."""
        return packets_of(message)

    def number_there(self, merchant: str, end_to_end: str) -> str:
        """The packet's number; it begins with the merchant's."""
        return packet_number(merchant, end_to_end)

    def make(self) -> Made:
        """What makes the rail of one channel."""
        return _packets
