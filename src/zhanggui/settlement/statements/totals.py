"""What the lines of statements add up to, in SQL over sets of statements."""

from typing import Any

# A sale's details of these fee groups are the goods side; its other details are fees.
GOODS_GROUPS = ("goods", "discount", "subsidy")

TOTALS_SQL = """
select b.party_id, b.statement_id, count(*)::bigint as line_count,
       sum(cardinality(b.amounts))::bigint as detail_count,
       coalesce(sum(parts.goods) filter (where b.kind = 1), 0)::bigint as goods_minor,
       coalesce(sum(parts.total - parts.goods) filter (where b.kind = 1), 0)::bigint as fees_minor,
       coalesce(sum(parts.total) filter (where b.kind in (2, 10)), 0)::bigint as refunds_minor,
       coalesce(sum(parts.total) filter (where b.kind not in (1, 2, 10)), 0)::bigint as other_minor,
       sum(parts.total)::bigint as net_minor{digest}
from settlement_billed_line b
join unnest(%(parties)s::bigint[], %(statements)s::bigint[]) as s(party_id, statement_id)
  on s.party_id = b.party_id and s.statement_id = b.statement_id
join settlement_detail_pattern p on p.id = b.pattern_id
cross join lateral (
  select coalesce(sum(a) filter (where f = any(%(goods)s)), 0) as goods, sum(a) as total
  from unnest(p.fee_types, b.amounts) as d(f, a)) parts
group by b.party_id, b.statement_id
"""
DIGEST_SQL = """,
       sha256(string_agg(b.leaf, ''::bytea order by b.line_id, b.event_id)) as lines_digest"""


def totals_of(
    cursor: Any, *, parties: list[int], statements: list[int], with_digest: bool
) -> dict[int, dict[str, Any]]:
    """This function will return the totals of each statement that has lines, by statement id."""
    cursor.execute('select id from settlement_fee_type where "group" = any(%s)', [list(GOODS_GROUPS)])
    goods = [row[0] for row in cursor.fetchall()]
    cursor.execute(
        TOTALS_SQL.format(digest=DIGEST_SQL if with_digest else ""),
        {"parties": parties, "statements": statements, "goods": goods},
    )
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["statement_id"]: row for row in rows}
