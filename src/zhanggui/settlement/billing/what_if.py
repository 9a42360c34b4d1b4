"""What-if: a rule set that is not published, rated over all sales that were billed, against what they were.

Writes nothing. The lines, their frozen times and running sales are the billed ones; only the rules differ.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.rows.reading import rows_of
from zhanggui.rows.transfer import read_columns
from zhanggui.settlement.billing.reading import StagedLines, read_lines
from zhanggui.settlement.billing.roles import MERCHANT
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.fees.queries.rule_sets import compiled_draft
from zhanggui.settlement.fees.rules.batch import RatedBatch
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.fees.rules.parser import parse_rule_set

ORDERS_AT_ONCE = 50_000

BILLED = (
    "l.order_id between %s and %s and l.business_line_id = %s and exists"
    " (select from settlement_billed_line b where b.party_id = l.merchant_id and b.line_id = l.line_id"
    "  and b.event_id = 0)"
)


type Sums = dict[tuple[int, int], int]  # (merchant, fee): minor units
type Progress = Callable[[int, int], None]
"""Called with the lines rated so far, and per cent of the whole."""


@dataclass(frozen=True)
class Part:
    """Some orders rated: their lines, what was billed and what would be, and per cent of the whole up to here."""

    lines: int
    now: Sums
    then: Sums
    share: int


type Hands = Callable[[Iterable[Callable[[], Part]]], Iterator[Part]]
"""Who rates the parts: gives their results in order."""


def in_turn(pieces: Iterable[Callable[[], Part]]) -> Iterator[Part]:
    """This function will rate the parts here, one after the other."""
    return (piece() for piece in pieces)


@dataclass(frozen=True)
class Outcome:
    """One merchant or one fee: minor units now and then, signed for merchants (positive is owed to them)."""

    id: int
    now: int
    then: int

    @property
    def difference(self) -> int:
        """What the change would give (or, negative, take)."""
        return self.then - self.now


@dataclass
class WhatIf:
    """Winners and losers of a rule change over all billed sales, merchants' side, minor units."""

    lines: int = 0
    currency: str = ""
    cells: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # (merchant, fee): now, then

    @property
    def merchants(self) -> list[Outcome]:
        """By merchant, the biggest loser first."""
        return sorted(self._summed(0), key=lambda one: (one.difference, one.id))

    @property
    def fees(self) -> list[Outcome]:
        """By fee, in catalogue order."""
        order = {number: place for place, number in enumerate(catalogue().by_id)}
        return sorted(self._summed(1), key=lambda one: order.get(one.id, one.id))

    @property
    def now(self) -> int:
        return sum(now for now, _ in self.cells.values())

    @property
    def then(self) -> int:
        return sum(then for _, then in self.cells.values())

    def _summed(self, by: int) -> list[Outcome]:
        sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for key, (now, then) in self.cells.items():
            sums[key[by]][0] += now
            sums[key[by]][1] += then
        return [Outcome(number, now, then) for number, (now, then) in sums.items()]


def what_if(
    document: Mapping[str, Any], business_line: BusinessLine,
    progress: Progress = lambda lines, share: None, hands: Hands = in_turn,
) -> WhatIf:  # fmt: skip
    """This function will rate every billed sale of the business line by the rule set `document` and compare
    it, per merchant and fee, with what was billed. Every line is compared with its own details, so that what is
    billed meanwhile is in neither side. Raises InvalidRuleSet and the kernel's refusals."""
    compiled_draft(parse_rule_set(document))  # what is wrong with it is said before anything is rated
    result = WhatIf(currency=business_line.currency)
    now: Sums = defaultdict(int)
    then: Sums = defaultdict(int)
    for part in hands(_pieces(document, business_line)):
        for sums, more in ((now, part.now), (then, part.then)):
            for key, amount in more.items():
                sums[key] += amount
        if part.lines:
            result.lines += part.lines
            progress(result.lines, part.share)
    result.cells = {key: (now.get(key, 0), then.get(key, 0)) for key in sorted(now.keys() | then.keys())}
    return result


