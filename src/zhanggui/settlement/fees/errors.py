"""What the fees package refuses, in order of precedence; the pure rules have their own list."""

from zhanggui.money.errors import Refusal


class FeesError(Refusal):
    """Root of the refusals of this package."""

    code = "fees_error"


class FeeTypeFrozen(FeesError):
    """The catalogue would change what details have frozen by naming a fee type's id."""

    code = "fee_type_frozen"


class UnknownRuleSet(FeesError):
    """No rule set of this code, version or id was published, or none was in force at that time."""

    code = "unknown_rule_set"
    http_status = 404


class RuleSetRefused(FeesError):
    """The checks found errors in a rule set; `details["findings"]` are all of them, errors first."""

    code = "rule_set_refused"


class FeeTypeExists(FeesError):
    """A fee type has this code already."""

    code = "fee_type_exists"
    http_status = 409


class FeeTypeIncomplete(FeesError):
    """A fee type of one's own lacks something, or says what no fee type can."""

    code = "fee_type_incomplete"
