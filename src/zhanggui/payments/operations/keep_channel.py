"""Add or change an account of ours at a channel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.currencies import CURRENCIES
from zhanggui.payments.errors import ChannelIncomplete
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import rails, sealed_secrets


def keep_channel(
    *, code: str, name: Mapping[str, str], rail: str, currency: str, account: str, settings: Mapping[str, str],
    secrets: Mapping[str, str] | None, at: datetime, actor: str, own_account: str | None = None,
    active: bool = True, position: int | None = None,
) -> PaymentChannel:  # fmt: skip
    """This function will add the channel `code` or change it, in the caller's transaction; what is None
    stays as it is.

    The audit log says what changed, and never a secret. Raises ChannelIncomplete.
    """
    if not (code.isascii() and code.replace("-", "").replace("_", "").isalnum() and len(code) <= 32):
        raise ChannelIncomplete(f"{code!r} is no code; use up to 32 letters, digits, - and _", code=code)
    if rail not in rails():
        raise ChannelIncomplete(
            f"no rail is called {rail!r}; there are: {', '.join(sorted(rails()))}", rail=rail
        )
    if currency not in CURRENCIES:
        raise ChannelIncomplete(f"{currency!r} is no currency we know", currency=currency)
    if not account:
        raise ChannelIncomplete(f"channel {code} needs our number there (mchid, seller_id, merId)")
    channel = PaymentChannel.objects.select_for_update().filter(code=code).first()
    before = _shown(channel) if channel else None
    if channel is None:
        channel = PaymentChannel(code=code)
    channel.name, channel.rail, channel.currency, channel.account = dict(name), rail, currency, account
    channel.settings, channel.active = dict(settings), active
    channel.own_account = channel.own_account if own_account is None else own_account
    channel.position = channel.position if position is None else position
    if secrets is not None:
        channel.secrets_sealed = sealed_secrets(secrets)
    channel.save()
    record_change(
        at=at, actor=actor, action="channel.kept", object_kind="payment_channel", object_id=code, before=before,
        after=_shown(channel) | ({"secrets": "replaced"} if secrets is not None else {}),
    )  # fmt: skip
    return channel


def _shown(channel: PaymentChannel) -> dict[str, Any]:
    return {
        "name": channel.name, "rail": channel.rail, "currency": channel.currency, "account": channel.account,
        "settings": channel.settings, "own_account": channel.own_account, "active": channel.active,
        "position": channel.position,
    }  # fmt: skip
