"""What goes into an archive: the lines of its statements, and every row that a replay or an explanation of them
reads beside them in tables that grow with orders. Small tables (rules, terms, fees, statements) stay where they are,
and so do the ledger, which has to be kept longer, and the documents behind charges, deposits, holds and splits."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhanggui.rows.transfer import array_text

type StatementKey = tuple[int, int]  # party, id

LINES, CONTEXT = "lines", "context"
# A line's file carries what its pattern says, so that it proves its leaf alone.
PATTERN = ("fee_types", "rules", "base_of", "pattern_digest")
_LINE = "b.*, p.fee_types, p.rules, p.base_of, p.digest as pattern_digest"
_PATTERN = "left join settlement_detail_pattern p on p.id = b.pattern_id"

# What is being archived, in tables of this transaction: statements, their orders, and the lines of those orders as
# each party may have them.
CHOSEN = """
create temp table archiving_statement on commit drop as
select * from unnest(%s::bigint[], %s::bigint[]) as s(party_id, statement_id);
"""
PREPARED = """
create temp table archiving_line on commit drop as
select b.party_id, b.line_id, b.merchant_id, b.order_id, b.kind from settlement_billed_line b
join archiving_statement s on s.party_id = b.party_id and s.statement_id = b.statement_id;
create temp table archiving_order on commit drop as
select distinct merchant_id, order_id from archiving_line where kind in (1, 2, 3, 10);
analyze archiving_order;
create temp table archiving_key on commit drop as
with staged as (
  select l.merchant_id, l.supplier_id, l.carrier_id, l.line_id from archiving_order o
  join settlement_staged_line l on l.order_id = o.order_id and l.merchant_id = o.merchant_id),
named as (
  select p.id from parties_party p where p.code in (
    select replace(end_, 'other:', '') from settlement_rule_version v
    cross join lateral (values (v.content->>'payer'), (v.content->>'receiver')) as e(end_)
    where end_ like 'other:%'))
select merchant_id as party_id, line_id from staged union select supplier_id, line_id from staged
union select carrier_id, line_id from staged union select n.id, line_id from staged cross join named n
union select party_id, line_id from archiving_line;
analyze archiving_key;
analyze archiving_line;
analyze archiving_statement;
"""


@dataclass(frozen=True)
class Table:
    """One table of an archive: the name of its files, the database's table it stands for, and its rows."""

    name: str
    stands_for: str
    query: str


TABLES = (
    Table(LINES, "settlement_billed_line",
          f"select {_LINE} from settlement_billed_line b join archiving_statement s on s.party_id = b.party_id"
          f" and s.statement_id = b.statement_id {_PATTERN}"
          " order by b.party_id, b.statement_id, b.line_id, b.event_id"),
    Table(CONTEXT, "settlement_billed_line",
          f"select {_LINE} from archiving_key k join settlement_billed_line b on b.party_id = k.party_id"
          f" and b.line_id = k.line_id {_PATTERN} where not exists (select from archiving_statement s"
          "  where s.party_id = b.party_id and s.statement_id = b.statement_id)"
          " order by b.party_id, b.line_id, b.event_id"),
    Table("order_lines", "settlement_staged_line",
          "select l.* from archiving_order o join settlement_staged_line l on l.order_id = o.order_id"
          " and l.merchant_id = o.merchant_id order by l.order_id, l.merchant_id, l.line_id"),
    Table("orders", "settlement_staged_order",
          "select o.* from (select distinct order_id from archiving_order) a"
          " join settlement_staged_order o on o.id = a.order_id order by o.id"),
    Table("refunds", "settlement_staged_refund",
          "select r.* from (select distinct line_id from archiving_line where kind in (2, 10)) a"
          " join settlement_staged_refund r on r.line_id = a.line_id order by r.id"),
)  # fmt: skip


def prepare(cursor: object, keys: Sequence[StatementKey]) -> None:
    """This function will say, in tables of the caller's transaction, what TABLES are to select."""
    cursor.execute(  # type: ignore[attr-defined]
        CHOSEN, [array_text(party for party, _ in keys), array_text(number for _, number in keys)]
    )
    cursor.execute(PREPARED)  # type: ignore[attr-defined]
