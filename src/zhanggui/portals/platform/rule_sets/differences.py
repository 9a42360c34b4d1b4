"""What changed between two versions of a rule set, field by field, in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.platform.names import fee_name_of
from zhanggui.portals.platform.rule_sets.sentences import (
    GRAINS,
    condition_text,
    formula_text,
    reverse_text,
    role_name,
    rounding_name,
    rule_sentence,
)


@dataclass(frozen=True)
class RuleChange:
    """What became of one rule: `kind` is added, changed or dropped."""

    code: str
    kind: str
    fee: str
    sentence: str
    fields: list[tuple[str, str, str]] = field(default_factory=list)


def rule_set_changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[RuleChange]:
    """Every rule that is new, other or gone, by code; without a version before, all are new."""
    old = {rule["code"]: rule for rule in before["rules"]} if before else {}
    new = {rule["code"]: rule for rule in after["rules"]}
    currency = after["currency"]
    changes = []
    for code in sorted(old.keys() | new.keys()):
        was, now = old.get(code), new.get(code)
        if was == now:
            continue
        shown = now or was
        assert shown is not None
        kind = "changed" if was and now else "added" if now else "dropped"
        fields = _fields(was, now, currency) if was and now else []
        changes.append(
            RuleChange(code, kind, fee_name_of(shown["fee"]), rule_sentence(shown, currency), fields)
        )
    return changes


def _fields(was: Mapping[str, Any], now: Mapping[str, Any], currency: str) -> list[tuple[str, str, str]]:
    """(what, before, after) for everything that is not the same any more."""
    readings = [
        (_("Fee type"), lambda rule: fee_name_of(rule["fee"])),
        (_("When"), lambda rule: condition_text(rule.get("when") or {}, currency)),
        (_("Payer"), lambda rule: role_name(rule["payer"])),
        (_("Receiver"), lambda rule: role_name(rule["receiver"])),
        (_("Formula"), lambda rule: formula_text(rule["formula"], currency)),
        (_("Granularity"), lambda rule: str(GRAINS[rule["granularity"]])),
        (_("Rounding"), lambda rule: rounding_name(rule["formula"]["rounding"])),
        (_("On a return"), lambda rule: reverse_text(rule, currency) or _("as the fee catalogue says")),
        (_("Priority"), lambda rule: str(rule["priority"])),
        (_("From"), lambda rule: rule["effective_from"]),
        (_("Before"), lambda rule: rule["effective_before"] or "–"),
        (_("Note"), lambda rule: rule.get("note", "") or "–"),
    ]
    return [(label, read(was), read(now)) for label, read in readings if read(was) != read(now)]


def amount_text(minor: int, currency: str) -> str:
    """An amount with its currency."""
    return f"{currency} {format_money(minor, currency)}"
