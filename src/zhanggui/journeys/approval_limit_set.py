"""How much a role may approve is set."""

from datetime import datetime

from django.db import transaction

from zhanggui.approvals.errors import LimitIncomplete
from zhanggui.approvals.models import ApprovalLimit
from zhanggui.approvals.operations.set_limit import set_limit
from zhanggui.approvals.rules import ANY
from zhanggui.journeys.approval_decided import FOLLOWING
from zhanggui.money.currencies import currency_of
from zhanggui.parties.roles import PLATFORM_ROLES, permissions_of

KINDS = (ANY, *FOLLOWING)
ROLES = tuple(
    sorted(role for role in PLATFORM_ROLES if "approvals.decide" in permissions_of(frozenset({role})))
)
"""The roles that may approve at all: a limit of another would never be asked for."""


@transaction.atomic
def approval_limit_set(
    *, role: str, kind: str, currency: str, max_minor: int | None, two_above_minor: int | None, at: datetime,
    actor: str,
) -> ApprovalLimit:  # fmt: skip
    """This function will set what a role may approve of a kind ("*": of every kind without a row of its own) in a
    currency (minor units; None = no limit; 0 = nothing). Raises LimitIncomplete, UnknownCurrency."""
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
    return set_limit(
        role=role, max_minor=max_minor, at=at, actor=actor, kind=kind, currency=currency,
        two_above_minor=two_above_minor,
    )  # fmt: skip
