"""The receiver of a payout takes the money in an app of its own: what that app has to be told."""

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.errors import UnknownPayout
from zhanggui.settlement.payouts.models import Payout, PayoutAttempt, PayoutState
from zhanggui.settlement.payouts.rail import Confirmation, confirmation_by


def payout_confirming(*, party_id: int, number: str) -> Confirmation | None:
    """This function will ask the rail of a party's payout for what the receiver needs to take the money, outside any
    transaction; None where the payout is not on its way, needs nothing of the kind, or the rail does not say now.
    Asked as often as one likes, nothing is paid twice. Raises UnknownPayout, UnknownRail."""
    payout = Payout.objects.select_related("batch").filter(party_id=party_id, number=number).first()
    if payout is None:
        raise UnknownPayout(f"there is no payout {number}", number=number)
    attempt = PayoutAttempt.objects.filter(payout=payout).order_by("-attempt").first()
    if payout.state != PayoutState.SENT or attempt is None:
        return None
    own = OwnAccount.objects.get(id=payout.own_account_id)
    try:
        return confirmation_by(payout.batch.rail, account_code=own.code, end_to_end=attempt.end_to_end)
    except (ChannelRefused, ChannelUnclear):
        return None
