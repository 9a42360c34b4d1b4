"""The rails that speak for channels, by name: wired when one is first asked for (`zhanggui.config.wiring`)."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import orjson

from zhanggui.payments.channel import Channel
from zhanggui.payments.errors import ChannelIncomplete
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.repairing import RepairingChannel
from zhanggui.vault.sealing import seal, unseal
from zhanggui.wiring.late import LateWiring

SECRETS_PURPOSE = "payment_channel.secrets"

type Factory = Callable[[Mapping[str, str], Mapping[str, str]], Channel]

_factories: dict[str, Factory] = {}
_late = LateWiring()


def connect_when_asked(connect: Callable[[], None]) -> None:
    """This function will keep `connect` until a rail is first asked for: adapters bring libraries along."""
    _late.add(connect)


def register_rail(name: str, factory: Factory) -> None:
    """This function will wire a rail: `factory(settings, secrets)` makes an adapter for one account of ours."""
    _factories[name] = factory


def rails() -> Mapping[str, Factory]:
    """This function will return every wired rail by its name."""
    _late.done()
    return _factories


def adapter(channel: PaymentChannel) -> Channel:
    """This function will return what speaks for one account of ours. Raises ChannelIncomplete."""
    factory = rails().get(channel.rail)
    if factory is None:
        known = ", ".join(sorted(rails())) or "none"
        raise ChannelIncomplete(f"channel {channel.code} names the rail {channel.rail!r}; wired are: {known}")
    settings = orjson.dumps(channel.settings, option=orjson.OPT_SORT_KEYS)
    try:
        return _made(factory, settings, bytes(channel.secrets_sealed))
    except (KeyError, ValueError) as fault:
        raise ChannelIncomplete(f"channel {channel.code} lacks what its rail needs: {fault}") from None


def repairs_refunds(channel: PaymentChannel) -> bool:
    """This function will say whether a channel sends abnormal refunds to another account."""
    try:
        return isinstance(adapter(channel), RepairingChannel)
    except ChannelIncomplete:
        return False


@lru_cache(maxsize=32)
def _made(factory: Factory, settings: bytes, sealed: bytes) -> Channel:
    """An adapter reads keys and keeps connections, so one is made for each account of ours as it is set up now."""
    return factory(orjson.loads(settings), _opened(sealed))


def secrets_of(channel: PaymentChannel) -> dict[str, str]:
    """This function will open the secrets of a channel."""
    return _opened(bytes(channel.secrets_sealed))


def _opened(sealed: bytes) -> dict[str, str]:
    return dict(orjson.loads(unseal(sealed, purpose=SECRETS_PURPOSE))) if sealed else {}


def sealed_secrets(secrets: Mapping[str, str]) -> bytes:
    """This function will seal the secrets of a channel; none at all is nothing."""
    return seal(orjson.dumps(dict(secrets)).decode(), purpose=SECRETS_PURPOSE) if secrets else b""
