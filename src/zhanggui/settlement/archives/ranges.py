"""Ranges of line numbers: the tables that billed and staged lines really stand in, as PostgreSQL's catalogue says.

A line's number is drawn from one sequence when it is staged, or when a document of its own is billed, and is part of
every key. So numbers grow with time, a line and what is given back of it stand together, and a table in ranges of
numbers keeps the keys it had.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.db import connection
from psycopg import sql

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.archives.models import LineRange
from zhanggui.settlement.archives.rules import NUMBERS_OF_A_RANGE

TABLES_IN_RANGES = ("settlement_billed_line", "settlement_staged_line")
LINE_NUMBERS = "settlement_line_id_seq"
FINISHED = "line_range_finished"
"""The check on a table of a finished range that no new or changed row passes."""
# What the statement triggers and statistics of a table say of itself, its ranges have to be told, too.
_GUARDED = {
    "settlement_billed_line": """
create trigger billed_line_append_only before update or delete on {table} for each statement
  execute function refuse_change();
alter table {table} alter amounts set statistics 0, alter own_bases set statistics 0, alter leaf set statistics 0;
""",
    "settlement_staged_line": "",
}

# Every range of every table, and whether it is finished, as a list shows it; rows are the planner's estimate.
LISTED = f"""
(select c.relname::text as name, p.relname::text as table_name, r.first as first_line, r.ends as end_line,
  greatest(c.reltuples, 0)::bigint as rows, pg_total_relation_size(c.oid) as size_bytes, f.finished_at, f.asked_by,
  f.actor, case when f.first_line is not null then 'finished' when r.ends is null then 'open' else 'closed' end
  as state
from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
cross join lateral pg_get_expr(c.relpartbound, c.oid) as b(text)
cross join lateral (select coalesce(substring(b.text from 'FROM \\(''(\\d+)''\\)')::bigint, 0) as first,
  substring(b.text from 'TO \\(''(\\d+)''\\)')::bigint as ends) r
left join settlement_finished_range f on f.first_line = r.first
where i.inhparent in ({", ".join(f"'{table}'::regclass" for table in TABLES_IN_RANGES)}))
"""


@dataclass(frozen=True)
class Range:
    """One range of a table: `name` is the table that holds it, numbers from `first` on and below `end` (None: of
    any size)."""

    name: str
    first: int
    end: int | None
    rows: int
    size_bytes: int

    @property
    def lowest(self) -> sql.Composable:
        """Where it begins, as PostgreSQL is told."""
        return sql.Literal(self.first) if self.first else sql.SQL("minvalue")


def ranges_of(table: str) -> list[Range]:
    """This function will return the ranges of a table in their order; rows are the planner's estimate, bytes those
    of the table and its indexes."""
    rows = rows_of(
        "select c.relname::text as name, pg_total_relation_size(c.oid) as size_bytes,"
        " greatest(c.reltuples, 0)::bigint as rows,"
        " coalesce(substring(b.text from 'FROM \\(''(\\d+)''\\)')::bigint, 0) as first,"
        " substring(b.text from 'TO \\(''(\\d+)''\\)')::bigint as end"
        " from pg_inherits i join pg_class c on c.oid = i.inhrelid"
        " cross join lateral pg_get_expr(c.relpartbound, c.oid) as b(text)"
        " where i.inhparent = %s::regclass order by first",
        [table],
    )
    return [Range(**row) for row in rows]


def listed_ranges() -> list[dict[str, Any]]:
    """This function will return the ranges of every table, the oldest first, as LISTED has them."""
    return rows_of(f"select * from {LISTED} r order by table_name, first_line", [])


def range_name(table: str, first: int) -> str:
    """This function will return the name of the table that holds a range."""
    return f"{table}_r{first // NUMBERS_OF_A_RANGE}"


def latest_number() -> int:
    """This function will return the latest line number that was drawn."""
    with connection.cursor() as cursor:
        cursor.execute(f"select last_value from {LINE_NUMBERS}")
        return int(cursor.fetchone()[0])


def range_due(*, lines: int, at: datetime, zone: tzinfo) -> bool:
    """This function will say whether the next range is to be opened: the present one has `lines` numbers or more, and
    another month began since it was opened; or one was begun, and a table is behind."""
    latest = LineRange.objects.order_by("-first_line").first()
    first = latest.first_line if latest else 0
    if len({ranges_of(table)[-1].first for table in TABLES_IN_RANGES} | {first}) > 1:
        return True
    turned = not latest or _month(latest.opened_at, zone) < _month(at, zone)
    return turned and latest_number() - first >= lines


def _month(at: datetime, zone: tzinfo) -> tuple[int, int]:
    local = at.astimezone(zone)
    return local.year, local.month


def refresh_whole() -> None:
    """This function will refresh what the planner knows of tables in ranges as wholes, where they grew by a fifth:
    autovacuum looks at ranges only."""
    for table in TABLES_IN_RANGES:
        known = rows_of("select reltuples from pg_class where oid = %s::regclass", [table])[0]["reltuples"]
        if sum(one.rows for one in ranges_of(table)) > 1.2 * max(known, 0):
            with connection.cursor() as cursor:
                cursor.execute(f"analyze {table}")


def guards_of(table: str, name: str) -> sql.Composable:
    """This function will return what makes a new range of `table` as safe as the others, for whoever names it."""
    guards = "alter table {table} enable row level security;" + _GUARDED[table]
    return sql.SQL(guards).format(table=sql.Identifier(name))
