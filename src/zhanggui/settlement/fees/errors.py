"""What the fees package refuses, in order of precedence. The pure rules have their own list in `rules.errors`."""

from collections.abc import Sequence

from zhanggui.money.errors import Refusal
from zhanggui.settlement.fees.rules.soundness import Finding


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
    """The checks found errors in a rule set; `findings` are all of them, errors first."""

    code = "rule_set_refused"

    def __init__(self, rule_set_code: str, findings: Sequence[Finding]) -> None:
        errors = [finding for finding in findings if finding.severity == "error"]
        listing = "\n".join(f"  {finding.code}: {finding.message}" for finding in errors)
        super().__init__(
            f'Rule set "{rule_set_code}" was not published: {len(errors)} error(s) to correct first.\n{listing}',
            rule_set=rule_set_code,
            findings=[finding_document(finding) for finding in findings],
        )
        self.findings = tuple(findings)


def finding_document(finding: Finding) -> dict[str, object]:
    """A finding as a JSON value."""
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "rules": list(finding.rules),
        "message": finding.message,
        "details": finding.details,
    }
