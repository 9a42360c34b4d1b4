"""Set what a run over an account's bills may take for equal and post by itself."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.forms.models import model_to_dict

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.reconciliation.models import ReconciliationRule


@dataclass(frozen=True)
class RuleSettings:
    """The settings of a rule; tolerances in minor units and thousandths of them, the rate in parts per million."""

    amount_tolerance_minor: int = 0
    expected_fee_ppm: int = 0
    fee_tolerance_milli: int = 1000
    cut_minutes: int = 30
    suspend_days: int = 1
    post_settlements: bool = True
    post_fees: bool = True
    post_suspense: bool = True


def set_reconciliation_rule(
    *, own_account_id: int, settings: RuleSettings, at: datetime, actor: str
) -> ReconciliationRule:
    """This function will set the rule of an account (0 = the general one) in the caller's transaction."""
    before = ReconciliationRule.objects.filter(own_account_id=own_account_id).first()
    row, _ = ReconciliationRule.objects.update_or_create(
        own_account_id=own_account_id, defaults=asdict(settings)
    )
    record_change(
        at=at, actor=actor, action="reconciliation.rule_set", object_kind="own_account",
        object_id=str(own_account_id), before=model_to_dict(before) if before else {}, after=asdict(settings),
    )  # fmt: skip
    return row
