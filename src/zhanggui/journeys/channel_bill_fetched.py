"""A channel was asked for its bill of a day, and gave it: it is kept and run over like one that came as a file."""

import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from zhanggui.journeys.bill_received import Received, bill_received
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import adapter
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.errors import BillNotFetched
from zhanggui.settlement.reconciliation.queries import channel_of

CHANNEL_RAILS = {"wechat_red_packet": "wechat_pay"}
"""The rail of the payment channel behind an account of ours, where that pays out over another."""


def channel_bill_fetched(
    *, own_account: OwnAccount, kind: str, day: date, clock: Callable[[], datetime], actor: str
) -> Received:
    """This function will ask the payment channel that has the rail and number of our account for its bill of a day
    (`kind` trade or fund), outside any transaction, and take it in. Raises BillNotFetched, the refusals of
    reconciliation."""
    channel = channel_behind(own_account)
    if channel is None:
        raise BillNotFetched(
            f"no payment channel in use has the rail and number of account {own_account.code}; add it with its keys,"
            " or take the file",
            account=own_account.code,
        )  # fmt: skip
    try:
        bill = adapter(channel).fetch_bill(kind=kind, day=day, now=clock())
    except (ChannelRefused, ChannelUnclear) as fault:
        raise BillNotFetched(
            f"{channel.code} gives no {kind} bill of {day}: {fault}; try again later, or note an empty day",
            account=own_account.code, day=day.isoformat(),
        ) from fault  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="zhanggui-bill-") as folder:
        path = Path(folder) / Path(bill.name).name
        path.write_bytes(bill.content)
        return bill_received(
            own_account=own_account, channel=channel_of(own_account), path=path, name=path.name, day=day,
            clock=clock, actor=actor,
        )  # fmt: skip


def channel_behind(own_account: OwnAccount) -> PaymentChannel | None:
    """This function will return the payment channel that has the rail and number of an account of ours, or None."""
    number = str(own_account.details.get("merchant_number", ""))
    rail = CHANNEL_RAILS.get(own_account.rail, own_account.rail)
    return PaymentChannel.objects.filter(rail=rail, account=number).order_by("id").first()
