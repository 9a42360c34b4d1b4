"""Making the channel of bank transfers out of its settings."""

from collections.abc import Mapping

from zhanggui.payments.time_to_pay import hours_to_pay
from zhanggui.rails.offline.channel import Arrived, OfflineChannel

SHOWN = ("holder", "bank", "number")


def make_channel(
    settings: Mapping[str, str], secrets: Mapping[str, str], *, arrived: Arrived
) -> OfflineChannel:
    """This function will return a channel.

    Settings: `account` (our name of it, as the payment channel and settlement's own account call it), `holder`,
    `bank`, `number` (whose account, at which bank, its number: buyers see all three), `pay_hours` (how long a buyer
    has, 1 to 720: banks take their time), `currency` (CNY by default). Raises ValueError naming what is missing or
    wrong.
    """
    for name in ("account", *SHOWN):
        if not settings.get(name):
            raise ValueError(f"the setting {name} of the channel for transfers is missing")
    if not hours_to_pay(settings):
        raise ValueError("the setting pay_hours of the channel for transfers is missing")
    return OfflineChannel(
        account=settings["account"], currency=settings.get("currency") or "CNY",
        shown={name: settings[name] for name in SHOWN}, arrived=arrived,
    )  # fmt: skip
