"""How much a role may approve is set: lowered by one person, raised when a second one agrees."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from zhanggui.approvals.errors import LimitIncomplete
from zhanggui.approvals.models import Approval, ApprovalLimit
from zhanggui.approvals.operations.set_limit import set_limit
from zhanggui.approvals.queries import hold_limits, limits
from zhanggui.approvals.rules import ANY, Limit, widens
from zhanggui.journeys.approval_decided import FOLLOWING
from zhanggui.journeys.limit_raised import limit_raise_requested
from zhanggui.money.currencies import currency_of
from zhanggui.parties.roles import PLATFORM_ROLES, permissions_of

KINDS = (ANY, *FOLLOWING)
ROLES = tuple(
    sorted(role for role in PLATFORM_ROLES if "approvals.decide" in permissions_of(frozenset({role})))
)
"""The roles that may approve at all: a limit of another would never be asked for."""


@dataclass(frozen=True)
class Change:
    """What came of setting a limit: the row now in force, or the request that waits for a second person."""

    limit: Limit
    row: ApprovalLimit | None = None
    approval: Approval | None = None


@transaction.atomic
def approval_limit_set(
    *, role: str, kind: str, currency: str, max_minor: int | None, two_above_minor: int | None, at: datetime,
    actor: str,
) -> Change:  # fmt: skip
    """This function will set what a role may approve of a kind ("*": of every kind without a row of its own) in a
    currency (minor units; None = no limit; 0 = nothing), or, where that is more than it may now, put it up for
    approval by another person. Raises LimitIncomplete, UnknownCurrency, AlreadyRequested."""
    if role not in ROLES:
        raise LimitIncomplete(f"{role!r} is no role that approves; those are {', '.join(ROLES)}")
    if kind not in KINDS:
        raise LimitIncomplete(f"{kind!r} is no kind of document; those are {', '.join(KINDS)}")
    if currency != ANY:
        currency_of(currency)
    if (max_minor or two_above_minor) and currency == ANY:
        raise LimitIncomplete(
            "an amount needs the currency it is in; no limit, or nothing, holds for all of them"
        )
    if min(max_minor or 0, two_above_minor or 0) < 0:
        raise LimitIncomplete("a limit is zero or more")
    limit = Limit(role, kind, currency, max_minor, two_above_minor)
    hold_limits()
    if widens(limits(), limit):
        return Change(limit, approval=limit_raise_requested(limit=limit, at=at, actor=actor))
    row = set_limit(
        role=role, max_minor=max_minor, at=at, actor=actor, kind=kind, currency=currency,
        two_above_minor=two_above_minor,
    )  # fmt: skip
    return Change(limit, row=row)
