"""Ask the channels themselves for the bills of the last days that are not here."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from zhanggui.clockwork.errors import BillsRefused
from zhanggui.journeys.channel_bill_fetched import channel_behind, channel_bill_fetched
from zhanggui.money.errors import Refusal
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind
from zhanggui.settlement.reconciliation.errors import BillNotFetched
from zhanggui.settlement.reconciliation.kinds import BillKind
from zhanggui.settlement.reconciliation.models import Bill
from zhanggui.settlement.reconciliation.queries import zone_of

DAYS = 7
"""How far back: a channel that was away for a week is asked for all of it."""

logger = logging.getLogger("zhanggui.reconciliation")


@dataclass
class AskedFor:
    """Bills that were taken in, and those that the channel did not give, as account/kind/day."""

    taken: list[str] = field(default_factory=list)
    not_given: list[str] = field(default_factory=list)


def ask_for_bills(*, clock: Callable[[], datetime], actor: str) -> AskedFor:
    """This function will ask for the trade and fund bills of the last `DAYS` whole days of every account of ours that
    has a payment channel, take in and run over what is given, and say what was not; it must not be called inside a
    transaction.

    A channel may have no bill of a day yet, or none at all: it is asked again at the next call. Raises BillsRefused,
    when all were tried, if one was given that cannot be taken in.
    """
    asked, refused = AskedFor(), []
    for account in OwnAccount.objects.filter(active=True, kind=OwnAccountKind.CHANNEL).order_by("id"):
        if channel_behind(account) is None:
            continue  # its bills come as files
        for kind, day in _missing(account, clock()):
            name = f"{account.code}/{kind}/{day}"
            try:
                channel_bill_fetched(own_account=account, kind=kind, day=day, clock=clock, actor=actor)
            except BillNotFetched as refusal:
                logger.info("%s: %s", name, refusal.message)
                asked.not_given.append(name)
            except Refusal as refusal:
                refused.append(f"{name}: {refusal}")
            else:
                asked.taken.append(name)
    if refused:
        raise BillsRefused(
            f"{len(refused)} bills of channels cannot be taken in; put the reason right: then they are asked for"
            f" again, or at once by `zhanggui reconcile --fetch DATE`: {'; '.join(refused)[:2000]}"
        )
    return asked


def _missing(account: OwnAccount, now: datetime) -> list[tuple[str, date]]:
    today = now.astimezone(zone_of(account)).date()
    days = [today - timedelta(days=back) for back in range(DAYS, 0, -1)]
    held = Bill.objects.filter(own_account=account, ends_before__gt=days[0], starts_on__lt=today)
    spans = list(held.values_list("kind", "starts_on", "ends_before"))
    return [
        (str(kind), day) for day in days for kind in (BillKind.TRADE, BillKind.FUND)
        if not any(known == kind and begins <= day < ends for known, begins, ends in spans)
    ]  # fmt: skip
