"""Reads over what-if comparisons: sums by merchant and by fee."""

from typing import Any

from zhanggui.rows.reading import rows_of

SUMS = """
select {key} as id, sum(now_minor)::bigint as now, sum(then_minor)::bigint as then,
  sum(then_minor - now_minor)::bigint as difference
from settlement_comparison_outcome where comparison_id = %s {where} group by 1
"""


def merchants_compared(comparison_id: int, most: int) -> list[dict[str, Any]]:
    """This function will return the merchants for whom the document changes something, the largest loss first;
    of more than `most`, the largest losses and the largest gains."""
    changed = SUMS.format(key="party_id", where="") + " having sum(then_minor - now_minor) <> 0"
    worst = f"(select * from ({changed}) a order by difference, id limit %s)"
    best = f"(select * from ({changed}) b order by difference desc, id desc limit %s)"
    return rows_of(
        f"select * from ({worst} union {best}) c order by difference, id",
        [comparison_id, (most + 1) // 2, comparison_id, most // 2],
    )


def fees_compared(comparison_id: int, party_id: int | None = None) -> list[dict[str, Any]]:
    """This function will return the sums by fee, of all merchants or of one."""
    where = "" if party_id is None else "and party_id = %s"
    return rows_of(
        SUMS.format(key="fee_type_id", where=where) + " order by 1",
        [comparison_id] if party_id is None else [comparison_id, party_id],
    )


def merchants_after(comparison_id: int, after: int, most: int) -> list[dict[str, Any]]:
    """This function will return the sums by merchant, in order of their ids, those above `after`."""
    return rows_of(
        SUMS.format(key="party_id", where="and party_id > %s") + " order by 1 limit %s",
        [comparison_id, after, most],
    )
