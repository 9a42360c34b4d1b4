"""zhanggui migrate: bring the tables up to date, and say which changes were made."""

import argparse

from zhanggui.portals.shell.output import Output

HELP = "bring the database's tables up to date (every command does this first)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace, out: Output) -> int:
    out.result({"migrated": options.migrated}, lambda found: "\n".join(found["migrated"]) or "up to date")
    return 0
