"""What-if: a rule set that is not published, rated over all sales that were billed, against what they were.

Writes nothing. The lines, their frozen times and running sales are the billed ones; only the rules differ.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.rows.transfer import read_columns
from zhanggui.settlement.billing.reading import StagedLines, read_lines
from zhanggui.settlement.billing.roles import MERCHANT
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.fees.queries import catalogue, compiled_draft
from zhanggui.settlement.fees.rules.batch import RatedBatch
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.fees.rules.parser import parse_rule_set

ORDERS_AT_ONCE = 50_000

BILLED = (
    "l.order_id between %s and %s and l.business_line_id = %s and exists"
    " (select from settlement_billed_line b where b.party_id = l.merchant_id and b.line_id = l.line_id"
    "  and b.event_id = 0)"
)


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
    merchants: list[Outcome] = field(default_factory=list)  # biggest loser first
    fees: list[Outcome] = field(default_factory=list)  # in catalogue order
    currency: str = ""

    @property
    def now(self) -> int:
        return sum(one.now for one in self.merchants)

    @property
    def then(self) -> int:
        return sum(one.then for one in self.merchants)


def what_if(
    document: Mapping[str, Any], business_line: BusinessLine,
    progress: Callable[[int], None] = lambda lines: None,
) -> WhatIf:  # fmt: skip
    """This function will rate every billed sale of the business line by the rule set `document` and compare
    it, per merchant and per fee, with what was billed. Raises InvalidRuleSet and the kernel's refusals."""
    rules = compiled_draft(parse_rule_set(document))
    result = WhatIf(currency=business_line.currency)
    merchants: dict[int, int] = defaultdict(int)
    fees: dict[int, int] = defaultdict(int)
    for lines, before in _billed_lines(business_line):
        _add(rate(lines.batch(before), rules), lines["merchant_id"], merchants, fees)
        result.lines += len(lines)
        progress(result.lines)
    merchants_now, fees_now = _as_billed(business_line)
    result.merchants = sorted(
        (Outcome(one, merchants_now.get(one, 0), merchants.get(one, 0))
         for one in merchants_now.keys() | merchants.keys()),
        key=lambda one: (one.difference, one.id),
    )  # fmt: skip
    order = {number: place for place, number in enumerate(catalogue().by_id)}
    result.fees = sorted(
        (Outcome(one, fees_now.get(one, 0), fees.get(one, 0)) for one in fees_now.keys() | fees.keys()),
        key=lambda one: order.get(one.id, one.id),
    )
    return result


def _billed_lines(line: BusinessLine) -> Iterator[tuple[StagedLines, Ints]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(min(order_id), 0), coalesce(max(order_id), -1) from settlement_staged_line"
            " where business_line_id = %s",
            [line.id],
        )
        first, latest = cursor.fetchone()
        for start in range(first, latest + 1, ORDERS_AT_ONCE):
            lines = read_lines(cursor, BILLED, [start, start + ORDERS_AT_ONCE - 1, line.id], line.currency)
            if len(lines):
                yield lines, _running_sales(cursor, lines)


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


def _add(rated: RatedBatch, merchant: Ints, merchants: dict[int, int], fees: dict[int, int]) -> None:
    """Add the merchants' side of rated lines to the sums, exactly (int64, no float weights)."""
    signs = np.array(
        [(slot.receiver == MERCHANT) - (slot.payer == MERCHANT) for slot in rated.slots], dtype=np.int64
    )
    signed = np.where(rated.present, rated.amounts, 0) * signs
    for slot, total in zip(rated.slots, signed.sum(axis=0).tolist(), strict=True):
        fees[slot.fee_type_id] += total
    ids, where = np.unique(merchant, return_inverse=True)
    sums = np.zeros(len(ids), dtype=np.int64)
    np.add.at(sums, where.reshape(-1), signed.sum(axis=1))
    for one, total in zip(ids.tolist(), sums.tolist(), strict=True):
        merchants[one] += total


def _as_billed(line: BusinessLine) -> tuple[dict[int, int], dict[int, int]]:
    """What merchants' sales came to, by merchant and by fee."""
    rows = rows_of(
        "select d.party_id, d.fee_type_id, sum(d.amount)::bigint as amount from settlement_detail d"
        " where d.kind = 1 and d.business_line_id = %s and d.party_id = d.merchant_id group by 1, 2",
        [line.id],
    )
    merchants: dict[int, int] = defaultdict(int)
    fees: dict[int, int] = defaultdict(int)
    for row in rows:
        merchants[row["party_id"]] += row["amount"]
        fees[row["fee_type_id"]] += row["amount"]
    return merchants, fees