def _pieces(document: Mapping[str, Any], line: BusinessLine) -> Iterator[Callable[[], Part]]:
    """Some orders each; what is given along can be sent to another machine, as compiled rules cannot."""
    [found] = rows_of(
        "select coalesce(min(order_id), 0) as first, coalesce(max(order_id), -1) as latest"
        " from settlement_staged_line where business_line_id = %s",
        [line.id],
    )
    first, latest = found["first"], found["latest"]
    for start in range(first, latest + 1, ORDERS_AT_ONCE):
        reached = min(start + ORDERS_AT_ONCE - 1, latest)
        share = 100 * (reached - first + 1) // (latest - first + 1)
        yield partial(_rated, document, line.id, line.currency, (start, start + ORDERS_AT_ONCE - 1), share)


def _rated(
    document: Mapping[str, Any], line_id: int, currency: str, orders: tuple[int, int], share: int
) -> Part:
    rules = compiled_draft(parse_rule_set(document))
    now: Sums = defaultdict(int)
    then: Sums = defaultdict(int)
    with connection.cursor() as cursor:
        lines = read_lines(cursor, BILLED, [*orders, line_id], currency)
        if len(lines):
            _add(rate(lines.batch(_running_sales(cursor, lines)), rules), lines["merchant_id"], then)
            _add_billed(lines, now)
    return Part(len(lines), dict(now), dict(then), share)


def _running_sales(cursor: Any, lines: StagedLines) -> Ints:
    found = read_columns(
        cursor,
        "select b.line_id, b.cumulative_before from settlement_billed_line b"
        " where b.party_id = any(%s) and b.line_id between %s and %s and b.event_id = 0"
        " and b.party_id = b.merchant_id and b.cumulative_before <> 0 order by 1",
        [("line_id", "int8"), ("before", "int8")],
        [np.unique(lines["merchant_id"]).tolist(), int(lines["line_id"].min()), int(lines["line_id"].max())],
    )
    before = np.zeros(len(lines), dtype=np.int64)
    if len(found["line_id"]):
        place = np.searchsorted(found["line_id"], lines["line_id"])
        place = np.minimum(place, len(found["line_id"]) - 1)
        hit = found["line_id"][place] == lines["line_id"]
        before[hit] = found["before"][place[hit]]
    return before


def _add(rated: RatedBatch, merchant: Ints, sums: Sums) -> None:
    """Add the merchants' side of rated lines to the sums, exactly (int64, no float weights)."""
    signs = np.array(
        [(slot.receiver == MERCHANT) - (slot.payer == MERCHANT) for slot in rated.slots], dtype=np.int64
    )
    signed = np.where(rated.present, rated.amounts, 0) * signs
    ids, where = np.unique(merchant, return_inverse=True)
    by_merchant = np.zeros((len(ids), len(rated.slots)), dtype=np.int64)
    np.add.at(by_merchant, where.reshape(-1), signed)
    for place, column in zip(*(one.tolist() for one in np.nonzero(by_merchant)), strict=True):
        sums[int(ids[place]), rated.slots[column].fee_type_id] += int(by_merchant[place, column])


def _add_billed(lines: StagedLines, sums: Sums) -> None:
    """Add what these very lines came to when they were billed."""
    for row in rows_of(
        "select d.party_id, d.fee_type_id, sum(d.amount)::bigint as amount"
        " from unnest(%s::bigint[], %s::bigint[]) as k(party_id, line_id)"
        " join settlement_detail d on d.party_id = k.party_id and d.line_id = k.line_id and d.event_id = 0"
        " group by 1, 2",
        [lines["merchant_id"].tolist(), lines["line_id"].tolist()],
    ):
        sums[row["party_id"], row["fee_type_id"]] += row["amount"]
