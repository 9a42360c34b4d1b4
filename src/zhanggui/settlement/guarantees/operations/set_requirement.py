"""Set how much must be deposited for a category, from a day on."""

from datetime import date, datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.integers import require_integer
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.guarantees.errors import GuaranteeIncomplete
from zhanggui.settlement.guarantees.models import DepositRequirement, RequirementRule


def set_requirement(
    *, business_line: BusinessLine, category_id: int, amount_minor: int, effective_from: date, at: datetime,
    actor: str, party_id: int = 0, rule: str = RequirementRule.LARGEST,
) -> DepositRequirement:  # fmt: skip
    """This function will add a requirement and end the one before it, in the caller's transaction.

    Raises GuaranteeIncomplete, FloatRefused, NotAnInteger.
    """
    amount = require_integer(amount_minor, "The requirement")
    if amount < 0 or rule not in RequirementRule.values:
        raise GuaranteeIncomplete(
            "a requirement is an amount of zero or more that counts as largest or is added"
        )
    same = DepositRequirement.objects.select_for_update().filter(
        business_line=business_line, party_id=party_id, category_id=category_id, rule=rule
    )
    if same.filter(effective_from__gte=effective_from).exists():
        raise GuaranteeIncomplete(
            f"there is a requirement from {effective_from} or later already; choose a later day"
        )
    same.filter(effective_before=None).update(effective_before=effective_from)
    row = DepositRequirement.objects.create(
        business_line=business_line, party_id=party_id, category_id=category_id, rule=rule, amount_minor=amount,
        effective_from=effective_from,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="deposit_requirement.set", object_kind="deposit_requirement",
        object_id=str(row.id), party_id=party_id,
        after={"category_id": category_id, "rule": rule, "amount_minor": amount,
               "from": effective_from.isoformat()},
    )  # fmt: skip
    return row
