"""Keep a notice of a channel exactly as it came."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from zhanggui.payments.models import ChannelNotice, PaymentChannel

BODY_MOST = 64 * 1024
_KEPT = ("wechatpay-", "content-type", "user-agent")


def keep_notice(
    *, channel: PaymentChannel, headers: Mapping[str, str], body: bytes, notice_id: str, outcome: str,
    at: datetime, said: str = "",
) -> ChannelNotice:  # fmt: skip
    """This function will keep a notice and what was made of it (taken, repeated, forged, stale, unknown, mismatch),
    in the caller's transaction. No cookie and no address of ours is kept of its headers."""
    kept = {name: value[:500] for name, value in headers.items() if name.lower().startswith(_KEPT)}
    return ChannelNotice.objects.create(
        channel=channel, notice_id=notice_id[:128], headers=kept, body=body[:BODY_MOST],
        digest=hashlib.sha256(body).digest(), outcome=outcome, said=said[:255], received_at=at,
    )  # fmt: skip
