"""The rule set as immutable values, and its way back to the document.

All amounts are integers in minor units of the set's currency, all rates parts per million. What the
document may leave out (rounding, start of a rule) is filled in by the parser, so that a rule alone says
everything that its results depend on; `content_hash` covers exactly that.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from zhanggui.money.rates import WHOLE_PPM, format_rate
from zhanggui.money.rounding import RoundingMode

SCHEMA: Final = "zhanggui.rule-set/1"

#: Dimensions a rule may name, in the order documents list them. The category is a tree.
DIMENSIONS: Final = (
    "category", "spu", "sku", "sku_type", "merchant", "merchant_level", "merchant_category",
    "business_line", "channel", "payment_method", "region",
)  # fmt: skip

#: Named bases, all minor units except quantity (units).
BASES: Final = ("goods", "goods_paid", "goods_net_shop", "freight", "paid", "tax", "quantity")

#: Bases that are (part of) what the goods bring in; the total take is judged on these.
GOODS_BASES: Final = frozenset({"goods", "goods_paid", "goods_net_shop", "paid"})

#: Prefix of a base that is another fee's result.
FEE_BASE: Final = "fee:"

#: Parties by role; one more form is "other:<party code>".
ROLES: Final = ("merchant", "platform", "supplier", "carrier")

#: Fees read from the order itself, no rule: code -> (payer, receiver). Between merchant and platform their signs
#: for the merchant add up to goods - shop_discount + freight.
PARSED_FEES: Final[dict[str, tuple[str, str]]] = {
    "goods_amount": ("platform", "merchant"),
    "platform_coupon_subsidy": ("platform", "merchant"),
    "points_subsidy": ("platform", "merchant"),
    "shop_coupon": ("merchant", "platform"),
    "freight_collected": ("platform", "merchant"),
    "supply_price": ("merchant", "supplier"),
}


class Granularity(StrEnum):
    """The group of lines on which a formula is evaluated once; the result is shared over its lines."""

    ORDER = "order"  #: all lines of the merchant's part of the order that the rule won
    SPU = "spu"  #: those of one product
    SKU_TYPE = "sku_type"  #: those of one kind of article
    SKU = "sku"  #: each line alone
    FEE = "fee"  #: each line alone, on another fee's result


class FixedPer(StrEnum):
    """How often the fixed part of a formula is charged."""

    ORDER = "order"  #: once per merchant's part of an order, shared over the lines the rule won, by goods
    LINE = "line"  #: once per line
    UNIT = "unit"  #: once per piece


class TierKind(StrEnum):
    """How tiers apply to an amount."""

    SLAB = "slab"  #: the whole base at the one tier's rate
    GRADUATED = "graduated"  #: each part of the base at the rate of the tier it falls into


class TierBy(StrEnum):
    """The amount that chooses a tier."""

    LINE_AMOUNT = "line_amount"  #: the base of the group
    CUMULATIVE_SALES = "cumulative_sales"  #: the merchant's goods_paid sold earlier in the period


@dataclass(frozen=True, slots=True)
class Tier:
    """One step: from this amount (inclusive) on, this rate (ppm) and fixed amount (once per group)."""

    from_amount: int
    ppm: int
    fixed: int


@dataclass(frozen=True, slots=True)
class Tiers:
    """Steps in ascending order; they take the place of the formula's single rate."""

    kind: TierKind
    by: TierBy
    steps: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Formula:
    """What a fee comes to: `clamp(round(base * ppm) + fixed, floor, cap)`, or tiers instead of the rate."""

    base: str
    ppm: int
    fixed: int
    fixed_per: FixedPer
    floor: int | None
    cap: int | None
    tiers: Tiers | None
    rounding: RoundingMode

    @property
    def fee_base(self) -> str | None:
        """The fee whose result is the base, if it is one."""
        return self.base.removeprefix(FEE_BASE) if self.base.startswith(FEE_BASE) else None

    @property
    def largest_ppm(self) -> int:
        """The highest rate the formula can apply."""
        return max((step.ppm for step in self.tiers.steps), default=0) if self.tiers else self.ppm


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule (or a free entry) applies. A dimension that is absent is unrestricted.

    `named` holds (dimension, sorted codes), in the order of DIMENSIONS. The order amount is the goods amount
    of the merchant's part of the order, half-open, minor units; None is without limit.
    """

    named: tuple[tuple[str, tuple[str, ...]], ...] = ()
    order_from: int | None = None
    order_before: int | None = None

    def codes(self, dimension: str) -> tuple[str, ...] | None:
        """The codes named in this dimension, None if it is unrestricted."""
        return next((codes for name, codes in self.named if name == dimension), None)


class ReverseWord(StrEnum):
    """How a fee comes back when (part of) its line is returned; `reverse.ReversePolicy` has the numbers."""

    NONE = "none"  #: it does not
    PRO_RATA = "pro_rata"  #: the part of it that is returned of the line
    FIXED = "fixed"  #: pro rata of what is left after a kept amount
    FULL_ONLY = "full_only"  #: all of it, when all of the line is returned
    OWN_DOCUMENT = "own_document"  #: if at all, by a document of its own


@dataclass(frozen=True, slots=True)
class ReverseTerms:
    """How a rule's details come back, where the rule says otherwise than the fee catalogue.

    For FIXED: of a detail `kept` (minor units) stays with the receiver, but not more than `kept_ppm` of it,
    and never more than the detail.
    """

    policy: ReverseWord
    kept: int = 0
    kept_ppm: int = WHOLE_PPM


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; of those that match a line, the highest priority wins its (fee, payer, receiver) slot."""

    code: str
    fee: str
    priority: int
    effective_from: datetime.date
    effective_before: datetime.date | None
    when: Condition
    payer: str
    receiver: str
    granularity: Granularity
    formula: Formula
    note: str = ""
    reverse: ReverseTerms | None = None  #: None: as the fee catalogue says

    @property
    def slot(self) -> tuple[str, str, str]:
        """(fee, payer, receiver): rules of one slot compete, those of different slots add up."""
        return self.fee, self.payer, self.receiver

    @property
    def rank(self) -> tuple[int, str]:
        """Sort key inside a slot, winner first. Equal priorities that overlap are refused when a set is
        checked; if a caller rates with an unchecked set, the code decides, so that results are stable."""
        return -self.priority, self.code


