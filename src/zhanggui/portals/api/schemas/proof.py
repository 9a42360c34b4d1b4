"""What programs get of the calendar, a statement's history and parts, double insurance and the log of changes.

Amounts are minor units of the row's currency; times are UTC.
"""

from datetime import date, datetime
from typing import Any

from ninja import Schema

from zhanggui.portals.api.schemas.outgoing import Paged


class PeriodOut(Schema):
    """Statements of one period by state; `ended` are being paid, paid, collected, carried or zero."""

    cycle: str
    starts_on: date
    ends_before: date
    statements: int
    open: int
    confirming: int
    confirmed: int
    ended: int


class Periods(Schema):
    """Periods that end in `year`, the latest first; `to_close` statements have ended and are open still."""

    years: list[int]
    year: int
    to_close: int
    items: list[PeriodOut]


class StatementEventOut(Schema):
    """One step of a statement."""

    id: int
    at: datetime
    actor: str
    before: str
    after: str
    reason: str


class StatementEvents(Paged):
    """Steps, the first one first."""

    items: list[StatementEventOut]


class PartOut(Schema):
    """A sum of details; numbers that the granularity does not have are null, 0 stands for none."""

    order_id: int
    line_id: int | None
    fee: str | None
    spu: str | None
    sku: str | None
    sku_type: str | None
    details: int
    amount_minor: int


class PartPage(Paged):
    """Sums at one granularity; over all pages they are the statement's net."""

    by: str
    currency: str
    items: list[PartOut]


class ShadowDifferenceOut(Schema):
    """A pushed detail that our own billing does not confirm."""

    id: int
    business_line: str
    party: str
    order_no: str
    line_no: str
    fee: str
    kind: str
    currency: str
    pushed_minor: int
    computed_minor: int
    found_at: datetime


class ShadowDifferencePage(Paged):
    """Differences by id."""

    items: list[ShadowDifferenceOut]


class AuditRecordOut(Schema):
    """Who changed what: before, after, and the hash that chains it to the record before."""

    id: int
    at: datetime
    actor: str
    party: str | None
    action: str
    object_kind: str
    object_id: str
    before: Any
    after: Any
    previous_hash: str
    hash: str


class AuditPage(Paged):
    """Records by id."""

    items: list[AuditRecordOut]


class AuditChain(Schema):
    """The whole chain, walked: `broken` records do not follow from the one before."""

    records: int
    whole: bool
    broken: list[dict[str, Any]]
