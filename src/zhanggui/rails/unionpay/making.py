"""Making the channel `unionpay` out of settings and secrets."""

from collections.abc import Mapping

from zhanggui.rails.unionpay.channel import UnionpayChannel
from zhanggui.rails.unionpay.gateway import Gateway
from zhanggui.rails.unionpay.keys import keys_of

REAL = "https://gateway.95516.com"
REAL_FILES = "https://filedownload.95516.com/"


def make_channel(settings: Mapping[str, str], secrets: Mapping[str, str]) -> UnionpayChannel:
    """This function will return a channel.

    Settings: `merchant` (merId, 15 digits), `gateway` and `files` (addresses, REAL and REAL_FILES by default),
    `pay_minutes` (how long a charge lives at most, 120), `seconds` (how long to wait for an answer, 15). Secrets: see
    `read_keys`. Raises ValueError naming what is missing or wrong.
    """
    if not settings.get("merchant"):
        raise ValueError("the setting merchant of the channel unionpay is missing")
    gateway = Gateway(
        address=settings.get("gateway") or REAL, files=settings.get("files") or REAL_FILES,
        merchant=settings["merchant"], keys=keys_of(secrets), seconds=int(settings.get("seconds") or 15),
    )  # fmt: skip
    return UnionpayChannel(gateway, pay_minutes=int(settings.get("pay_minutes") or 120))
