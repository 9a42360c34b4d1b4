"""A payment file is taken to the bank by hand: opened for who may send payouts, and written down before that."""

from datetime import datetime

from django.db import transaction

from zhanggui.settlement.payouts.errors import UnknownBatch
from zhanggui.settlement.payouts.models import PayoutFile
from zhanggui.settlement.payouts.operations.open_file import open_file
from zhanggui.settlement.payouts.queries import batch_by_number


def payout_file_opened(
    *, batch: str, file_id: int, at: datetime, actor: str, where: str
) -> tuple[PayoutFile, bytes]:
    """This function will return a file of a batch and its bytes once the audit log says who has it, and `where`
    (screen, API, command). Raises UnknownBatch, UnknownPayoutFile, and what unsealing raises."""
    found = batch_by_number(batch)
    if found is None:
        raise UnknownBatch(f"there is no payout batch {batch}")
    with transaction.atomic():
        return open_file(batch=found, file_id=file_id, at=at, actor=actor, where=where)
