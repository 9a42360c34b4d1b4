"""Set how debts of a party, or of everyone, are dealt with."""

from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.collections.errors import CollectionIncomplete
from zhanggui.settlement.collections.models import CollectionPolicy, DebtAction
from zhanggui.settlement.entities.models import SettlementEntity

CARRY_MOST = 120
DUE_MOST = 365


def set_collection_policy(
    *, entity: SettlementEntity, action: str, effective_from: date, at: datetime, actor: str, party_id: int = 0,
    carry_max: int | None = None, while_selling: bool = False, due_days: int = 15, set_off: bool = True,
    deposit_agreed: bool = False,
) -> CollectionPolicy:  # fmt: skip
    """This function will add a policy and end the one before it, in the caller's transaction. Statements that
    close from then on follow it. Raises CollectionIncomplete."""
    if action not in DebtAction.values:
        raise CollectionIncomplete(f"a debt is carried or collected, not {action!r}")
    if carry_max is not None and not 0 <= carry_max <= CARRY_MOST:
        raise CollectionIncomplete(f"a debt is carried 0 to {CARRY_MOST} times, or without end")
    if not 0 <= due_days <= DUE_MOST:
        raise CollectionIncomplete(f"a debt is due 0 to {DUE_MOST} days after closing")
    same = CollectionPolicy.objects.select_for_update().filter(party_id=party_id, entity=entity)
    if same.filter(effective_from__gte=effective_from).exists():
        raise CollectionIncomplete(
            f"there is a policy from {effective_from} or later already; choose a later day"
        )
    same.filter(effective_before=None).update(effective_before=effective_from)
    settings = {
        "action": action, "carry_max": carry_max, "while_selling": while_selling, "due_days": due_days,
        "set_off": set_off, "deposit_agreed": deposit_agreed,
    }  # fmt: skip
    row = CollectionPolicy.objects.create(
        party_id=party_id, entity=entity, effective_from=effective_from, **settings
    )
    record_change(
        at=at, actor=actor, action="collection_policy.set", object_kind="collection_policy",
        object_id=str(row.id), party_id=party_id, after=settings | {"from": effective_from.isoformat()},
    )  # fmt: skip
    return row
