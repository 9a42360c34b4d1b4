"""Making the channel `alipay`, and the rail that pays out over it, out of settings and secrets."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from zhanggui.rails.alipay.channel import AlipayChannel
from zhanggui.rails.alipay.gateway import Gateway
from zhanggui.rails.alipay.keys import keys_of
from zhanggui.rails.alipay.payouts import AlipayPayouts
from zhanggui.rails.alipay.transfers import Agreed

REAL = "https://openapi.alipay.com/gateway.do"


def make_payouts(
    settings: Mapping[str, str], secrets: Mapping[str, str], *, folder: Path, clock: Callable[[], datetime]
) -> AlipayPayouts:
    """This function will return the rail of payouts to Alipay accounts, with a folder for each own account in
    `folder`.

    Settings beside those of `make_channel`: `transfer_scene` (转账场景名称), `transfer_reports` (a JSON object
    of what Alipay wants to be told in that scene), `transfer_title` (what a person reads of every transfer; the
    scene by default), `transfer_most_minor` (the most of one transfer; none by default). Raises ValueError as
    `make_channel` does, and where the channel has no certificates: Alipay pays out in that mode alone.
    """
    scene = settings.get("transfer_scene", "")
    if not scene:
        raise ValueError("the setting transfer_scene of the channel alipay is missing")
    reports = json.loads(settings.get("transfer_reports") or "{}")
    if not isinstance(reports, dict) or not all(isinstance(said, str) for said in reports.values()):
        raise ValueError("transfer_reports is a JSON object of texts")
    if not keys_of(secrets).certified:
        raise ValueError("Alipay pays out in certificate mode alone: give the channel its three certificates")
    most = settings.get("transfer_most_minor")
    return AlipayPayouts(
        make_channel(settings, secrets), folder, agreed=Agreed(scene, tuple(sorted(reports.items()))),
        title=settings.get("transfer_title") or scene,
        key=hashlib.sha256(secrets["app_private_key"].encode()).digest(), clock=clock,
        max_payment_minor=int(most) if most else None,
    )  # fmt: skip


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
