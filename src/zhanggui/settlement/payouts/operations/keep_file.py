"""Keep a file that went to a bank or came from it: its hash, and its bytes, sealed."""

import base64
import hashlib
from datetime import datetime

from zhanggui.settlement.payouts.models import PayoutFile
from zhanggui.settlement.payouts.queries import CONTENT_SEALED_AS
from zhanggui.settlement.payouts.rail import Written
from zhanggui.vault.sealing import seal


def keep_file(
    *,
    own_account_id: int,
    direction: str,
    written: Written,
    at: datetime,
    actor: str,
    batch_id: int = 0,
    message: str = "",
) -> tuple[PayoutFile, bool]:
    """This function will keep a file in the caller's transaction and say whether it is new; the same bytes of one
    account are kept once."""
    digest = hashlib.sha256(written.content).digest()
    row, new = PayoutFile.objects.get_or_create(
        own_account_id=own_account_id, direction=direction, sha256=digest,
        defaults={
            "batch_id": batch_id, "kind": written.kind, "name": written.name, "message": message,
            "size_bytes": len(written.content), "at": at, "actor": actor,
            "content_sealed": seal(base64.b64encode(written.content).decode(), purpose=CONTENT_SEALED_AS),
        },
    )  # fmt: skip
    return row, new
