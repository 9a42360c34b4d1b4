"""A shop that owes for a month: an adjustment took more than its goods came to."""

from datetime import date
from typing import Any

from django.utils import timezone

from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.adjustment_requested import adjustment_requested
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.debt_collected import collection_policy_set
from zhanggui.journeys.period_ended import period_ended
from zhanggui.settlement.collections.models import Debt
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.statements.models import Statement


def approved() -> None:
    """Approve the one document that waits."""
    row = Approval.objects.get(state="pending")
    approval_decided(
        approval_id=row.id, approve=True, checker="checker", roles=frozenset({"platform_admin"}),
        proof=Proof(retyped_minor=row.amount_minor), at=timezone.now(), zone=timezone.get_default_timezone(),
    )  # fmt: skip


def with_debt(market: Any, code: str = "tea", amount_minor: int = -9_000_000) -> Debt:
    """Take so much from a shop (minor units) and close its month, due long ago."""
    now, zone = timezone.now(), timezone.get_default_timezone()
    collection_policy_set(
        entity=SettlementEntity.objects.get(),
        action="collect",
        effective_from=date(2026, 1, 1),
        at=now,
        actor="story",
    )
    row = adjustment_requested(
        party=market.party(code), business_line=market.line, fee="manual_charge", amount_minor=amount_minor,
        reason="samples", at=now, zone=zone, maker="story",
    )  # fmt: skip
    approved()
    row.refresh_from_db()
    billed = BilledLine.objects.get(party_id=row.party_id, line_id=row.line_id)
    ends = Statement.objects.get(party_id=row.party_id, id=billed.statement_id).ends_before
    later = now.replace(year=ends.year + 1)
    period_ended(
        through=date.fromordinal(ends.toordinal() - 1), clock=lambda: later, zone=zone, actor="story"
    )
    debt = Debt.objects.get(party_id=row.party_id)
    Debt.objects.filter(pk=debt.pk).update(due_on=date.fromordinal(timezone.localdate().toordinal() - 40))
    debt.refresh_from_db()
    return debt
