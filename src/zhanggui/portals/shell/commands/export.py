"""zhanggui export: whole tables for other programs, as CSV or Parquet."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.exports.tables import TABLES
from zhanggui.portals.shell.exports.writing import write_export
from zhanggui.portals.shell.output import Output

HELP = "write orders, details, statements, payouts and every other table to files"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "tables", metavar="TABLE", nargs="+", help=f"one or more of {', '.join(TABLES)}; or all"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write into")
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", help="default %(default)s")


def run(options: argparse.Namespace, out: Output) -> int:
    wanted = list(TABLES) if options.tables == ["all"] else options.tables
    for name in wanted:
        if name not in TABLES:
            raise BadArguments(f"there is no table {name!r}; the tables are {', '.join(TABLES)}")
    if options.out.exists() and not options.out.is_dir():
        raise FileRefused(f"{options.out} is a file; name a folder with --out", path=str(options.out))
    options.out.mkdir(parents=True, exist_ok=True)
    files = {}
    for name in dict.fromkeys(wanted):
        path = options.out / f"{name}.{options.format}"
        with out.progress(None, f"writing {path.name}") as steps:
            rows = write_export(TABLES[name], path, options.format, steps.advance)
        files[name] = {"file": str(path), "rows": rows, "bytes": path.stat().st_size}
    out.result({"format": options.format, "files": files}, _told)
    return 0


def _told(document: Mapping[str, Any]) -> str:
    return "\n".join("{file}: {rows:,} rows".format_map(one) for one in document["files"].values())
