"""zhanggui distribute: the database over the machines of a Citus cluster, each table where it belongs."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.portals.shell.distributing.catalogue import counted, our_tables
from zhanggui.portals.shell.distributing.cluster import distribute, stands
from zhanggui.portals.shell.distributing.fitness import faults
from zhanggui.portals.shell.distributing.placement import Kind, placements
from zhanggui.portals.shell.output import Output

HELP = "spread the tables of a Citus coordinator over its machines; --plan says where each belongs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--plan", action="store_true",
        help="only say where every table belongs and how many rows it has; on any PostgreSQL; 1 if one cannot",
    )  # fmt: skip
    parser.add_argument(
        "--shards", type=int, metavar="N", choices=range(1, 4097),
        help="pieces that spread tables are cut into, for the first run; the cluster's citus.shard_count if left out",
    )  # fmt: skip


def run(options: argparse.Namespace, out: Output) -> int:
    if options.plan:
        return _plan(out)
    done: list[dict[str, Any]] = []
    before = stands()
    with out.progress(
        sum(one.kind is not Kind.LOCAL for one in placements()), "distributing tables"
    ) as steps:
        for one in distribute(shards=options.shards):
            done.append(one)
            steps.advance()
    local = sum(one.kind is Kind.LOCAL for one in placements())
    out.result({"distributed": done, "stood_already": len(before), "local": local}, _told)
    return 0


def _plan(out: Output) -> int:
    tables, standing = our_tables(), stands()
    there = {one.name for one in tables}
    rows = [
        {
            "table": place.table, "kind": place.kind.value, "column": place.column, "with": place.with_table,
            "rows": counted(place.table), "distributed": place.table in standing, "why": place.why,
        }
        for place in placements()
        if place.table in there
    ]  # fmt: skip
    found = faults(tables, placements())
    out.result({"tables": rows, "faults": found}, _planned)
    return 1 if found else 0


def _planned(document: Mapping[str, Any]) -> str:
    width = max((len(one["table"]) for one in document["tables"]), default=0)
    lines = []
    for one in document["tables"]:
        how = f"{one['kind']:<9} {one['column']:<11} {one['rows']:>13,} rows"
        beside = f"; with {one['with']}" if one["with"] else ""
        now = "; distributed" if one["distributed"] else ""
        lines.append(f"{one['table']:<{width}}  {how}  {one['why']}{beside}{now}")
    return "\n".join([*lines, *(f"cannot be distributed: {one}" for one in document["faults"])])


def _told(document: Mapping[str, Any]) -> str:
    lines = [
        f"{one['table']}: {one['kind']}{' by ' + one['column'] if one['column'] else ''}, {one['rows']:,} rows"
        for one in document["distributed"]
    ]
    lines.append(
        f"{len(document['distributed'])} tables distributed, {document['stood_already']} stood already,"
        f" {document['local']} stay on the coordinator"
    )
    return "\n".join(lines)
