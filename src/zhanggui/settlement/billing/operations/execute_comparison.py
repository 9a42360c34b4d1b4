"""Carry out a requested what-if, and keep its result by merchant and fee."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from zhanggui.money.errors import Refusal
from zhanggui.settlement.billing.models import Comparison, ComparisonOutcome, ComparisonState
from zhanggui.settlement.billing.what_if import Hands, WhatIf, in_turn, what_if
from zhanggui.settlement.entities.models import BusinessLine


def execute_comparison(
    *, comparison_id: int, clock: Callable[[], datetime], progress: Callable[[int], None] = lambda share: None,
    hands: Hands = in_turn,
) -> Comparison:  # fmt: skip
    """This function will rate the history by the kept document and write the result, or the reason why it cannot be
    rated. It opens its own transactions: progress (per cent) is kept and told while it runs. A comparison that
    is done is returned as it is; one that broke off begins anew; of two at once the first to finish counts. `hands`
    rate the parts, here or elsewhere. Raises Comparison.DoesNotExist."""
    row = Comparison.objects.get(id=comparison_id)
    if row.state == ComparisonState.DONE:
        return row
    own = Comparison.objects.filter(id=row.id).exclude(state=ComparisonState.DONE)
    own.update(state=ComparisonState.RUNNING, share=0, lines=0, reject_code="", reject_message="")

    def tell(lines: int, share: int) -> None:
        own.update(lines=lines, share=share)
        progress(share)

    try:
        found = what_if(row.document, BusinessLine.objects.get(id=row.business_line_id), tell, hands)
    except Refusal as refusal:
        own.update(
            state=ComparisonState.FAILED, finished_at=clock(), reject_code=refusal.code,
            reject_message=refusal.message,
        )  # fmt: skip
        return Comparison.objects.get(id=row.id)
    with transaction.atomic():
        row = Comparison.objects.select_for_update().get(id=row.id)
        if row.state != ComparisonState.DONE:
            _keep(row, found, clock())
    return row


def _keep(row: Comparison, found: WhatIf, at: datetime) -> None:
    ComparisonOutcome.objects.bulk_create(
        [
            ComparisonOutcome(
                comparison_id=row.id, party_id=party, fee_type_id=fee, now_minor=now, then_minor=then
            )
            for (party, fee), (now, then) in found.cells.items()
        ],
        batch_size=5000,
    )
    merchants = found.merchants
    row.state, row.finished_at, row.share, row.lines = ComparisonState.DONE, at, 100, found.lines
    row.now_minor, row.then_minor, row.merchants = found.now, found.then, len(merchants)
    row.gaining = sum(one.difference > 0 for one in merchants)
    row.losing = sum(one.difference < 0 for one in merchants)
    row.save()
