"""Cumulative sales: what a merchant sold earlier in the same calendar month, for tiers by period sales.

The measure is the merchant's goods_paid billed in the calendar month (business time zone) of the line's
billable day, per business line; refunds do not lower it. Lines count in the order in which they are billed.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from zhanggui.rows.grouping import group_rows
from zhanggui.rows.times import day_number, day_of, local_days
from zhanggui.settlement.billing.reading import StagedLines
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.fees.rules.document import RuleSet, TierBy

CUMULATIVE_LOCK = 0x5A47_0011


def uses_cumulative(rule_set: RuleSet) -> bool:
    """This function will say whether any rule has tiers by cumulative sales."""
    return any(
        rule.formula.tiers is not None and rule.formula.tiers.by is TierBy.CUMULATIVE_SALES
        for rule in rule_set.rules
    )


def cumulative_before(cursor: Any, lines: StagedLines, zone: Any) -> Ints:
    """This function will return the merchant's sales of the month before each line, minor units.

    Takes a lock to the end of the transaction: the running sum of a month has one writer at a time.
    """
    cursor.execute("select pg_advisory_xact_lock(%s)", [CUMULATIVE_LOCK])
    return running_sales(lines, zone, lambda months: _sold_before(cursor, months, zone))


def running_sales(lines: StagedLines, zone: Any, sold_before: Callable[[Ints], Ints]) -> Ints:
    """This function will return the merchant's sales of the month before each line (minor units), the lines taken in
    the order in which they are billed. `sold_before` says what was sold before all of them, of each row [k, 3] of
    merchant, business line and month."""
    columns = (lines["merchant_id"], lines["business_line_id"], months_of(lines, zone))
    groups = group_rows(*columns)
    group = groups.group
    unique = np.stack([column[groups.first] for column in columns], axis=1)
    sold = sold_before(unique)
    order = np.lexsort((lines["line_id"], lines["billable_us"], group))
    paid, ordered_group = lines.goods_paid[order], group[order]
    running = np.cumsum(paid) - paid
    starts = np.searchsorted(ordered_group, np.arange(len(unique)))
    result = np.empty(len(lines), dtype=np.int64)
    result[order] = running - running[starts][ordered_group] + sold[ordered_group]
    return result


def months_of(lines: StagedLines, zone: Any) -> Ints:
    """This function will return the first day (days since 1970) of the month in which each line is billable."""
    known, where = np.unique(local_days(lines["billable_us"], zone), return_inverse=True)
    months = np.array([day_number(day_of(day).replace(day=1)) for day in known.tolist()], dtype=np.int64)
    return months[where.reshape(-1)]


def _sold_before(cursor: Any, unique: Ints, zone: Any) -> Ints:
    cursor.execute(
        "select k.place, coalesce(sum(b.whole), 0)::bigint"
        " from unnest(%s::bigint[], %s::int[], %s::date[]) with ordinality"
        "  as k(party_id, business_line_id, month, place)"
        " join settlement_billed_line b on b.party_id = k.party_id and b.merchant_id = k.party_id"
        "  and b.kind = 1 and b.business_line_id = k.business_line_id"
        "  and b.billable_at >= k.month::timestamp at time zone %s"
        "  and b.billable_at < (k.month + interval '1 month') at time zone %s"
        " group by k.place",
        [
            unique[:, 0].tolist(), unique[:, 1].tolist(),
            [day_of(number) for number in unique[:, 2].tolist()],
            str(zone), str(zone),
        ],
    )  # fmt: skip
    sold = np.zeros(len(unique), dtype=np.int64)
    for place, amount in cursor.fetchall():
        sold[place - 1] = amount
    return sold
