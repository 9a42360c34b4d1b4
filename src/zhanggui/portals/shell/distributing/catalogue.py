"""What PostgreSQL's own catalogue says about our tables."""

import re
from collections import defaultdict
from typing import Any

from django.db import connection
from psycopg import sql

from zhanggui.portals.shell.distributing.fitness import ForeignKey, Table
from zhanggui.rows.reading import rows_of

# A range of a partitioned table goes where its table goes.
_OURS = """join pg_class c on c.oid = {} and c.relkind in ('r', 'p') and not c.relispartition
 and c.relnamespace = current_schema()::regnamespace"""
_COLUMNS = f"""
select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type, a.attidentity <> '' as identity
from pg_attribute a {_OURS.format("a.attrelid")} where a.attnum > 0 and not a.attisdropped order by 1, a.attnum"""
_UNIQUE = f"""
select c.relname as table, i.indexrelid::regclass::text as name,
 array(select a.attname::text from unnest(i.indkey[0:i.indnkeyatts - 1]) as k(number)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number) as columns
from pg_index i {_OURS.format("i.indrelid")} where i.indisunique or i.indisexclusion"""
_FOREIGN = f"""
select c.relname as table, k.confrelid::regclass::text as to_table,
 array(select a.attname::text from unnest(k.conkey) with ordinality as n(number, place)
  join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n.number order by n.place) as columns,
 array(select a.attname::text from unnest(k.confkey) with ordinality as n(number, place)
  join pg_attribute a on a.attrelid = k.confrelid and a.attnum = n.number order by n.place) as to_columns
from pg_constraint k {_OURS.format("k.conrelid")} where k.contype = 'f'"""
_POLICIES = f"""
select c.relname as table, p.polname as name from pg_policy p {_OURS.format("p.polrelid")}
where p.polqual::text like '%{{SUBLINK%' or p.polwithcheck::text like '%{{SUBLINK%'"""
_TRIGGERS = f"""
select c.relname as table, t.tgname as name, f.prosrc as source
from pg_trigger t {_OURS.format("t.tgrelid")} join pg_proc f on f.oid = t.tgfoid where not t.tgisinternal"""


def our_tables() -> list[Table]:
    """Every table of this database with what Citus asks about."""
    types: dict[str, dict[str, str]] = defaultdict(dict)
    identity: dict[str, list[str]] = defaultdict(list)
    for row in rows_of(_COLUMNS):
        types[row["table"]][row["column"]] = row["type"]
        if row["identity"]:
            identity[row["table"]].append(row["column"])
    unique = _by_table(_UNIQUE)
    foreign, policies, triggers = _by_table(_FOREIGN), _by_table(_POLICIES), _by_table(_TRIGGERS)
    return [
        Table(
            name, columns,
            unique={row["name"]: tuple(row["columns"]) for row in unique[name]},
            foreign=[
                ForeignKey(tuple(row["columns"]), row["to_table"], tuple(row["to_columns"]))
                for row in foreign[name]
            ],
            policies_that_ask=[row["name"] for row in policies[name]],
            triggers_that_ask=[row["name"] for row in triggers[name] if _names(row["source"], types)],
            identity=identity[name],
        )
        for name, columns in types.items()
    ]  # fmt: skip


def counted(table: str) -> int:
    """How many rows a table has, counted."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table)))
        return int(cursor.fetchone()[0])


def _by_table(query: str) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in rows_of(query):
        found[row["table"]].append(row)
    return found


def _names(source: str, tables: dict[str, Any]) -> bool:
    return not tables.keys().isdisjoint(re.findall(r"\w+", source))
