"""Set what a run over an account's bills may take for equal and post by itself."""

from dataclasses import asdict, dataclass
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.errors import ReconciliationRuleRefused, UnknownOwnAccount
from zhanggui.settlement.reconciliation.models import ReconciliationRule

GENERAL = "*"
"""Instead of the code of an account: the rule of every account without one of its own."""
LARGEST = 10**15
LIMITS = {
    "amount_tolerance_minor": LARGEST, "expected_fee_ppm": 1_000_000, "fee_tolerance_milli": LARGEST,
    "cut_minutes": 1440, "suspend_days": 31,
}  # fmt: skip


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
    *, account: str, settings: RuleSettings, at: datetime, actor: str
) -> ReconciliationRule:
    """This function will set the rule of our account of this code ("*" = the general one) in the caller's
    transaction; an account has one rule, which holds for runs from now on. What it is already is not recorded
    again. Raises UnknownOwnAccount, ReconciliationRuleRefused."""
    for field, most in LIMITS.items():
        value = getattr(settings, field)
        if not 0 <= value <= most:
            raise ReconciliationRuleRefused(
                f"{field} is a whole number from 0 to {most}, not {value}", field=field, most=most
            )
    number = 0 if account == GENERAL else _account(account)
    found = ReconciliationRule.objects.select_for_update().filter(own_account_id=number).first()
    before = settings_of(found) if found else None
    if found is not None and before == settings:
        return found
    row, _ = ReconciliationRule.objects.update_or_create(own_account_id=number, defaults=asdict(settings))
    record_change(
        at=at, actor=actor, action="reconciliation.rule_set", object_kind="reconciliation_rule", object_id=account,
        before=asdict(before) if before else {}, after=asdict(settings),
    )  # fmt: skip
    return row


def settings_of(rule: ReconciliationRule) -> RuleSettings:
    """This function will return the settings of a rule."""
    return RuleSettings(**{name: getattr(rule, name) for name in RuleSettings.__dataclass_fields__})


def _account(code: str) -> int:
    found = OwnAccount.objects.select_for_update().filter(code=code).first()
    if found is None:
        raise UnknownOwnAccount(f"there is no own account {code}", code=code)
    return found.id
