"""zhanggui status: where this installation keeps things, and whether its database runs."""

import argparse
import dataclasses
import os

from zhanggui.config import home, postgres
from zhanggui.portals.shell.output import Output

HELP = "say where the data are and whether the embedded database runs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace, out: Output) -> int:
    document: dict[str, object] = {"home": str(home.data_folder())}
    if os.environ.get("DATABASE_URL"):
        document["database"] = "DATABASE_URL"
    else:
        document["database"] = dataclasses.asdict(postgres.status(home.data_folder()))
    out.result(document)
    return 0
