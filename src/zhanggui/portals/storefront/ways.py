"""How the person in front of this browser may pay."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from zhanggui.payments.channel import Method
from zhanggui.payments.errors import ChannelIncomplete
from zhanggui.payments.queries import channels_in
from zhanggui.payments.wired import adapter
from zhanggui.portals.storefront.visiting import Visit
from zhanggui.trade.buyers.models import Identity
from zhanggui.trade.buyers.queries import buyers_of

#: What a browser can do, best first. A phone shows no code to itself.
FITTING: dict[str, tuple[Method, ...]] = {
    "pc": (Method.QR, Method.PAGE, Method.TRANSFER),
    "phone": (Method.PHONE, Method.PAGE, Method.TRANSFER),
    "weixin": (Method.BRIDGE, Method.PHONE, Method.TRANSFER),
    "weibo": (Method.PHONE, Method.PAGE, Method.TRANSFER),
}
HOW = {
    Method.QR: _("Scan a code with your phone"),
    Method.PAGE: _("On the channel’s page"),
    Method.PHONE: _("In the channel’s app or page"),
    Method.BRIDGE: _("Here, without leaving"),
    Method.TRANSFER: _("By your bank, to our account"),
}


@dataclass(frozen=True)
class Way:
    """One way to pay: a channel and how it is asked."""

    channel: str
    method: Method
    name: Any
    how: Any

    @property
    def code(self) -> str:
        """What the form sends."""
        return f"{self.channel}-{self.method.value}"


def ways_of(visit: Visit) -> list[Way]:
    """The ways that fit the browser, one a channel, in the order of the channels."""
    found = []
    for channel in channels_in(visit.currency):
        try:
            methods = adapter(channel).methods
        except ChannelIncomplete:
            continue  # the platform's staff see that; a buyer just sees the others
        for method in FITTING[visit.surface]:
            if method not in methods or (method == Method.BRIDGE and not payer_of(visit)):
                continue
            found.append(Way(channel.code, method, channel.name, HOW[method]))
            break
    return found


def payer_of(visit: Visit) -> str:
    """Who the buyer is at WeChat, for paying inside it; empty where that is not known."""
    if visit.buyer is None or visit.surface != "weixin":
        return ""
    found = (
        Identity.objects.filter(buyer_id__in=buyers_of(visit.buyer), provider="weixin").order_by("id").first()
    )
    return found.subject if found else ""


def notify_address(request: HttpRequest, channel: str) -> str:
    """Where the channel calls us back: as set, else the address this request came by."""
    return settings.NOTIFY_URL(channel) or request.build_absolute_uri(f"/notices/{channel}/")
