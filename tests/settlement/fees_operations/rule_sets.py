"""Rule set documents and the world they speak of, for the tests of this folder."""

from datetime import UTC, datetime
from typing import Any

from zhanggui.parties.models import Party
from zhanggui.settlement.entities.models import Dimension
from zhanggui.settlement.fees.models import RuleSetVersion
from zhanggui.settlement.fees.operations.publish_rule_set import publish_rule_set

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def rule(code: str = "commission", rate: str = "5%", **fields: Any) -> dict[str, Any]:
    """One rule: commission from the merchant to the platform unless `fields` say otherwise."""
    return {
        "code": code,
        "fee": "commission",
        "payer": "merchant",
        "receiver": "platform",
        "formula": {"base": "goods_paid", "rate": rate},
    } | fields


def document(*rules: dict[str, Any], starts: str = "2026-01-01", **fields: Any) -> dict[str, Any]:
    """A rule set of these rules, else of one commission."""
    return {
        "schema": "zhanggui.rule-set/1",
        "code": "mall",
        "currency": "CNY",
        "effective_from": starts,
        "rules": list(rules) or [rule()],
    } | fields


def publish(*rules: dict[str, Any], at: datetime = AT, **fields: Any) -> RuleSetVersion:
    """Publish a document of these rules."""
    return publish_rule_set(document=document(*rules, **fields), at=at, actor="zhang")


def dimension(kind: str, code: str, parent: int = 0) -> int:
    """The number of a new code."""
    return Dimension.objects.create(kind=kind, code=code, parent_id=parent).id


def merchant(code: str) -> int:
    """The number of a new merchant."""
    return Party.objects.create(kind="merchant", code=code, name={"zh": code}).id
