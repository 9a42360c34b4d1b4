"""A merchant disputes a detail, and the dispute is settled."""

from datetime import datetime, tzinfo

from django.db import transaction

from zhanggui.settlement.billing.operations.correct_detail import correct_detail
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.statements.locks import hold_for_closing
from zhanggui.settlement.statements.models import Dispute
from zhanggui.settlement.statements.operations.open_dispute import open_dispute
from zhanggui.settlement.statements.operations.settle_dispute import settle_dispute


@transaction.atomic
def detail_disputed(*, key: DetailKey, reason: str, at: datetime, actor: str) -> Dispute:
    """This function will open a dispute: the detail moves to the next statement, the rest proceeds.

    Raises UnknownDetail, DetailNotOnStatement, StatementNotConfirming, AlreadyDisputed.
    """
    hold_for_closing()
    fee = catalogue().by_code["dispute_carried"]
    return open_dispute(key=key, fee_type_id=fee.id, reason=reason, at=at, actor=actor)


@transaction.atomic
def dispute_resolved(
    *, dispute_id: int, upheld: bool, resolution: str, at: datetime, zone: tzinfo, actor: str,
    amount: int | None = None,
) -> Dispute:  # fmt: skip
    """This function will settle a dispute. Upheld, the detail is corrected by `amount` (minor units, signed
    for the party; without one, the whole disputed amount is taken back). Raises DisputeNotOpen."""
    hold_for_closing()
    dispute = settle_dispute(dispute_id=dispute_id, upheld=upheld, resolution=resolution, at=at, actor=actor)
    if upheld:
        key = DetailKey(dispute.party_id, dispute.line_id, dispute.event_id, dispute.position)
        correct_detail(
            key=key, amount=-dispute.amount_minor if amount is None else amount, reason=resolution, at=at,
            zone=zone, actor=actor,
        )  # fmt: skip
    return dispute


@transaction.atomic
def detail_corrected(
    *, key: DetailKey, amount: int, reason: str, at: datetime, zone: tzinfo, actor: str
) -> DetailKey:
    """This function will correct a detail by `amount` on the party's open statement (customer service)."""
    return correct_detail(key=key, amount=amount, reason=reason, at=at, zone=zone, actor=actor)