@dataclass(frozen=True, slots=True)
class FreeEntry:
    """Says that a fee is meant to be absent there. It changes no result; it silences the coverage check."""

    fee: str
    when: Condition
    reason: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A whole rule set. No order from before `effective_from` is rated by it."""

    code: str
    currency: str
    effective_from: datetime.date
    rounding: RoundingMode
    take_cap_ppm: int
    free: tuple[FreeEntry, ...]
    rules: tuple[Rule, ...]
    note: str = ""


def rule_document(rule: Rule) -> dict[str, Any]:
    """The rule as a canonical JSON value: every field, fixed order, sorted lists, rates as per cent.

    `reverse` is there only where the rule has it, so that rules from before it keep their hash.
    """
    formula = rule.formula
    return {
        "code": rule.code,
        "fee": rule.fee,
        "priority": rule.priority,
        "effective_from": rule.effective_from.isoformat(),
        "effective_before": rule.effective_before.isoformat() if rule.effective_before else None,
        "when": condition_document(rule.when),
        "payer": rule.payer,
        "receiver": rule.receiver,
        "granularity": rule.granularity.value,
        "formula": {
            "base": formula.base,
            "rate": _rate(formula.ppm),
            "fixed": formula.fixed,
            "fixed_per": formula.fixed_per.value,
            "floor": formula.floor,
            "cap": formula.cap,
            "tiers": _tiers_document(formula.tiers),
            "rounding": formula.rounding.value,
        },
        **({"reverse": _reverse_document(rule.reverse)} if rule.reverse else {}),
        **({"note": rule.note} if rule.note else {}),
    }


def condition_document(condition: Condition) -> dict[str, Any]:
    """The condition as a JSON value; unrestricted dimensions are left out."""
    document: dict[str, Any] = {dimension: list(codes) for dimension, codes in condition.named}
    if condition.order_from is not None or condition.order_before is not None:
        document["order_amount"] = {"from": condition.order_from, "before": condition.order_before}
    return document


def rule_set_document(rule_set: RuleSet) -> dict[str, Any]:
    """The whole set as a canonical JSON value, rules sorted by code; `parser.parse_rule_set` reads it back.

    Source of `zhanggui rules export`.
    """
    return {
        "schema": SCHEMA,
        "code": rule_set.code,
        "currency": rule_set.currency,
        "effective_from": rule_set.effective_from.isoformat(),
        "rounding": rule_set.rounding.value,
        "take_cap_ppm": rule_set.take_cap_ppm,
        **({"note": rule_set.note} if rule_set.note else {}),
        "free": [
            {"fee": entry.fee, "when": condition_document(entry.when), "reason": entry.reason}
            for entry in rule_set.free
        ],
        "rules": [rule_document(rule) for rule in sorted(rule_set.rules, key=lambda rule: rule.code)],
    }


def content_hash(rule: Rule) -> bytes:
    """SHA-256 (32 bytes) of everything the rule's results depend on; the note is not part of it.

    A rule gets a new version number when this changes.
    """
    content = rule_document(rule)
    content.pop("note", None)
    return hashlib.sha256(_canonical(content)).digest()


def rule_set_digest(rule_set: RuleSet) -> bytes:
    """SHA-256 (32 bytes) of the whole canonical document, notes included."""
    return hashlib.sha256(_canonical(rule_set_document(rule_set))).digest()


def _canonical(document: dict[str, Any]) -> bytes:
    """One byte string per value: keys sorted, no white space, UTF-8."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _tiers_document(tiers: Tiers | None) -> dict[str, Any] | None:
    """Tiers as a JSON value."""
    if tiers is None:
        return None
    steps = [{"from": step.from_amount, "rate": _rate(step.ppm), "fixed": step.fixed} for step in tiers.steps]
    return {"kind": tiers.kind.value, "by": tiers.by.value, "steps": steps}


def _reverse_document(terms: ReverseTerms) -> dict[str, Any]:
    """How the fee comes back, as a JSON value."""
    if terms.policy is not ReverseWord.FIXED:
        return {"policy": terms.policy.value}
    return {"policy": terms.policy.value, "kept": terms.kept, "kept_rate": _rate(terms.kept_ppm)}


def _rate(ppm: int) -> str:
    """A rate as documents write it: per cent, exact."""
    return format_rate(ppm)


assert WHOLE_PPM == 1_000_000, "documents, cards and explanations count in parts per million"
