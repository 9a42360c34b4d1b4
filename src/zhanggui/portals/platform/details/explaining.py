"""One detail with all that explains it: the derivation, the rule behind it, everything else on the order."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from zhanggui.portals.desk.amounts import format_money, format_rate
from zhanggui.portals.desk.lists.columns import units_text
from zhanggui.settlement.details.queries import DetailKey, detail, details_of_order
from zhanggui.settlement.fees.models import RuleVersion
from zhanggui.settlement.fees.queries.rule_sets import rule_by_id
from zhanggui.settlement.replays.explain import explain_detail

SALE, REVERSAL, CORRECTION, CHARGE = 1, 2, 3, 4


@dataclass
class Explained:
    """A detail, how it came about, and what stands beside it."""

    key: DetailKey
    row: dict[str, Any]
    told: dict[str, Any]
    rule: RuleVersion | None = None
    order: list[dict[str, Any]] = field(default_factory=list)

    @property
    def currency(self) -> str:
        """Currency of the amounts."""
        return str(self.row["currency"])

    @property
    def steps(self) -> list[str]:
        """The computation in words."""
        return [step["text"] for step in self.told["steps"]]

    @property
    def formula(self) -> tuple[str, str] | None:
        """Base and rate as text, where the amount is one product; None otherwise."""
        rated = [step for step in self.told["steps"] if step["kind"] == "rate"]
        if len(rated) != 1 or len(rated[0]["values"]["parts"]) != 1:
            return None
        part = rated[0]["values"]["parts"][0]
        in_units = self.told["base_unit"] == "unit"
        base = units_text(part["amount"]) if in_units else format_money(part["amount"], self.currency)
        return base, format_rate(part["ppm"])

    @property
    def is_exact(self) -> bool:
        """Whether `base × rate` alone is the amount: no fixed part, bound or share follows."""
        return {step["kind"] for step in self.told["steps"]} <= {"base", "tier", "rate", "sign"}


def explained(key: DetailKey) -> Explained:
    """This function will gather everything about one detail. Raises UnknownDetail."""
    row = detail(key)
    found = Explained(key=key, row=row, told=explain_detail(key, get_language() or "zh"))
    if row["rule_id"]:
        found.rule = rule_by_id(row["rule_id"])
    if row["order_id"] and row["kind"] in (SALE, REVERSAL, CORRECTION):
        found.order = details_of_order(row["order_id"])
    return found
