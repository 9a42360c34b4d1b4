"""Carry or collect, in which order a debt is settled, how old it is: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

CARRY, COLLECT = "carry", "collect"

# How a debt is settled, one after the other: what the next goods money pays, the deposit, a bank receipt; what is
# left is written off with approval.
SETTLING_ORDER = ("set_off", "deposit", "receipt", "write_off")

# Ageing buckets by days overdue: the first day of each, the last one open-ended.
BUCKETS = ((1, 30), (31, 60), (61, 90), (91, None))
NOT_DUE = "not_due"
# Dunning level by days overdue: 1 a reminder, 2 a second one, 3 a demand, 4 the last notice.
LEVELS = ((1, 1), (15, 2), (30, 3), (60, 4))


@dataclass(frozen=True)
class Policy:
    """How debts are dealt with; see `models.CollectionPolicy`."""

    action: str = CARRY
    carry_max: int | None = None
    while_selling: bool = False


@dataclass(frozen=True)
class Share:
    """Part of what is available that goes to one debt."""

    statement_id: int
    amount_minor: int


def carried_or_collected(policy: Policy, *, carried_before: int, sold: bool) -> str:
    """This function will say whether a negative statement is carried once more or collected now.

    `carried_before` counts the statements of the series carried in a row just before; `sold` says whether
    the party sold anything in the period.
    """
    if policy.action == COLLECT:
        return COLLECT
    if policy.carry_max is not None and carried_before >= policy.carry_max:
        return COLLECT
    return COLLECT if policy.while_selling and not sold else CARRY


def shared_out(available_minor: int, debts: Sequence[tuple[int, int]]) -> list[Share]:
    """This function will share what is available over open debts (statement id, minor units), the first wholly
    before the next gets anything."""
    shares = []
    for statement_id, open_minor in debts:
        amount = min(available_minor, open_minor)
        if amount > 0:
            shares.append(Share(statement_id, amount))
            available_minor -= amount
    return shares


def bucket_of(due_on: date, today: date) -> str:
    """This function will name the ageing bucket of a debt: `not_due`, `1-30`, ..., `91+`."""
    days = (today - due_on).days
    for first, last in reversed(BUCKETS):
        if days >= first:
            return f"{first}-{last}" if last else f"{first}+"
    return NOT_DUE


def days_of(bucket: str) -> tuple[int | None, int | None]:
    """This function will return the first and the last day overdue of a bucket (None: without end); what is not due
    ends at 0."""
    if bucket == NOT_DUE:
        return None, 0
    return next(one for one in BUCKETS if bucket.startswith(f"{one[0]}-") or bucket == f"{one[0]}+")


def bucket_names() -> list[str]:
    """This function will list the buckets, the youngest first."""
    return [NOT_DUE, *(f"{first}-{last}" if last else f"{first}+" for first, last in BUCKETS)]


def level_of(due_on: date, today: date) -> int:
    """This function will return the dunning level a debt has reached, 0 while it is not due."""
    days = (today - due_on).days
    return max((level for since, level in LEVELS if days >= since), default=0)
