"""Write down what of a promised subsidy is to be paid, before the channel is asked."""

from datetime import datetime

from zhanggui.payments.models import ChargePart
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.subsidies.models import Subsidy
from zhanggui.settlement.subsidies.rules import still_due


def record_subsidy(*, part_id: int, at: datetime) -> Subsidy | None:
    """This function will write down the subsidy of a sub-merchant's order, in the caller's transaction; None where
    somebody else did."""
    part = (
        ChargePart.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("charge__channel")
        .filter(id=part_id)
        .first()
    )
    if part is None or Subsidy.objects.filter(part=part).exists():
        return None
    channel = part.charge.channel
    own = OwnAccount.objects.filter(code=channel.own_account).first()
    return Subsidy.objects.create(
        number=fresh_number("B", at), part=part, channel=channel, order_no=part.reference,
        merchant_id=part.party_id, entity_id=own.entity_id if own else SettlementEntity.objects.earliest("id").id,
        currency=part.charge.currency, promised_minor=part.subsidy_minor, made_at=at,
        amount_minor=still_due(
            promised_minor=part.subsidy_minor, paid_minor=part.amount_minor, refunded_minor=part.refunded_minor
        ),
    )  # fmt: skip
