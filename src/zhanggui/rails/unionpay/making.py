"""Making the channel `unionpay`, and the rail of payouts over it, out of settings and secrets."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from zhanggui.rails.unionpay.batches import Batches
from zhanggui.rails.unionpay.channel import UnionpayChannel
from zhanggui.rails.unionpay.gateway import Gateway
from zhanggui.rails.unionpay.keys import keys_of
from zhanggui.rails.unionpay.payouts import UnionpayPayouts

REAL = "https://gateway.95516.com"
REAL_FILES = "https://filedownload.95516.com/"


def make_channel(settings: Mapping[str, str], secrets: Mapping[str, str]) -> UnionpayChannel:
    """This function will return a channel.

    Settings: `merchant` (merId, 15 digits), `gateway` and `files` (addresses, REAL and REAL_FILES by default),
    `pay_minutes` (how long a charge lives at most, 120), `seconds` (how long to wait for an answer, 15). Secrets: see
    `read_keys`. Raises ValueError naming what is missing or wrong.
    """
    return UnionpayChannel(_gateway(settings, secrets), pay_minutes=int(settings.get("pay_minutes") or 120))


def make_payouts(
    settings: Mapping[str, str], secrets: Mapping[str, str], *, folder: Path, clock: Callable[[], datetime]
) -> UnionpayPayouts:
    """This function will return the rail of payouts to bank cards, with a folder for each own account in `folder`.

    Settings beside those of `make_channel`: `batch_payout` (yes: the merchant has agreed 批量代付 with UnionPay),
    `batch_payout_most_minor` (the most of one payment, cents; none by default). Raises ValueError as it does.
    """
    if settings.get("batch_payout") != "yes":
        raise ValueError("the setting batch_payout of the channel unionpay is not yes")
    most = settings.get("batch_payout_most_minor")
    ours = secrets.get("merchant_pfx") or secrets.get("merchant_key", "")
    return UnionpayPayouts(
        Batches(_gateway(settings, secrets)), folder, key=hashlib.sha256(ours.encode()).digest(), clock=clock,
        max_payment_minor=int(most) if most else None,
    )  # fmt: skip


def _gateway(settings: Mapping[str, str], secrets: Mapping[str, str]) -> Gateway:
    if not settings.get("merchant"):
        raise ValueError("the setting merchant of the channel unionpay is missing")
    return Gateway(
        address=settings.get("gateway") or REAL, files=settings.get("files") or REAL_FILES,
        merchant=settings["merchant"], keys=keys_of(secrets), seconds=int(settings.get("seconds") or 15),
    )  # fmt: skip
