"""Reading a rule set document (JSON, schema `zhanggui.rule-set/1`) into the values of `document`.

Checks shape and types only, one field at a time, and says which rule and field is wrong. Whether the set
makes sense (gaps, overlaps, cycles, tiers out of order) is the business of `checks`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final, Never

from zhanggui.money.errors import MoneyError
from zhanggui.money.rates import WHOLE_PPM, parse_rate
from zhanggui.money.rounding import RoundingMode
from zhanggui.settlement.fees.rules.document import (
    BASES,
    DIMENSIONS,
    FEE_BASE,
    ROLES,
    SCHEMA,
    Condition,
    FixedPer,
    Formula,
    FreeEntry,
    Granularity,
    ReverseTerms,
    ReverseWord,
    Rule,
    RuleSet,
    Tier,
    TierBy,
    TierKind,
    Tiers,
)
from zhanggui.settlement.fees.rules.errors import InvalidRuleSet

_SET_FIELDS: Final = {
    "schema", "code", "currency", "effective_from", "rounding", "take_cap_ppm", "free", "rules", "note",
}  # fmt: skip
_RULE_FIELDS: Final = {
    "code", "fee", "priority", "effective_from", "effective_before", "when", "payer", "receiver",
    "granularity", "formula", "reverse", "note",
}  # fmt: skip
_FORMULA_FIELDS: Final = {"base", "rate", "fixed", "fixed_per", "floor", "cap", "tiers", "rounding"}
_REVERSE_FIELDS: Final = {"policy", "kept", "kept_rate"}
_LARGEST: Final = 2**62  # minor units; leaves room for sums in 64 bits


class _Node:
    """One JSON object on the way down, with the words for complaints about its fields."""

    def __init__(self, value: Any, known: Collection[str], *, rule: str | None, path: str) -> None:
        self.rule = rule
        self.path = path
        if not isinstance(value, Mapping):
            self.complain("", f"must be an object, not {_kind(value)}")
        self.value: Mapping[str, Any] = value
        for field in value:
            if field not in known:
                self.complain(str(field), f"is not known here; known are {', '.join(sorted(known))}")

    def complain(self, field: str, problem: str) -> Never:
        """Raise InvalidRuleSet naming the rule and the field."""
        where = ".".join(part for part in (self.path, field) if part)
        owner = "The rule set" if self.rule is None else f'Rule "{self.rule}"'
        raise InvalidRuleSet(
            f"{owner}, field {where or 'itself'}: {problem}.", rule=self.rule, field=where or None
        )

    def text(self, field: str, default: str | None = None) -> str:
        """A non-empty text."""
        value = self.value.get(field)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not (value.strip() or default is not None):
            self.complain(field, f"must be a text, not {_kind(value)}")
        return value

    def integer(self, field: str, default: int | None = None) -> int:
        """A whole number; an absent or null one is the default, if there is one."""
        value = self.optional_integer(field)
        if value is None:
            if default is None:
                self.complain(field, "is missing; write a whole number")
            return default
        return value

    def optional_integer(self, field: str) -> int | None:
        """A whole number or nothing."""
        value = self.value.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.complain(field, f"must be a whole number (minor units), not {_kind(value)}")
        if abs(value) > _LARGEST:
            self.complain(field, f"is {value}, beyond any amount this system can hold")
        return value

    def rate(self, field: str) -> int:
        """Parts per million; absent or null is 0."""
        value = self.value.get(field)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int | str):
            self.complain(field, f'must be a text like "5%" or whole parts per million, not {_kind(value)}')
        try:
            return parse_rate(value)
        except MoneyError as refusal:
            self.complain(field, refusal.message.rstrip("."))

    def date(self, field: str) -> datetime.date | None:
        """A day, "2016-01-31", or nothing."""
        value = self.value.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            self.complain(field, f'must be a day like "2016-01-31", not {_kind(value)}')
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.complain(field, f'"{value}" is not a day of the calendar')

    def choice[E: StrEnum](self, field: str, kind: type[E], default: E | None = None) -> E:
        """One of the words of an enumeration."""
        value = self.value.get(field)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in {member.value for member in kind}:
            known = ", ".join(member.value for member in kind)
            self.complain(field, f"must be one of {known}, not {_kind(value)}")
        return kind(value)

    def items(self, field: str) -> list[Any]:
        """A list; absent or null is empty."""
        value = self.value.get(field)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.complain(field, f"must be a list, not {_kind(value)}")
        return list(value)

    def child(self, field: str, known: Collection[str]) -> _Node:
        """The object in a field; absent or null is empty."""
        value = self.value.get(field)
        path = ".".join(part for part in (self.path, field) if part)
        return _Node({} if value is None else value, known, rule=self.rule, path=path)


def parse_rule_set(document: Mapping[str, Any]) -> RuleSet:
    """Read a rule set document into values.

    Rules without a start begin with the set, rules without a rounding mode round as the set does; both are
    written into the rule. Raises InvalidRuleSet naming the rule and the field, also for a rule code that
    occurs twice.
    """
    node = _Node(document, _SET_FIELDS, rule=None, path="")
    if node.text("schema") != SCHEMA:
        node.complain("schema", f'must be "{SCHEMA}"')
    currency = node.text("currency")
    if not re.fullmatch(r"[A-Z]{3}", currency):
        node.complain("currency", f'"{currency}" is not a currency code of three capital letters')
    starts = node.date("effective_from")
    if starts is None:
        node.complain("effective_from", "is missing; write the day from which the set applies")
    rounding = node.choice("rounding", RoundingMode, RoundingMode.HALF_EVEN)
    rules: dict[str, Rule] = {}
    for place, value in enumerate(node.items("rules")):
        rule = parse_rule(value, starts=starts, rounding=rounding, place=place)
        if rule.code in rules:
            node.complain(f"rules[{place}].code", f'"{rule.code}" occurs twice; give each rule its own code')
        rules[rule.code] = rule
    return RuleSet(
        code=node.text("code"),
        currency=currency,
        effective_from=starts,
        rounding=rounding,
        take_cap_ppm=node.integer("take_cap_ppm", WHOLE_PPM),
        free=tuple(_free_entry(value, place) for place, value in enumerate(node.items("free"))),
        rules=tuple(rules.values()),
        note=node.text("note", ""),
    )


def parse_rule(value: Any, *, starts: datetime.date, rounding: RoundingMode, place: int = 0) -> Rule:
    """Read one rule; `starts` and `rounding` are the set's, `place` its position for complaints.

    Raises InvalidRuleSet naming the rule and the field. Reads `RuleVersion.content` as well as documents.
    """
    code = value.get("code") if isinstance(value, Mapping) else None
    known_as = code if isinstance(code, str) and code else f"number {place + 1}"
    node = _Node(value, _RULE_FIELDS, rule=known_as, path="")
    payer, receiver = _party(node, "payer"), _party(node, "receiver")
    if payer == receiver:
        node.complain("receiver", f'"{receiver}" pays itself; payer and receiver must differ')
    begins, ends = node.date("effective_from") or starts, node.date("effective_before")
    if ends is not None and ends <= begins:
        node.complain("effective_before", f"{ends} is not after effective_from {begins}")
    if node.value.get("formula") is None:
        node.complain("formula", "is missing")
    return Rule(
        code=node.text("code"),
        fee=node.text("fee"),
        priority=node.integer("priority", 0),
        effective_from=begins,
        effective_before=ends,
        when=_condition(node.child("when", (*DIMENSIONS, "order_amount"))),
        payer=payer,
        receiver=receiver,
        granularity=node.choice("granularity", Granularity, Granularity.SKU),
        formula=_formula(node.child("formula", _FORMULA_FIELDS), rounding),
        note=node.text("note", ""),
        reverse=reverse_terms(value),
    )


def reverse_terms(content: Mapping[str, Any]) -> ReverseTerms | None:
    """Read how a rule's fee comes back, from a rule of a document or `RuleVersion.content`.

    None if the rule leaves it to the fee catalogue. Raises InvalidRuleSet naming the rule and the field.
    """
    if content.get("reverse") is None:
        return None
    node = _Node(content["reverse"], _REVERSE_FIELDS, rule=content.get("code"), path="reverse")
    policy = node.choice("policy", ReverseWord)
    if policy is ReverseWord.FIXED:
        whole = node.value.get("kept_rate") is None
        return ReverseTerms(policy, node.integer("kept"), WHOLE_PPM if whole else node.rate("kept_rate"))
    for field in ("kept", "kept_rate"):
        if node.value.get(field) is not None:
            node.complain(field, 'is only for the policy "fixed"; leave it out')
    return ReverseTerms(policy)


def _party(node: _Node, field: str) -> str:
    """A payer or receiver: a role, or other:<party code>."""
    party = node.text(field)
    if party not in ROLES and not re.fullmatch(r"other:\S+", party):
        node.complain(field, f'"{party}" is not one of {", ".join(ROLES)} or other:<party code>')
    return party


def _condition(node: _Node) -> Condition:
    """The `when` of a rule or free entry."""
    named = []
    for dimension in DIMENSIONS:
        codes = node.items(dimension)
        for code in codes:
            if not isinstance(code, str) or not code:
                node.complain(dimension, f"must hold codes (texts), not {_kind(code)}")
        if codes:
            named.append((dimension, tuple(sorted(set(codes)))))
    band = node.child("order_amount", ("from", "before"))
    low, high = band.optional_integer("from"), band.optional_integer("before")
    if low is not None and high is not None and high <= low:
        band.complain("before", f"{high} is not above from {low}; the band is empty")
    # from 0 is no restriction: goods amounts are never negative
    return Condition(named=tuple(named), order_from=low or None, order_before=high)


def _formula(node: _Node, rounding: RoundingMode) -> Formula:
    """The `formula` of a rule."""
    base = node.text("base", "goods_paid")
    if base not in BASES and not (base.startswith(FEE_BASE) and len(base) > len(FEE_BASE)):
        node.complain("base", f'"{base}" is not one of {", ".join(BASES)} or fee:<fee code>')
    tiers = None
    if node.value.get("tiers") is not None:
        tiers = _tiers(node.child("tiers", ("kind", "by", "steps")))
        if node.rate("rate"):
            node.complain("rate", "must be left out, since the tiers give the rate")
    return Formula(
        base=base,
        ppm=node.rate("rate"),
        fixed=node.integer("fixed", 0),
        fixed_per=node.choice("fixed_per", FixedPer, FixedPer.LINE),
        floor=node.optional_integer("floor"),
        cap=node.optional_integer("cap"),
        tiers=tiers,
        rounding=node.choice("rounding", RoundingMode, rounding),
    )


def _tiers(node: _Node) -> Tiers:
    """The `tiers` of a formula."""
    steps = []
    for place, value in enumerate(node.items("steps")):
        step = _Node(value, ("from", "rate", "fixed"), rule=node.rule, path=f"{node.path}.steps[{place}]")
        steps.append(Tier(step.integer("from"), step.rate("rate"), step.integer("fixed", 0)))
    if not steps:
        node.complain("steps", "must have at least one step")
    by = node.choice("by", TierBy, TierBy.LINE_AMOUNT)
    return Tiers(kind=node.choice("kind", TierKind), by=by, steps=tuple(steps))


def _free_entry(value: Any, place: int) -> FreeEntry:
    """One entry of `free`."""
    node = _Node(value, ("fee", "when", "reason"), rule=None, path=f"free[{place}]")
    when = _condition(node.child("when", (*DIMENSIONS, "order_amount")))
    return FreeEntry(fee=node.text("fee"), when=when, reason=node.text("reason"))


def _kind(value: Any) -> str:
    """A short name of a value for complaints; a float says why it is refused."""
    if value is None:
        return "nothing"
    if isinstance(value, float):
        return f"the binary fraction {value} (not exact; write an integer or a text)"
    return f'the text "{value}"' if isinstance(value, str) else f"{type(value).__name__} {value!r}"[:60]
