"""An opened archive: inside the block, the tables that an archive stands for are those of its files.

They are temporary tables of the same names, which PostgreSQL finds before the database's own. So whoever explains
or replays reads archived rows by the queries it always uses, and cannot come to other words. Nothing that is done
inside the block stays.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import connection, transaction

from zhanggui.settlement.archives.errors import ArchiveDamaged
from zhanggui.settlement.archives.files import changed_files
from zhanggui.settlement.archives.tables import CONTEXT, LINES, PATTERN, TABLES, StatementKey

ROWS_AT_ONCE = 10_000
_BILLED, _PATTERNS, _VIEW = "settlement_billed_line", "settlement_detail_pattern", "settlement_detail"
_KEYS = {
    _BILLED: "party_id, line_id, event_id", _PATTERNS: "id", "settlement_staged_line": "line_id, merchant_id",
    "settlement_staged_order": "id", "settlement_staged_refund": "line_id",
}  # fmt: skip
# What happened to the lines after they were archived is in the database.
_LATER = """
insert into pg_temp.settlement_billed_line
select b.* from (select distinct party_id, line_id from pg_temp.settlement_billed_line
  where party_id = %(party)s and statement_id = %(statement)s) k
join {schema}.settlement_billed_line b on b.party_id = k.party_id and b.line_id = k.line_id
where not (b.party_id = %(party)s and b.statement_id = %(statement)s) and not exists (
  select from pg_temp.settlement_billed_line t where t.party_id = b.party_id and t.line_id = b.line_id
  and t.event_id = b.event_id);
insert into pg_temp.settlement_detail_pattern
select p.* from {schema}.settlement_detail_pattern p
where p.id in (select pattern_id from pg_temp.settlement_billed_line)
and not exists (select from pg_temp.settlement_detail_pattern t where t.id = p.id);
"""


@contextmanager
def opened(folder: Path, chunk: dict[str, Any], *, only: StatementKey | None = None) -> Iterator[None]:
    """This function will let the block read the rows of one chunk, or of one statement of it together with what
    came to its lines later. Raises ArchiveDamaged."""
    for fault in changed_files(folder, chunk["files"]):
        raise ArchiveDamaged(f"{fault}; put the file back from a copy")
    found = _read(folder, chunk, only)
    with transaction.atomic():
        with connection.cursor() as cursor:
            schema = _stand_in(cursor)
            for table in TABLES:
                fill(cursor, table.stands_for, found[table.name].drop_columns(_pattern_of(found[table.name])))
            _fill_patterns(cursor, [found[LINES], found[CONTEXT]])
            for name, key in _KEYS.items():
                cursor.execute(f"create index on pg_temp.{name} ({key})")
                cursor.execute(f"analyze pg_temp.{name}")
            if only:
                cursor.execute(_LATER.format(schema=schema), {"party": only[0], "statement": only[1]})
        yield
        transaction.set_rollback(True)


def _read(folder: Path, chunk: dict[str, Any], only: StatementKey | None) -> dict[str, Any]:
    """The tables of a chunk by name, or what of them belongs to one statement."""
    paths = {entry["table"]: folder / entry["name"] for entry in chunk["files"]}
    try:
        if only is None:
            return {name: pq.read_table(path) for name, path in paths.items()}
        party, statement = only
        lines = pq.read_table(
            paths[LINES], filters=(pc.field("party_id") == party) & (pc.field("statement_id") == statement)
        )
        staged = pq.read_table(paths["order_lines"], filters=_among("order_id", lines["order_id"]))
        numbers = pa.concat_arrays(
            [*lines["line_id"].chunks, *staged["line_id"].chunks, pa.array([], pa.int64())]
        )
        return {
            LINES: lines,
            # other statements of this chunk have events of these lines too
            CONTEXT: pa.concat_tables([
                pq.read_table(paths[CONTEXT], filters=_among("line_id", numbers)),
                pq.read_table(paths[LINES], filters=_among("line_id", numbers) & ~(
                    (pc.field("party_id") == party) & (pc.field("statement_id") == statement))),
            ]),
            "order_lines": staged,
            "orders": pq.read_table(paths["orders"], filters=_among("id", lines["order_id"])),
            "refunds": pq.read_table(paths["refunds"], filters=_among("line_id", lines["line_id"])),
        }  # fmt: skip
    except (OSError, KeyError, pa.ArrowException) as failed:
        raise ArchiveDamaged(
            f"{folder} cannot be read ({failed}); put its files back from a copy"
        ) from failed


def _among(name: str, values: Any) -> Any:
    return pc.field(name).isin(pc.unique(values))


def _pattern_of(table: Any) -> list[str]:
    return [name for name in PATTERN if name in table.column_names]


def _stand_in(cursor: Any) -> str:
    """Make the empty tables and the view over them, and return the schema of the database's own."""
    cursor.execute(
        "select relnamespace::regnamespace::text from pg_class where oid = %s::regclass", [_BILLED]
    )
    schema = str(cursor.fetchone()[0])
    cursor.execute("select pg_get_viewdef(%s::regclass)", [_VIEW])
    definition = cursor.fetchone()[0]
    for name in _KEYS:
        cursor.execute(f"create temp table {name} (like {schema}.{name} including defaults) on commit drop")
    # its text names tables without a schema, so here it reads the temporary ones
    cursor.execute(f"create temp view {_VIEW} as {definition}")
    return schema


def _fill_patterns(cursor: Any, tables: Sequence[Any]) -> None:
    columns = ("pattern_id", *PATTERN)
    known = {
        row["pattern_id"]: tuple(row[name] for name in columns)
        for table in tables
        for batch in table.select(columns).to_batches(ROWS_AT_ONCE)
        for row in batch.to_pylist()
    }
    names = "id, fee_types, rules, base_of, digest"
    with cursor.copy(f"copy pg_temp.{_PATTERNS} ({names}) from stdin") as copy:
        for row in known.values():
            copy.write_row(row)


def fill(cursor: Any, name: str, table: Any) -> None:
    """This function will put rows of a file into a temporary table."""
    with cursor.copy(f"copy pg_temp.{name} ({', '.join(table.column_names)}) from stdin") as copy:
        for batch in table.to_batches(ROWS_AT_ONCE):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                copy.write_row(row)
