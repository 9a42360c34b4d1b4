"""Open a sealed file that went to a bank, for whoever brings it there."""

import base64
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.payouts.errors import UnknownPayoutFile
from zhanggui.settlement.payouts.models import PayoutBatch, PayoutFile
from zhanggui.settlement.payouts.queries import CONTENT_SEALED_AS
from zhanggui.vault.sealing import unseal


def open_file(
    *, batch: PayoutBatch, file_id: int, at: datetime, actor: str, where: str
) -> tuple[PayoutFile, bytes]:
    """This function will return a file that went out of a batch and its bytes, and note in the audit log, in the
    caller's transaction, who opened it and `where`: whole account numbers stand in it. Raises UnknownPayoutFile, and
    what `unseal` raises; then nothing is noted."""
    row = PayoutFile.objects.filter(id=file_id, batch_id=batch.id, direction="out").first()
    if row is None:
        raise UnknownPayoutFile(f"batch {batch.number} has no file {file_id}", batch=batch.number)
    content = base64.b64decode(unseal(bytes(row.content_sealed), purpose=CONTENT_SEALED_AS))
    record_change(
        at=at, actor=actor, action="payout_file.opened", object_kind="payout_batch", object_id=batch.number,
        after={"file": row.name, "sha256": bytes(row.sha256).hex(), "where": where},
    )  # fmt: skip
    return row, content
