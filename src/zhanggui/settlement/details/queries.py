"""Reads over billing details. A detail's identity is (party, line, event, position)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.details.errors import LineFinished, UnknownDetail

# Where the view `settlement_detail` and lists find the base of a detail `d` of a line `b`.
BASE_SQL = "case when d.base_place = 0 then b.whole else b.own_bases[d.base_place] end"
# Billed lines `b` with their details as arrays: fee_types, rules, bases and amounts, by position.
WHOLE_LINES = f"""
(select b.*, p.fee_types, p.rules, (
   select array_agg({BASE_SQL} order by d.position)
   from unnest(p.base_of) with ordinality as d(base_place, position)) as bases
 from settlement_billed_line b left join settlement_detail_pattern p on p.id = b.pattern_id)"""
IDENTITY = re.compile(r"^(\d+)-(\d+)-(\d+)-(\d+)$")


@dataclass(frozen=True)
class DetailKey:
    """The stable identity of a detail, written `party-line-event-position` (position from 1)."""

    party_id: int
    line_id: int
    event_id: int
    position: int

    @classmethod
    def parse(cls, text: str) -> "DetailKey":
        """This method will read an identity. Raises UnknownDetail for anything of another form."""
        found = IDENTITY.match(text.strip())
        if not found or any(len(part) > 18 for part in found.groups()):
            raise UnknownDetail(
                f"{text!r} is no detail number; it looks like 12-3456-0-1 (party-line-event-position)"
            )
        return cls(*(int(part) for part in found.groups()))

    def __str__(self) -> str:
        return f"{self.party_id}-{self.line_id}-{self.event_id}-{self.position}"


def detail(key: DetailKey) -> dict[str, Any]:
    """This function will return one detail as a row of `settlement_detail`. Raises UnknownDetail."""
    found = rows_of(
        "select * from settlement_detail where party_id = %s and line_id = %s and event_id = %s"
        " and position = %s",
        [key.party_id, key.line_id, key.event_id, key.position],
    )
    if not found:
        raise UnknownDetail(f"there is no detail {key}; `zhanggui export details` lists them")
    return found[0]


def finished_below() -> int:
    """This function will return the number below which lines are never written again; 0 while no range of lines is
    finished."""
    return int(
        rows_of("select coalesce(max(end_line), 0) as number from settlement_finished_range")[0]["number"]
    )


def refuse_finished(line_id: int) -> None:
    """This function will raise LineFinished for a line that is never written again."""
    if line_id < finished_below():
        raise LineFinished(
            f"line {line_id} is older than its records have to be kept, and finished; settle it by an adjustment",
            line=line_id,
        )


def unit_rules() -> frozenset[int]:
    """This function will return the rule versions whose base is a number of units."""
    rows = rows_of(
        "select id from settlement_rule_version where content->'formula'->>'base' = 'quantity'", []
    )
    return frozenset(row["id"] for row in rows)


def base_is_units(kind: int, rule_id: int, rules: frozenset[int]) -> bool:
    """This function will say whether a detail's base counts units, by `unit_rules`: that of a sale does where its
    rule's base is the quantity; the base of what came after (a reversal, a correction) is the original amount."""
    return kind == EntrySource.SALE and rule_id in rules


def billed_line(key: DetailKey) -> dict[str, Any]:
    """This function will return the whole billed line of a detail, arrays and all. Raises UnknownDetail."""
    found = rows_of(
        f"select * from {WHOLE_LINES} b where party_id = %s and line_id = %s and event_id = %s",
        [key.party_id, key.line_id, key.event_id],
    )
    if not found:
        raise UnknownDetail(f"there is no billed line {key.party_id}-{key.line_id}-{key.event_id}")
    return found[0]


def details_of_order(order_id: int) -> list[dict[str, Any]]:
    """This function will return every detail of an order, over all parties and events, in a fixed order."""
    return rows_of(
        "select d.* from settlement_detail d where d.order_id = %s and d.merchant_id in"
        " (select merchant_id from settlement_staged_line where order_id = %s) and d.kind in (1, 2, 3)"
        " order by d.party_id, d.line_id, d.event_id, d.position",
        [order_id, order_id],
    )


def events_of_line(line_id: int, merchant_id: int) -> list[dict[str, Any]]:
    """This function will return the billed lines of one order line, sale first, then what followed."""
    return rows_of(
        f"select * from {WHOLE_LINES} b where line_id = %s and merchant_id = %s order by party_id, event_id",
        [line_id, merchant_id],
    )


GRANULARITIES = {
    "order": ("d.order_id",),
    "spu": ("d.order_id", "l.spu_id"),
    "sku": ("d.order_id", "l.sku_id"),
    "sku_type": ("d.order_id", "l.sku_type_id"),
    "fee": ("d.order_id", "d.line_id", "d.fee_type_id"),
}


def amounts_by(
    granularity: str,
    *,
    statement_id: int,
    party_id: int,
    limit: int = 500,
    after: Sequence[int] | None = None,
) -> list[dict[str, Any]]:
    """This function will sum a statement's details at one of the five granularities (F8 to F12), in the order of
    their numbers, from behind the numbers `after`; 0 stands for what a document has none of."""
    columns = [f"coalesce({column}, 0)" for column in GRANULARITIES[granularity]]
    names = [column.split(".")[1] for column in GRANULARITIES[granularity]]
    selected = ", ".join(f"{column} as {name}" for column, name in zip(columns, names, strict=True))
    behind = f" and ({', '.join(columns)}) > ({', '.join(['%s'] * len(columns))})" if after else ""
    return rows_of(
        f"select {selected}, count(*) as details, sum(d.amount)::bigint as amount from settlement_detail d"
        " left join settlement_staged_line l on l.merchant_id = d.merchant_id and l.line_id = d.line_id"
        f" where d.party_id = %s and d.statement_id = %s{behind}"
        f" group by {', '.join(columns)} order by {', '.join(columns)} limit %s",
        [party_id, statement_id, *(after or ()), limit],
    )
