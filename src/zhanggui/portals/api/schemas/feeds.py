"""Charge feeds and their pulls, as they come in and go out."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from zhanggui.portals.api.schemas.arrangements import Told
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Strict
from zhanggui.portals.api.schemas.incoming import Names
from zhanggui.settlement.intake.rules import ADDRESS_MOST, EVERY_LEAST, EVERY_MOST, TOKEN_MOST

Address = Annotated[
    str,
    Field(
        min_length=1, max_length=ADDRESS_MOST, pattern=r"^[!-~]+$", examples=["https://wms.example/charges"],
        description="https, or http to this machine itself",
    ),
]  # fmt: skip
Credential = Annotated[
    str,
    Field(
        max_length=TOKEN_MOST,
        pattern=r"^[ -~]*$",
        description="sent as a Bearer token; kept sealed, never shown",
    ),
]
Minutes = Annotated[int, Field(strict=True, ge=EVERY_LEAST, le=EVERY_MOST)]


class FeedIn(Strict):
    """A charge feed: which business line, where from, how often."""

    code: Code
    name: Names
    business_line: Code
    url: Address
    token: Credential = ""
    every_minutes: Minutes = 60


class FeedChangeIn(Strict):
    """What a feed is from now on. `token` null keeps its credential, which only its own host may have; "" takes it
    away."""

    name: Names
    url: Address
    token: Credential | None = None
    every_minutes: Minutes


class AskIn(Strict):
    """`anew` begins with the first page: accepted charges stay settled once, rejected ones get another try."""

    anew: Told = False


class PullOut(Schema):
    """One time a feed was pulled. `repeated` charges were here already; `complete` says whether the end of the feed
    was reached; `batches` hold its charges."""

    id: int
    state: str
    actor: str
    started_at: datetime
    finished_at: datetime | None
    complete: bool
    pages: int
    accepted: int
    repeated: int
    rejected: int
    reject_code: str
    reject_message: str
    batches: list[int]


class PullPage(Paged):
    """Pulls, oldest first."""

    items: list[PullOut]


class FeedOut(Schema):
    """A charge feed. `after` is the cursor of the page that is fetched next; `failures` counts the pulls that failed
    since the last that went well; `next_at` null while it is off."""

    id: int
    code: str
    zh: str
    en: str
    business_line: str
    url: str
    has_token: bool
    every_minutes: int
    active: bool
    after: str
    failures: int
    next_at: datetime | None
    last_pull: PullOut | None


class FeedPage(Paged):
    """Charge feeds, oldest first."""

    items: list[FeedOut]
