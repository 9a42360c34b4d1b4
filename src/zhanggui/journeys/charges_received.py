"""Another system pushed details over the general billing interface."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.timezone import get_default_timezone

from zhanggui.settlement.billing.operations.compare_shadow import compare_shadow
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import ChargeBatch, ChargePull
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord, post_charges


@transaction.atomic
def charges_received(
    *, business_line: BusinessLine, key: str, records: Sequence[ChargeRecord], at: datetime, actor: str,
    pull: ChargePull | None = None,
) -> ChargeBatch:  # fmt: skip
    """This function will take in one batch of charges. For a line under double insurance they are compared
    with our own billing; for all others they are billed with the next billing run."""
    batch = post_charges(
        business_line=business_line, key=key, records=records, at=at, zone=get_default_timezone(), actor=actor,
        pull=pull,
    )  # fmt: skip
    if business_line.shadow:
        compare_shadow(business_line=business_line, at=at)
    return batch
