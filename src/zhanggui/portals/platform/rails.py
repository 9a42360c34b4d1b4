"""What rails are called on screens."""

from django.utils.translation import gettext_lazy as _

from zhanggui.portals.platform.names import in_language
from zhanggui.portals.platform.reconciliation.words import CHANNELS
from zhanggui.settlement.payouts.errors import PayoutError
from zhanggui.settlement.payouts.rail import rail_named

RAILS = {
    "iso20022": _("ISO 20022 files (pain.001.001.09)"),
    "iso20022-03": _("ISO 20022 files (pain.001.001.03)"),
    "wechat_pay": CHANNELS["wechat"],
    "wechat_red_packet": _("WeChat red packets"),
    "alipay": CHANNELS["alipay"],
    "unionpay": CHANNELS["unionpay"],
    "offline": CHANNELS["offline"],
}


def rail_title(name: str) -> str:
    """A rail's name in the reader's language; a template of a bank's file by its title."""
    if name in RAILS:
        return str(RAILS[name])
    try:
        title = getattr(rail_named(name), "title", {})
    except PayoutError:
        return name
    return in_language(dict(title), name)
