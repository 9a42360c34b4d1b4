"""What arrived by bank transfer, for the bill that nobody else writes."""

from collections.abc import Sequence
from datetime import date, timedelta

from zhanggui.payments.models import Charge
from zhanggui.rails.offline.bills import Transfer
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.queries import window_of

RAIL = "offline"


def arrived_on(account: str, day: date) -> Sequence[Transfer]:
    """This function will return the transfers to an account (as its payment channel calls it) that were taken down on
    a business day of settlement's own account of this number, in their order; none without such an account.

    A transfer belongs to the day on which somebody said that it arrived: what the bank dates back would never be on a
    bill that was made already.
    """
    own = OwnAccount.objects.filter(rail=RAIL, details__merchant_number=account).order_by("id").first()
    if own is None:
        return []
    begins, ends = window_of(own, day, day + timedelta(days=1)).moments()
    rows = Charge.objects.select_related("attempt").filter(
        channel__rail=RAIL, channel__account=account, recorded_at__gte=begins, recorded_at__lt=ends
    )
    return [
        Transfer(row.attempt.number, row.channel_number, row.amount_minor, row.recorded_at)
        for row in rows.order_by("id")
    ]
