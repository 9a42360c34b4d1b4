"""Requirements and reserves: pure. Amounts are minor units, rates parts per million."""

from collections.abc import Iterable
from dataclasses import dataclass

from zhanggui.money.rates import apply
from zhanggui.money.rounding import RoundingMode

LARGEST, ADDED = "largest", "added"


@dataclass(frozen=True)
class Requirement:
    """One row that holds on a day: whose it is (0 = everyone's), for which category (0 = all), how it counts."""

    party_id: int
    category_id: int
    rule: str
    amount_minor: int


def required_deposit(rows: Iterable[Requirement], *, party_id: int, categories: Iterable[int]) -> int:
    """This function will return what a party that sells in `categories` must have deposited: the largest of the
    rows that count so, and the sum of those that are added. A party's own row replaces everyone's of the
    same category and rule."""
    sold = {0, *categories}
    chosen: dict[tuple[int, str], Requirement] = {}
    for row in rows:
        if row.party_id not in (0, party_id) or row.category_id not in sold:
            continue
        key = (row.category_id, row.rule)
        if key not in chosen or row.party_id:
            chosen[key] = row
    largest = [row.amount_minor for row in chosen.values() if row.rule == LARGEST]
    added = [row.amount_minor for row in chosen.values() if row.rule == ADDED]
    return max(largest, default=0) + sum(added)


def reserve_of(payable_minor: int, net_minor: int, rate_ppm: int) -> int:
    """This function will return what is reserved of a confirmed statement: the rate of its net, rounded down, and
    never more than is still payable of it."""
    wanted = apply(max(0, net_minor), rate_ppm, RoundingMode.DOWN)
    return max(0, min(wanted, payable_minor))
