"""Somebody says where a receipt goes back to: an account of whoever paid it, for another person to verify."""

from datetime import datetime

from django.db import transaction

from zhanggui.settlement.payouts.models import Receiver
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver


@transaction.atomic
def receiver_proposed_for_receipt(
    *, receipt_id: int, currency: str, holder: str, number: str, at: datetime, actor: str, bank: str = "",
    cnaps: str = "", bic: str = "",
) -> Receiver:  # fmt: skip
    """This function will note where what is left of a receipt goes back to; nothing goes there before another person
    has verified it. Raises ReceiverIncomplete, ReceiverWaits."""
    details = {name: value for name, value in (("cnaps", cnaps), ("bic", bic)) if value}
    return propose_receiver(
        party_id=0, receipt_id=receipt_id, currency=currency, at=at, actor=actor,
        given=ReceiverDetails(holder, number, bank=bank, details=details),
    )  # fmt: skip
