"""zhanggui rate: fee details of many order lines, from files or the database into files, beside the books."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection

from zhanggui.portals.shell.choosing import on_ray_chosen, takes_engine, takes_workers, the_line
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.moments import moment, not_in_the_future, zone
from zhanggui.portals.shell.output import Output
from zhanggui.rows.by_processes import by_processes
from zhanggui.rows.on_ray import on_ray
from zhanggui.settlement.fees.queries.rule_sets import rule_set_version
from zhanggui.settlement.ratings.folder import finished
from zhanggui.settlement.ratings.operations.compare_rating import compare_rating
from zhanggui.settlement.ratings.operations.rate_lines import (
    PARTS_MOST,
    FileLines,
    Hands,
    StagedOrders,
    rate_lines,
)

HELP = (
    "rate order lines in bulk into files, writing nothing to the books; 1 if they differ from what was billed"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        type=Path,
        help="Parquet files of order lines, such as an archive's",
    )
    parser.add_argument(
        "--from-database", action="store_true", help="a business line's orders, billed or not"
    )
    parser.add_argument(
        "--into", type=Path, required=True, metavar="FOLDER", help="a folder that does not exist yet"
    )
    parser.add_argument(
        "--business-line", metavar="CODE", help="whose orders and rules; needed if there are several"
    )
    parser.add_argument(
        "--as-of",
        type=moment,
        metavar="TIME",
        help="of the database, what was due by then; a day means its end (now)",
    )
    parser.add_argument(
        "--version", type=int, metavar="N", help="all by this version of the rules; else each by its own"
    )
    parser.add_argument(
        "--parts", type=int, metavar="N", help="files to write; one for 50,000 lines if left out"
    )
    parser.add_argument(
        "--against-books", action="store_true",
        help="then compare with what was billed; without lines to rate, compare what the folder holds",
    )  # fmt: skip
    takes_workers(parser, "processes that share the parts")
    takes_engine(parser, "the parts")


def run(options: argparse.Namespace, out: Output) -> int:
    if options.files and options.from_database:
        raise BadArguments("name files, or give --from-database, not both")
    hands = _hands(options)
    if options.files or options.from_database:
        manifest = _rate(options, hands, out)
    elif options.against_books:
        manifest = finished(options.into)
    else:
        raise BadArguments("name Parquet files of order lines, or give --from-database")
    document = {
        "folder": str(options.into), "files": len(manifest["parts"]),
        **{name: manifest[name] for name in ("lines", "copies", "billed_lines", "details", "rule_sets")},
    }  # fmt: skip
    if options.against_books:
        document["against_books"] = asdict(compare_rating(folder=options.into, hands=hands))
    out.result(document, _told)
    return 1 if document.get("against_books", {}).get("different") else 0


def _hands(options: argparse.Namespace) -> Hands:
    if on_ray_chosen(options):
        return partial(on_ray, address=options.ray_address)
    # another process would not see what an open transaction wrote
    return partial(by_processes, workers=1 if connection.in_atomic_block else options.workers)


def _rate(options: argparse.Namespace, hands: Hands, out: Output) -> dict[str, Any]:
    if options.as_of and not options.from_database:
        raise BadArguments("--as-of goes with --from-database")
    if options.parts is not None and not 1 <= options.parts <= PARTS_MOST:
        raise BadArguments(f"--parts must be 1 to {PARTS_MOST}")
    for path in options.files:
        if not path.is_file():
            raise FileRefused(f"there is no file {path}", path=str(path))
    rule_set_id = None
    if options.version is not None:
        code = the_line(options.business_line).rule_set_code
        rule_set_id = rule_set_version(code, options.version).id
    source: FileLines | StagedOrders
    if options.from_database:
        as_of = not_in_the_future(options.as_of, "--as-of")
        source = StagedOrders(the_line(options.business_line), as_of=as_of, rule_set_id=rule_set_id)
    else:
        source = FileLines(options.files, rule_set_id=rule_set_id)
    with out.progress(None, "rating lines") as steps:
        return rate_lines(
            source=source,
            into=options.into,
            zone=zone(),
            hands=hands,
            parts=options.parts,
            progress=steps.advance,
        )


def _told(document: Mapping[str, Any]) -> str:
    told = ["{lines:,} lines rated into {files:,} files in {folder}".format_map(document)]
    told.append("{details:,} details in {billed_lines:,} rows".format_map(document))
    if document["copies"]:
        told.append("{copies:,} copies of lines were left out".format_map(document))
    if found := document.get("against_books"):
        told.append(
            "against the books: {equal:,} equal, {different:,} different, {not_billed:,} not billed".format_map(
                found
            )
        )
        told += [str(one) for one in found["shown"]]
    return "\n".join(told)
