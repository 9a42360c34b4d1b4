"""A limit of approval is to be raised: one person asks, another one, who may approve as much, lets it hold."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from zhanggui.approvals.errors import LimitAboveOwn
from zhanggui.approvals.models import Approval, ApprovalLimit
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.approvals.operations.set_limit import set_limit
from zhanggui.approvals.queries import limits
from zhanggui.approvals.rules import ANY, Limit, Moment, best_limit
from zhanggui.money import Money
from zhanggui.parties.models import User
from zhanggui.parties.queries import platform_standing
from zhanggui.settlement.entities.models import BusinessLine

KIND = "approval_limit"
USUAL_CURRENCY = "CNY"


@transaction.atomic
def limit_raise_requested(*, limit: Limit, at: datetime, actor: str) -> Approval:
    """This function will put a limit that allows more than the one in force up for approval. What it amounts to is
    the new limit; a limit without an end has no amount, and asks for a checker without one. Raises AlreadyRequested
    while another change of the same limit waits."""
    held = next((one for one in limits() if _same(one, limit)), None)
    return request_approval(
        kind=KIND, subject=f"{limit.role}/{limit.kind}/{limit.currency}",
        title=f"{limit.role} {limit.kind}: {_said(held)} > {_said(limit)}",
        amount_minor=limit.max_minor or 0, currency=_currency(limit), maker=actor, at=at,
        payload=asdict(limit) | {"in_force": asdict(held) if held else None},
    )  # fmt: skip


def limit_raise_approved(approval: Approval, moment: Moment) -> ApprovalLimit:
    """This function will set the limit, in the decision's transaction. Raises LimitAboveOwn: nobody gives others
    more than they may approve themselves."""
    given = Limit(**{name: value for name, value in approval.payload.items() if name != "in_force"})
    checker = User.objects.filter(username=moment.actor).first()
    standing = platform_standing(checker) if checker else None
    own = best_limit(
        limits(), roles=standing.roles if standing else (), kind=given.kind, currency=given.currency
    )
    allowed = own is not None and (
        own.max_minor is None or (given.max_minor is not None and given.max_minor <= own.max_minor)
    )
    if not allowed:
        raise LimitAboveOwn(
            f"the limit for {given.role} would be {_said(given)}, which is more than your roles may approve; ask"
            " somebody with a higher limit"
        )
    return set_limit(
        role=given.role, kind=given.kind, currency=given.currency, max_minor=given.max_minor,
        two_above_minor=given.two_above_minor, at=moment.at, actor=moment.actor,
    )  # fmt: skip


def _same(one: Limit, other: Limit) -> bool:
    return (one.role, one.kind, one.currency) == (other.role, other.kind, other.currency)


def _currency(limit: Limit) -> str:
    """The currency the request is in: the limit's, else that of the first business line."""
    if limit.currency != ANY:
        return limit.currency
    return BusinessLine.objects.order_by("id").values_list("currency", flat=True).first() or USUAL_CURRENCY


def _said(limit: Limit | None) -> str:
    if limit is None:
        return "-"
    if limit.max_minor is None:
        said = "any amount"
    else:
        said = str(limit.max_minor) if limit.currency == ANY else str(Money(limit.max_minor, limit.currency))
    return said if limit.two_above_minor is None else f"{said} (two people above {limit.two_above_minor})"
