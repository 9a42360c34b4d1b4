"""Every refusal of the fee kernel, in order of precedence."""

from __future__ import annotations

from zhanggui.money.errors import Refusal


class FeeRuleError(Refusal):
    """Root of the refusals of this package."""

    code = "fee_rule_refused"


class InvalidRuleSet(FeeRuleError):
    """The rule set document cannot be read: a field is missing, unknown, or of the wrong type.

    Details: `rule` (the rule's code, or None for the set itself) and `field` (path inside it).
    """

    code = "invalid_rule_set"


class UnsoundRule(FeeRuleError):
    """A rule can be read but not evaluated (floor above cap, tiers out of order, a negative amount)."""

    code = "unsound_rule"


class FeeCycle(FeeRuleError):
    """Fees whose bases are each other's results."""

    code = "fee_cycle"


class UnknownFee(FeeRuleError):
    """A fee code that the fee catalogue does not hold, or a base that is no fee of the set."""

    code = "unknown_fee"


class MissingRuleVersion(FeeRuleError):
    """A rule to be compiled has no published version id."""

    code = "missing_rule_version"


class UnratableLine(FeeRuleError):
    """A line cannot be rated: a negative amount, discounts above the goods amount, a scattered order."""

    code = "unratable_line"


class AmountBeyondInteger(FeeRuleError):
    """A fee result does not fit 64 bits; the amount or the rate is not a real one."""

    code = "amount_beyond_integer"


class UnexplainableDetail(FeeRuleError):
    """The lines given do not contain the line to be explained."""

    code = "unexplainable_detail"


class ReversalImpossible(FeeRuleError):
    """A reversal beyond the whole, a negative step, or a whole that is not positive."""

    code = "reversal_impossible"
