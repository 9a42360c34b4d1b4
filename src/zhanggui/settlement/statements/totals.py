"""What the lines of statements add up to, in SQL over sets of statements."""

from typing import Any

# A sale's details of these fee groups are the goods side; its other details are fees.
GOODS_GROUPS = ("goods", "discount", "subsidy")
WIDTH = 32
"""So many positions of a line are added up each as a column of its own, a tenth of the work of unnesting them."""


def total_sql(width: int = WIDTH) -> str:
    """This function will return what all details of a line `b` come to, a number."""
    places = " + ".join(f"coalesce(b.amounts[{place}], 0)" for place in range(1, width + 1))
    return (
        f"({places} + case when cardinality(b.amounts) > {width}"
        f" then (select sum(a) from unnest(b.amounts[{width + 1}:]) a)::bigint else 0 end)"
    )


# By its number, which one sequence gave: asked for its party too, the planner takes it for a hundredth of the lines.
OPEN_ONLY = "join settlement_statement o on o.id = b.statement_id and o.state = 'open'"
# Not by `=`: a statement's lines are its party's, which the planner does not see; it would expect one line in three
# thousand of those there are and compare each with every pattern.
_CHOSEN = (
    "join unnest(%(parties)s::bigint[], %(statements)s::bigint[]) as s(party_id, statement_id)"
    " on s.party_id = b.party_id and s.statement_id >= b.statement_id and s.statement_id <= b.statement_id"
)
_NAMES = {
    "lines": "line_count", "details": "detail_count", "goods": "goods_minor", "fees": "fees_minor",
    "refunds": "refunds_minor", "other": "other_minor", "net": "net_minor",
}  # fmt: skip
_DIGEST = ", sha256(string_agg(leaf, ''::bytea order by line_id, event_id)) as lines_digest"


def by_statement_sql(lines: str, width: int = WIDTH, *, chosen: str = OPEN_ONLY, digest: bool = False) -> str:
    """This function will return the figures of statements, open ones or those that `chosen` joins, that some
    lines `b` come to; with the digest of their leaves, as statements hash them."""
    goods = " + ".join(f"coalesce(b.amounts[{place}] * p.goods[{place}], 0)" for place in range(1, width + 1))
    rest = f"b.amounts[{width + 1}:]"
    # `offset 0`: else each of the sums would work total and goods out anew.
    return f"""
select party_id, statement_id, count(*)::bigint as lines, sum(details)::bigint as details,
  coalesce(sum(goods) filter (where kind = 1), 0)::bigint as goods,
  coalesce(sum(total - goods) filter (where kind = 1), 0)::bigint as fees,
  coalesce(sum(total) filter (where kind in (2, 10)), 0)::bigint as refunds,
  coalesce(sum(total) filter (where kind not in (1, 2, 10)), 0)::bigint as other,
  sum(total)::bigint as net{_DIGEST if digest else ""}
from (
  select b.party_id, b.statement_id, b.line_id, b.event_id, b.leaf, b.kind, cardinality(b.amounts) as details,
    {total_sql(width)} as total,
    {goods} + case when cardinality(b.amounts) > {width}
      then (select sum(a * g) from unnest({rest}, p.goods[{width + 1}:]) x(a, g))::bigint else 0 end as goods
  from settlement_billed_line b {chosen}
  join (
    select p.id, array_agg((f.id is not null)::int order by d.position) as goods
    from settlement_detail_pattern p cross join lateral unnest(p.fee_types) with ordinality as d(fee, position)
    left join settlement_fee_type f on f.id = d.fee and f."group" = any(%(goods_groups)s)
    group by p.id) p on p.id = b.pattern_id
  where {lines} offset 0) each
group by party_id, statement_id
"""


def totals_of(
    cursor: Any, *, parties: list[int], statements: list[int], with_digest: bool
) -> dict[int, dict[str, Any]]:
    """This function will return the totals of each statement that has lines, by statement id."""
    cursor.execute(
        by_statement_sql("true", chosen=_CHOSEN, digest=with_digest),
        {"parties": parties, "statements": statements, "goods_groups": list(GOODS_GROUPS)},
    )
    names = [_NAMES.get(column[0], column[0]) for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["statement_id"]: row for row in rows}
