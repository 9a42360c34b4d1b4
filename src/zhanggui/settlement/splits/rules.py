"""Which order is split, and into what: pure functions over rules and figures. Amounts are minor units of the charge's
currency, ratios parts per million."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zhanggui.settlement.splits.errors import UnreadableSplitRules

MILLION = 1_000_000
RULES_MOST = 200
RECEIVERS = ("merchant", "supplier", "carrier")
CONDITIONS = (
    "channels", "merchants", "levels", "merchant_categories", "categories", "product_types", "scenarios",
    "relations",
)  # fmt: skip
RELATIONS = ("own", "drop_shipped")
"""What a line's goods are to its merchant: its own, or a supplier's, who ships them."""
_KEYS = {"code", "name", "mode", "receivers", "ratio_ppm", "from_minor", "below_minor", *CONDITIONS}

# The other side's account may be well again soon; all other reasons need people first.
WORTH_ANOTHER_TRY = frozenset({
    "ACCOUNT_ABNORMAL", "PAYER_ACCOUNT_ABNORMAL", "RECEIVER_RECEIPT_LIMIT", "ACQ.TRADE_SETTLE_ERROR",
    "ACQ.TXN_RESULT_ACCOUNT_BALANCE_NOT_ENOUGH",
})  # fmt: skip
TRIES_MOST = 5
BORNE = "BORNE_BY_SUB_MERCHANT"
"""Why a share came back that nobody asked for: the sub-merchant paid that of a refund."""
FEE_DIFFERS = "CHANNEL_FEE_DIFFERS"
"""Or the channel kept so much more than the agreed fee, by its bill."""


class Mode(StrEnum):
    """How whoever is owed something of an order gets it."""

    ON_RAIL = "on_rail"  # shares at the channel, the rest by statement
    OWN_ACCOUNT = "own_account"  # all of it by statement, from an account of ours


class Left(StrEnum):
    """Why nothing of an order is split."""

    NO_RULE = "no_rule"  # of old: before there was a last rule, whatever met none was left
    OWN_ACCOUNT = "own_account"
    NO_RECEIVER = "no_receiver"
    NOTHING_OWED = "nothing_owed"
    STATEMENT_CLOSED = "statement_closed"
    FROZEN = "frozen"
    NO_ROOM = "no_room"  # the ceiling is reached, or the channel takes no more requests


@dataclass(frozen=True)
class SplitRule:
    """One rule. A condition without values holds always; one with several holds for each of them."""

    code: str
    name: Mapping[str, str]
    mode: Mode
    receivers: tuple[str, ...]
    ratio_ppm: int
    conditions: Mapping[str, frozenset[str]]
    from_minor: int = 0
    below_minor: int | None = None

    def meets(self, facts: "OrderFacts") -> bool:
        """This method will say whether an order meets every condition; of its lines, each one has to."""
        if facts.paid_minor < self.from_minor:
            return False
        if self.below_minor is not None and facts.paid_minor >= self.below_minor:
            return False
        return all(
            not wanted or (facts.values[name] and facts.values[name] <= wanted)
            for name, wanted in self.conditions.items()
        )


DEFAULT = SplitRule(
    "default", {"zh": "默认规则", "en": "The default"}, Mode.ON_RAIL, RECEIVERS, MILLION,
    {name: frozenset() for name in CONDITIONS},
)  # fmt: skip
"""The last rule, which nobody publishes and every order meets: paying out of an account of ours what buyers paid for
others (二清) has to be somebody's rule."""


@dataclass(frozen=True)
class OrderFacts:
    """What rules ask of an order: what was paid for it, and the codes of it and its lines by condition."""

    paid_minor: int
    values: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Owed:
    """What an order owes one party: `owed_minor` less what was split before, `free_minor` what the party's open
    statement comes to."""

    party_id: int
    kind: str
    owed_minor: int
    free_minor: int


@dataclass(frozen=True)
class Share:
    """What one party gets at the channel, of what it is owed."""

    party_id: int
    amount_minor: int
    owed_minor: int


def read_rules(document: Any) -> list[SplitRule]:
    """This function will read a document of rules. Raises UnreadableSplitRules naming the rule and what it lacks."""
    if not isinstance(document, list) or len(document) > RULES_MOST:
        raise UnreadableSplitRules(
            f"the rules are a list of at most {RULES_MOST}, in the order in which they count"
        )
    if "\\x00" in repr(document):
        raise UnreadableSplitRules("the rules hold a null character, which no text has")
    rules = [_rule(place, one) for place, one in enumerate(document, start=1)]
    codes = [rule.code for rule in rules]
    for code in codes:
        if codes.count(code) > 1:
            raise UnreadableSplitRules(f"two rules have the code {code!r}; each needs its own")
    return rules


