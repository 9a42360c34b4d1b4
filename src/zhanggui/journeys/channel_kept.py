"""An account of ours at a payment channel is added or changed."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from zhanggui.payments.errors import ChannelIncomplete
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.operations.keep_channel import keep_channel
from zhanggui.payments.wired import adapter


@transaction.atomic
def channel_kept(
    *, code: str, name: Mapping[str, str], rail: str, currency: str, account: str, settings: Mapping[str, str],
    secrets: Mapping[str, str] | None, active: bool, at: datetime, actor: str,
) -> PaymentChannel:  # fmt: skip
    """This function will keep a channel whose rail can be made of what is given, or nothing at all; `secrets` None
    keeps those that are there. Raises ChannelIncomplete."""
    channel = keep_channel(
        code=code, name=name, rail=rail, currency=currency, account=account, settings=settings, secrets=secrets,
        active=active, at=at, actor=actor,
    )  # fmt: skip
    if active:
        try:
            adapter(channel)
        except ValueError as fault:  # a key that is none
            raise ChannelIncomplete(f"channel {code} cannot be used: {fault}", channel=code) from None
    return channel
