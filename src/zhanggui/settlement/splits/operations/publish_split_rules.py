"""Publish a version of the rules of splits."""

from datetime import datetime
from typing import Any

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.splits.errors import UnreadableSplitRules
from zhanggui.settlement.splits.models import SplitRuleSet
from zhanggui.settlement.splits.queries import latest_rules
from zhanggui.settlement.splits.rules import DEFAULT, read_rules


def publish_split_rules(*, rules: Any, at: datetime, actor: str) -> SplitRuleSet:
    """This function will publish `rules`, in force for orders placed from `at` on, in the caller's transaction; the
    same rules again are the version that is there. What meets none of them goes by `rules.DEFAULT`. Raises
    UnreadableSplitRules."""
    if any(rule.code == DEFAULT.code for rule in read_rules(rules)):
        raise UnreadableSplitRules(
            f"rule {DEFAULT.code} has the code of the last rule, which is built in; give it another one",
            rule=DEFAULT.code,
        )
    before = latest_rules()
    if before is not None and before.rules == rules:
        return before
    made = SplitRuleSet.objects.create(
        version=before.version + 1 if before else 1, rules=rules, effective_at=at, published_by=actor
    )
    record_change(
        at=at, actor=actor, action="split_rules.published", object_kind="split_rules", object_id=str(made.version),
        before={"version": before.version, "rules": before.rules} if before else None, after={"rules": rules},
    )  # fmt: skip
    return made
