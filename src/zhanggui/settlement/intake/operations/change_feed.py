"""Change a charge feed: its name, its address, its credential, how often it is pulled."""

from collections.abc import Mapping
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.intake.errors import FeedIncomplete
from zhanggui.settlement.intake.models import ChargeFeed
from zhanggui.settlement.intake.operations.add_feed import check_feed, sealed_token, told
from zhanggui.settlement.intake.queries import locked_feed
from zhanggui.settlement.intake.rules import place_of


def change_feed(
    *, code: str, name: Mapping[str, str], url: str, token: str | None, every_minutes: int, at: datetime,
    actor: str,
) -> ChargeFeed:  # fmt: skip
    """This function will change a feed in the caller's transaction and return it; it goes on after the page where
    it is. `token` None keeps the credential, which only its own host may have: who names another host gives it anew
    ("" for none). The same again is not recorded again. Raises UnknownFeed, FeedIncomplete."""
    row = locked_feed(code)
    check_feed(name=name, url=url, token=token or "", every_minutes=every_minutes)
    if token is None and row.token_sealed and place_of(url) != place_of(row.url):
        raise FeedIncomplete(
            f"feed {code} asks another host now; enter the credential for that one, or none", field="token"
        )
    before = told(row)
    row.name, row.url, row.every_minutes = dict(name), url, every_minutes
    if token is not None:
        row.token_sealed = sealed_token(token)
    after = told(row) | ({"credential": "changed"} if token is not None else {})
    if after == before:
        return row
    row.next_at = at
    row.save(update_fields=["name", "url", "every_minutes", "token_sealed", "next_at"])
    record_change(
        at=at, actor=actor, action="charge_feed.changed", object_kind="charge_feed", object_id=code,
        before=before, after=after,
    )  # fmt: skip
    return row
