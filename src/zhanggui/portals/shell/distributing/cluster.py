"""A Citus cluster, asked and told by the functions of its extension; a table at a time, each in a transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from zhanggui.portals.shell.distributing.catalogue import counted, our_tables
from zhanggui.portals.shell.distributing.errors import (
    CannotDistribute,
    NoCitus,
    NoCoordinator,
    NoWorkers,
    PlacedOtherwise,
    RowsLost,
)
from zhanggui.portals.shell.distributing.fitness import faults
from zhanggui.portals.shell.distributing.placement import Kind, Placement, placements
from zhanggui.rows.reading import rows_of

SETTINGS = {
    # Triggers that look at a table's own rows and at nothing else, see `fitness`; Citus asks to be told so.
    "citus.enable_unsafe_triggers": "on",
    # What a transaction sets for itself holds on every machine that it reaches.
    "citus.propagate_set_commands": "local",
}
_KINDS = {"reference": Kind.REFERENCE, "distributed": Kind.SPREAD}


@dataclass(frozen=True)
class Stood:
    """How a table stands on the cluster now."""

    kind: Kind
    column: str
    colocation: int


def stands() -> dict[str, Stood]:
    """How tables stand that Citus knows of; none without Citus. What it counts among its local ones is left out."""
    if not _has_citus():
        return {}
    rows = rows_of(
        "select table_name::text as name, citus_table_type as kind, distribution_column as column,"
        " colocation_id as colocation from citus_tables"
    )
    return {
        row["name"]: Stood(
            _KINDS[row["kind"]],
            row["column"] if row["kind"] == "distributed" else "",
            int(row["colocation"]),
        )
        for row in rows
        if row["kind"] in _KINDS
    }


def distribute(*, shards: int | None = None) -> Iterator[dict[str, Any]]:
    """Put every table where it belongs and yield what was done, a table at a time; what stands already is left.

    Raises NoCitus, NoCoordinator, NoWorkers, CannotDistribute, PlacedOtherwise before anything is touched, and
    RowsLost; what was done before that stays, and a second run goes on from there.
    """
    _require_cluster()
    places = [one for one in placements() if one.kind is not Kind.LOCAL]
    if found := faults(our_tables(), placements()):
        raise CannotDistribute("; ".join(found), faults=found)
    standing = stands()
    _refuse_otherwise(places, standing)
    _keep_settings()
    for place in places:
        if place.table in standing:
            continue
        with transaction.atomic():
            rows = _put(place, shards)
        yield {"table": place.table, "kind": place.kind.value, "column": place.column, "rows": rows}


def _has_citus() -> bool:
    return bool(rows_of("select to_regclass('citus_tables') is not null as there")[0]["there"])


def _require_cluster() -> None:
    if not _has_citus():
        raise NoCitus(
            "this database has no Citus: install it on every machine, name it first in shared_preload_libraries,"
            " `create extension citus` in this database on each, and tell the coordinator of the others with"
            " citus_set_coordinator_host and citus_add_node; see docs/how-to/distribute.md. `--plan` works without"
        )
    found = rows_of(
        "select citus_is_coordinator() as here,"
        " count(*) filter (where groupid = 0) as coordinators,"
        " count(*) filter (where groupid <> 0 and shouldhaveshards and isactive) as workers from pg_dist_node"
    )[0]
    if not found["here"]:
        raise NoCoordinator("this server is a worker of its cluster: name the coordinator in DATABASE_URL")
    if not found["coordinators"]:
        raise NoCoordinator(
            "the cluster does not know its coordinator, whose local tables are read together with spread ones:"
            " `select citus_set_coordinator_host('its name', 5432)` here"
        )
    if not found["workers"]:
        raise NoWorkers("no worker is known: `select citus_add_node('its name', 5432)` here for each")


def _refuse_otherwise(places: Sequence[Placement], standing: Mapping[str, Stood]) -> None:
    by_table = {one.table: one for one in places}
    wrong = [
        f"{name} is {found.kind}{' by ' + found.column if found.column else ''}"
        for name, found in sorted(standing.items())
        if name not in by_table or (by_table[name].kind, by_table[name].column) != (found.kind, found.column)
    ]
    together = {found.colocation for found in standing.values() if found.kind is Kind.SPREAD}
    if len(together) > 1:
        wrong.append("spread tables lie in several groups, so that a party's rows are apart")
    if wrong:
        raise PlacedOtherwise(
            f"distributed already, and not as placed: {'; '.join(wrong)}. `undistribute_table` takes one back",
            wrong=wrong,
        )


def _keep_settings() -> None:
    """For this session, and for every later one of this database."""
    with connection.cursor() as cursor:
        cursor.execute("select current_database()")
        [database] = cursor.fetchone()
        for name, value in SETTINGS.items():
            cursor.execute("select set_config(%s, %s, false)", [name, value])
            cursor.execute(
                sql.SQL("alter database {} set {} to {}").format(
                    sql.Identifier(database), sql.SQL(name), sql.Literal(value)
                )
            )


def _put(place: Placement, shards: int | None) -> int:
    """Distribute one table and return how many rows it has. Raises RowsLost."""
    before = counted(place.table)
    with connection.cursor() as cursor:
        if place.kind is Kind.REFERENCE:
            cursor.execute("select create_reference_table(%s::regclass)", [place.table])
        elif place.with_table:
            cursor.execute(
                "select create_distributed_table(%s::regclass, %s, colocate_with => %s)",
                [place.table, place.column, place.with_table],
            )
        else:
            cursor.execute(
                "select create_distributed_table(%s::regclass, %s, colocate_with => 'none', shard_count => %s)",
                [place.table, place.column, shards],
            )
        if before:
            # the rows that were here lie under the new table, unseen
            cursor.execute("select truncate_local_data_after_distributing_table(%s::regclass)", [place.table])
    after = counted(place.table)
    if before != after:
        raise RowsLost(f"{place.table} had {before} rows and would have {after}", table=place.table)
    return after
