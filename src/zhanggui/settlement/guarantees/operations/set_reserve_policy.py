"""Set which share of confirmed statements is reserved, and for how long."""

from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.integers import require_integer
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.guarantees.errors import GuaranteeIncomplete
from zhanggui.settlement.guarantees.models import ReservePolicy

MILLION = 1_000_000
DAYS_MAX = 365


def set_reserve_policy(
    *, entity: SettlementEntity, rate_ppm: int, days: int, effective_from: date, at: datetime, actor: str,
    party_id: int = 0,
) -> ReservePolicy:  # fmt: skip
    """This function will add a reserve policy and end the one before it, in the caller's transaction. A rate of
    zero ends reserving. Raises GuaranteeIncomplete, FloatRefused, NotAnInteger."""
    rate, length = require_integer(rate_ppm, "The rate"), require_integer(days, "The days")
    if not 0 <= rate <= MILLION or not 1 <= length <= DAYS_MAX:
        raise GuaranteeIncomplete(f"a reserve is 0 to 1000000 ppm, for 1 to {DAYS_MAX} days")
    same = ReservePolicy.objects.select_for_update().filter(party_id=party_id, entity=entity)
    if same.filter(effective_from__gte=effective_from).exists():
        raise GuaranteeIncomplete(
            f"there is a policy from {effective_from} or later already; choose a later day"
        )
    same.filter(effective_before=None).update(effective_before=effective_from)
    row = ReservePolicy.objects.create(
        party_id=party_id, entity=entity, rate_ppm=rate, days=length, effective_from=effective_from
    )
    record_change(
        at=at, actor=actor, action="reserve_policy.set", object_kind="reserve_policy", object_id=str(row.id),
        party_id=party_id, after={"rate_ppm": rate, "days": length, "from": effective_from.isoformat()},
    )  # fmt: skip
    return row
