"""Making the channel `alipay` out of settings and secrets."""

from collections.abc import Mapping

from zhanggui.rails.alipay.channel import AlipayChannel
from zhanggui.rails.alipay.gateway import Gateway
from zhanggui.rails.alipay.keys import keys_of

REAL = "https://openapi.alipay.com/gateway.do"


def make_channel(settings: Mapping[str, str], secrets: Mapping[str, str]) -> AlipayChannel:
    """This function will return a channel.

    Settings: `app_id`, `seller_id` (2088..., 16 digits), `gateway` (address, REAL by default), `royalty_mode`
    ("sync" or "async"), `splits` ("yes": its charges are divided, so that none is paid by a code), `seconds` (how
    long to wait for an answer, 15). Secrets: see `read_keys`. Raises ValueError naming what is missing or wrong.
    """
    for name in ("app_id", "seller_id"):
        if not settings.get(name):
            raise ValueError(f"the setting {name} of the channel alipay is missing")
    mode = settings.get("royalty_mode") or "sync"
    if mode not in ("sync", "async"):
        raise ValueError(f"royalty_mode is sync or async, not {mode!r}")
    gateway = Gateway(
        address=settings.get("gateway") or REAL,
        app_id=settings["app_id"],
        keys=keys_of(secrets),
        seconds=int(settings.get("seconds") or 15),
    )
    return AlipayChannel(
        gateway, seller_id=settings["seller_id"], asynchronous=mode == "async",
        divided=settings.get("splits") == "yes",
    )  # fmt: skip
