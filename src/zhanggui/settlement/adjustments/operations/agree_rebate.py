"""A rebate agreement (返利协议): made by one, approved by another, then computed period by period."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.integers import require_integer
from zhanggui.parties.models import Party
from zhanggui.settlement.adjustments.errors import AdjustmentIncomplete, AdjustmentNotPending
from zhanggui.settlement.adjustments.models import DocumentState, RebateAgreement, RebateMethod
from zhanggui.settlement.adjustments.rules import read_tiers
from zhanggui.settlement.adjustments.states import allowed
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.rules.periods import Cycle, CycleKind

KIND = "rebate_agreement"


def agree_rebate(
    *, party: Party, business_line: BusinessLine, name: str, method: str, tiers: Sequence[Any], cycle: str,
    cap_minor: int, effective_from: date, effective_before: date | None = None, at: datetime, maker: str,
) -> RebateAgreement:  # fmt: skip
    """This function will write down a rebate agreement and request its approval, in the caller's transaction.

    `cap_minor` is the most one period may give (minor units): the amount that is approved. Raises
    AdjustmentIncomplete, UnreadableTiers, InvalidCycle.
    """
    cap = require_integer(cap_minor, "The cap")
    if Cycle.parse(cycle).kind is CycleKind.DOCUMENT:
        raise AdjustmentIncomplete("a rebate is computed over a period, not document by document")
    if method not in RebateMethod.values:
        raise AdjustmentIncomplete(f"a rebate is graduated or whole, not {method!r}")
    if cap <= 0 or not name.strip():
        raise AdjustmentIncomplete("a rebate needs a name and the most it may give in one period")
    if effective_before is not None and effective_before <= effective_from:
        raise AdjustmentIncomplete(f"the agreement would end on {effective_before}, before it begins")
    read = read_tiers(list(tiers))
    row = RebateAgreement.objects.create(
        party_id=party.id, business_line=business_line, currency=business_line.currency, name=name.strip(),
        method=method, tiers=[{"from_minor": one.from_minor, "rate_ppm": one.rate_ppm} for one in read],
        cycle=cycle, cap_minor=cap, effective_from=effective_from, effective_before=effective_before,
        made_at=at, made_by=maker,
    )  # fmt: skip
    content = {
        "number": row.number, "party": party.code, "name": row.name, "method": method, "tiers": row.tiers,
        "cycle": cycle, "cap_minor": cap, "currency": row.currency, "from": effective_from.isoformat(),
        "before": effective_before.isoformat() if effective_before else None,
    }  # fmt: skip
    approval = request_approval(
        kind=KIND, subject=row.number, title=f"{row.number} {party.code} {row.name}", party_id=party.id,
        amount_minor=cap, currency=row.currency, payload=content, maker=maker, at=at,
    )  # fmt: skip
    row.approval_id = approval.id
    row.save(update_fields=["approval_id"])
    record_change(
        at=at, actor=maker, action="rebate_agreement.requested", object_kind="rebate_agreement",
        object_id=row.number, party_id=row.party_id, after=content,
    )  # fmt: skip
    return row


def end_agreement(*, agreement_id: int, state: str, at: datetime, actor: str) -> RebateAgreement:
    """This function will note what was decided about an agreement, in the caller's transaction.

    Raises AdjustmentNotPending.
    """
    row = RebateAgreement.objects.select_for_update().get(id=agreement_id)
    if not allowed(row.state, state):
        raise AdjustmentNotPending(f"{row.number} is {row.state}; nothing is left to do", state=row.state)
    row.state, row.ended_at = DocumentState(state), at
    row.save(update_fields=["state", "ended_at"])
    record_change(
        at=at, actor=actor, action=f"rebate_agreement.{state}", object_kind="rebate_agreement",
        object_id=row.number, party_id=row.party_id, before={"state": "pending"}, after={"state": state},
    )  # fmt: skip
    return row