def _rule(place: int, one: Any) -> SplitRule:
    if not isinstance(one, dict) or not isinstance(one.get("code"), str) or not 1 <= len(one["code"]) <= 64:
        raise UnreadableSplitRules(f"rule {place} needs a code of 1 to 64 characters")
    code = one["code"]
    if strange := sorted(set(one) - _KEYS):
        raise UnreadableSplitRules(
            f"rule {code} says {', '.join(strange)}, which rules do not know", rule=code
        )
    if one.get("mode") not in list(Mode):
        raise UnreadableSplitRules(f"rule {code} needs a mode: {' or '.join(Mode)}", rule=code)
    mode = Mode(one["mode"])
    receivers = one.get("receivers", [])
    if not isinstance(receivers, list) or any(kind not in RECEIVERS for kind in receivers):
        raise UnreadableSplitRules(
            f"the receivers of rule {code} are some of {', '.join(RECEIVERS)}", rule=code
        )
    if mode is Mode.ON_RAIL and (not receivers or len(set(receivers)) < len(receivers)):
        raise UnreadableSplitRules(f"rule {code} needs its receivers, each once, in their order", rule=code)
    ratio = one.get("ratio_ppm", MILLION)
    low, high = one.get("from_minor", 0), one.get("below_minor")
    if type(ratio) is not int or not 0 < ratio <= MILLION:
        raise UnreadableSplitRules(f"ratio_ppm of rule {code} is a whole number from 1 to 1000000", rule=code)
    if type(low) is not int or low < 0 or (high is not None and (type(high) is not int or high <= low)):
        raise UnreadableSplitRules(
            f"from_minor and below_minor of rule {code} are whole numbers, the second above the first",
            rule=code,
        )
    conditions = {name: _codes(code, name, one.get(name, [])) for name in CONDITIONS}
    if conditions["relations"] - set(RELATIONS):
        raise UnreadableSplitRules(
            f"the relations of rule {code} are some of {', '.join(RELATIONS)}", rule=code
        )
    name = one.get("name") or {}
    if not isinstance(name, dict) or any(not isinstance(text, str) for text in name.values()):
        raise UnreadableSplitRules(
            f"the name of rule {code} is a text for zh, for en, or for both", rule=code
        )
    return SplitRule(code, name, mode, tuple(receivers), ratio, conditions, low, high)


def _codes(rule: str, name: str, values: Any) -> frozenset[str]:
    if not isinstance(values, list) or any(not isinstance(one, str) or not one for one in values):
        raise UnreadableSplitRules(
            f"{name} of rule {rule} is a list of codes; an empty one means all", rule=rule
        )
    return frozenset(values)


def rule_for(facts: OrderFacts, rules: Sequence[SplitRule]) -> SplitRule:
    """This function will return the first rule that an order meets; where it meets none, `DEFAULT`."""
    return next((rule for rule in rules if rule.meets(facts)), DEFAULT)


def ceiling(paid_minor: int, *ratios_ppm: int) -> int:
    """This function will return what shares of a payment may come to at most: the lowest ratio, rounded down."""
    return paid_minor * min(ratios_ppm) // MILLION


def share_out(owed: Collection[Owed], *, receivers: Sequence[str], room_minor: int, most: int) -> list[Share]:
    """This function will share `room_minor` out among the first `most` parties, kind by kind in the order of
    `receivers`: each gets what it is owed, as far as its statement and the room allow; the rest stays."""
    shares: list[Share] = []
    ordered = sorted(
        (one for one in owed if one.kind in receivers),
        key=lambda one: (receivers.index(one.kind), one.party_id),
    )
    for one in ordered:
        amount = min(one.owed_minor, one.free_minor, room_minor)
        if amount > 0 and len(shares) < most:
            shares.append(Share(one.party_id, amount, one.owed_minor))
            room_minor -= amount
    return shares


def our_part(*, held_minor: int, owed_minor: int, sent_minor: int, room_minor: int) -> int:
    """This function will return what we take of an order that lies with a sub-merchant: all but what it is owed and
    what goes to others, as far as the channel's room allows."""
    return max(0, min(held_minor - owed_minor - sent_minor, room_minor - sent_minor))


def taken_back(shares: Sequence[tuple[int, int]], *, needed_minor: int) -> dict[int, int]:
    """This function will say how much comes back of each of (share id, what is left of it), in their order, until
    `needed_minor` is together."""
    found: dict[int, int] = {}
    for number, left in shares:
        amount = min(left, needed_minor)
        if amount > 0:
            found[number] = amount
            needed_minor -= amount
    return found
