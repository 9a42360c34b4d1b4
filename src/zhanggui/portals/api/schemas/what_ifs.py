"""What-ifs as they are answered: at once, or kept by a job."""

from datetime import datetime
from typing import Literal

from ninja import Schema

from zhanggui.portals.api.schemas.outgoing import Paged


class WhatIfOut(Schema):
    """What the whole history would come to under other rules, biggest loser first; the merchants' side."""

    lines: int
    currency: str
    now_minor: int
    then_minor: int
    difference_minor: int
    merchants: list["OutcomeOut"]
    fees: list["OutcomeOut"]


class ComparisonOut(Schema):
    """A what-if that is kept: how far it is (`share`, per cent), and what it came to once `state` is done."""

    id: int
    business_line: str
    rule_set: str
    state: Literal["queued", "running", "done", "failed"]
    share: int
    lines: int
    currency: str
    now_minor: int
    then_minor: int
    difference_minor: int
    merchants: int
    gaining: int
    losing: int
    fees: list["OutcomeOut"]
    requested_at: datetime
    requested_by: str
    finished_at: datetime | None
    reject_code: str
    reject_message: str


class ComparisonPage(Paged):
    """Comparisons in the order in which they were asked for, without their fees."""

    items: list[ComparisonOut]


class ComparedPage(Paged):
    """Merchants of a comparison, by their number."""

    items: list["OutcomeOut"]


class OutcomeOut(Schema):
    """One merchant or fee, now and then."""

    code: str
    now_minor: int
    then_minor: int
    difference_minor: int
