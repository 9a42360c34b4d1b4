"""A charge feed is added, changed, switched off or on, or is to be pulled now."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import ChargeFeed
from zhanggui.settlement.intake.operations.add_feed import add_feed
from zhanggui.settlement.intake.operations.ask_feed import ask_feed
from zhanggui.settlement.intake.operations.change_feed import change_feed
from zhanggui.settlement.intake.operations.switch_feed import switch_feed


@transaction.atomic
def feed_added(
    *, code: str, name: Mapping[str, str], business_line: BusinessLine, url: str, token: str,
    every_minutes: int, at: datetime, actor: str,
) -> ChargeFeed:  # fmt: skip
    """This function will add a charge feed, due at once. Raises FeedIncomplete, FeedExists."""
    return add_feed(
        code=code, name=name, business_line=business_line, url=url, token=token, every_minutes=every_minutes,
        at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def feed_changed(
    *, code: str, name: Mapping[str, str], url: str, token: str | None, every_minutes: int, at: datetime,
    actor: str,
) -> ChargeFeed:  # fmt: skip
    """This function will change a charge feed; `token` None keeps its credential, for the same host. Raises
    UnknownFeed, FeedIncomplete."""
    return change_feed(
        code=code, name=name, url=url, token=token, every_minutes=every_minutes, at=at, actor=actor
    )


@transaction.atomic
def feed_switched(*, code: str, active: bool, reason: str, at: datetime, actor: str) -> ChargeFeed:
    """This function will switch a charge feed off or on. Raises UnknownFeed, FeedNotInState."""
    return switch_feed(code=code, active=active, reason=reason, at=at, actor=actor)


@transaction.atomic
def feed_asked(*, code: str, anew: bool, at: datetime, actor: str) -> ChargeFeed:
    """This function will make a charge feed due now, `anew` from its first page. Raises UnknownFeed,
    FeedNotInState."""
    return ask_feed(code=code, anew=anew, at=at, actor=actor)
