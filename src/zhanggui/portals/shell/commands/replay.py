"""zhanggui replay: rebuild closed statements from raw events and pinned rules, and compare byte for byte."""

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import connection

from zhanggui.portals.shell.choosing import on_ray_chosen, statement_of, takes_engine, takes_workers
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import zone
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.archives.models import ArchivedStatement
from zhanggui.settlement.archives.operations.replay_archived import replay_archived
from zhanggui.settlement.replays.operations.replay_on_ray import replay_on_ray
from zhanggui.settlement.replays.operations.replay_side_by_side import replay_side_by_side
from zhanggui.settlement.replays.operations.replay_statements import Replay
from zhanggui.settlement.statements.models import Statement, StatementState

HELP = "rebuild closed statements from raw events and compare; 1 if one differs"
SHOWN_DIFFERENCES = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("numbers", metavar="STATEMENT", nargs="*", help="numbers such as ST11100100000042")
    parser.add_argument("--all", action="store_true", help="every closed statement")
    parser.add_argument(
        "--archived", action="store_true", help="from the files of archives; with --all, all that is archived"
    )
    takes_workers(parser, "threads that share the statements")
    takes_engine(parser, "the statements")


def run(options: argparse.Namespace, out: Output) -> int:
    if bool(options.numbers) == options.all:
        raise BadArguments("name one or more statements, or give --all")
    keys = _keys(options)
    counts = {"statements": 0, "lines": 0, "equal": 0, "different": 0}
    shown: list[dict[str, Any]] = []
    with out.progress(len(keys), "replaying statements") as steps:
        for found in _replays(keys, options):
            counts["statements"] += 1
            counts["lines"] += found.lines
            counts["equal" if found.equal else "different"] += 1
            if not found.equal and len(shown) < SHOWN_DIFFERENCES:
                shown.append(_difference(found))
            steps.advance()
    out.result({**counts, "differences": shown}, _told)
    return 1 if counts["different"] else 0


def _keys(options: argparse.Namespace) -> list[tuple[int, int]]:
    if options.all and options.archived:
        archived = ArchivedStatement.objects.order_by("archive_id", "chunk", "party_id", "statement_id")
        return list(archived.values_list("party_id", "statement_id"))
    if options.all:
        closed = Statement.objects.exclude(state=StatementState.OPEN)
        return list(closed.order_by("party_id", "id").values_list("party_id", "id"))
    rows = [statement_of(number) for number in options.numbers]
    for row in rows:
        if row.state == StatementState.OPEN:
            raise BadArguments(
                f"statement {row.number} is open; what is still being filled has nothing to replay"
            )
    return [(row.party_id, row.id) for row in rows]


def _replays(keys: list[tuple[int, int]], options: argparse.Namespace) -> Iterator[Replay]:
    shared = on_ray_chosen(options)
    if options.archived:
        if shared:
            raise BadArguments("archives are files of this machine: --archived goes without --engine ray")
        return replay_archived(keys=keys, folder=settings.ARCHIVE_FOLDER, zone=zone())
    if shared:
        return replay_on_ray(keys=keys, zone=zone(), address=options.ray_address)
    # a thread has a connection of its own and would not see what an open transaction wrote
    alone = connection.in_atomic_block
    return replay_side_by_side(keys=keys, zone=zone(), workers=1 if alone else options.workers)


def _difference(found: Replay) -> dict[str, Any]:
    return {"statement": found.number, "hash_equal": found.hash_equal, "lines": found.differences}


def _told(document: Mapping[str, Any]) -> str:
    told = ["{statements:,} statements with {lines:,} lines replayed: {equal:,} equal".format_map(document)]
    if document["different"]:
        told[0] += f", {document['different']:,} different"
    for one in document["differences"]:
        told.append(
            f"{one['statement']}: " + ("" if one["hash_equal"] else "its hash does not come out; ") + "lines:"
        )
        told += [f"  {line}" for line in one["lines"]]
    return "\n".join(told)
