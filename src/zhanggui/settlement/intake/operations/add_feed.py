"""Add a charge feed: another system whose details are pulled by themselves."""

import re
from collections.abc import Mapping
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.errors import FeedExists, FeedIncomplete
from zhanggui.settlement.intake.models import ChargeFeed
from zhanggui.settlement.intake.rules import EVERY_LEAST, EVERY_MOST, TOKEN_MOST, address_fault
from zhanggui.vault.sealing import seal

TOKEN_SEALED_AS = "charge_feed.token"
CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
NAME_MOST = 200


def add_feed(
    *, code: str, name: Mapping[str, str], business_line: BusinessLine, url: str, token: str,
    every_minutes: int, at: datetime, actor: str,
) -> ChargeFeed:  # fmt: skip
    """This function will add a feed in the caller's transaction and return it; it is due at once, its credential is
    sealed. Raises FeedIncomplete, FeedExists."""
    if not CODE.fullmatch(code):
        raise FeedIncomplete("the code of a feed has 1 to 64 letters, digits, dots, dashes or underscores")
    check_feed(name=name, url=url, token=token, every_minutes=every_minutes)
    if ChargeFeed.objects.filter(code=code).exists():
        raise FeedExists(f"there is a charge feed {code} already; choose another code", feed=code)
    row = ChargeFeed.objects.create(
        code=code, name=dict(name), business_line=business_line, url=url, token_sealed=sealed_token(token),
        every_minutes=every_minutes, next_at=at, created_at=at,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="charge_feed.added", object_kind="charge_feed", object_id=code,
        after=told(row),
    )  # fmt: skip
    return row


def check_feed(*, name: Mapping[str, str], url: str, token: str, every_minutes: int) -> None:
    """This function will refuse what no feed can be. Raises FeedIncomplete."""
    if not any(text.strip() for text in name.values()):
        raise FeedIncomplete("a feed needs a name, in one of the languages at least", field="name")
    if any(len(text) > NAME_MOST for text in name.values()):
        raise FeedIncomplete(f"a name has at most {NAME_MOST} characters", field="name")
    if fault := address_fault(url):
        raise FeedIncomplete(f"{url!r} cannot be pulled from: {fault}", field="url")
    if len(token) > TOKEN_MOST or not (token.isascii() and token.isprintable()):
        raise FeedIncomplete(
            f"the credential is plain ASCII of at most {TOKEN_MOST} characters, without line breaks",
            field="token",
        )
    if isinstance(every_minutes, bool) or not EVERY_LEAST <= every_minutes <= EVERY_MOST:
        raise FeedIncomplete(
            f"a feed is pulled every {EVERY_LEAST} to {EVERY_MOST} minutes, not every {every_minutes}",
            field="every_minutes",
        )


def sealed_token(token: str) -> bytes:
    """This function will seal a credential; none stays none."""
    return seal(token, purpose=TOKEN_SEALED_AS) if token else b""


def told(row: ChargeFeed) -> dict[str, object]:
    """This function will say what a feed is, for the log of changes: never its credential."""
    return {
        "business_line": row.business_line.code, "name": row.name, "url": row.url,
        "every_minutes": row.every_minutes, "credential": bool(row.token_sealed), "active": row.active,
    }  # fmt: skip
