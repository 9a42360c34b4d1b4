"""What one order, line or row costs, read from a document of `zhanggui bench`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from zhanggui.portals.shell.errors import BadArguments

ORDER, BILL, CLOSE, REPLAY, AUDIT, MATCH = "order", "bill", "close", "replay", "audit", "match"
CASES = {
    ORDER: "orders of the mall over HTTP", BILL: "bulk billing, end to end", CLOSE: "close a period",
    REPLAY: "replay a period", AUDIT: "audit everything", MATCH: "a bill matched in one run",
}  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """Processor microseconds of one unit: of our processes, and of the database server."""

    ours: float
    server: float


@dataclass(frozen=True)
class Figures:
    """Costs by kind of work (an order bought; a line billed, closed, replayed, audited; a bill's row matched), and
    how much a line takes on disk, in bytes, keys and postings included."""

    costs: Mapping[str, Cost]
    bytes_per_line: int
    lines_a_run: int
    machine: str


def read_figures(path: Path | None) -> Figures:
    """The figures of a document written by `zhanggui bench --out`; without one, those measured for this version.

    Raises BadArguments, naming what the document lacks.
    """
    shipped = files("zhanggui.portals.shell.bench").joinpath("measured.json")
    text = path.read_text("utf-8") if path else shipped.read_text("utf-8")
    try:
        return figures_of(json.loads(text))
    except (ValueError, KeyError, TypeError) as fault:
        raise BadArguments(
            f"{path} is no document of `zhanggui bench --out` of this version: {fault!r} is missing or wrong"
        ) from None


def figures_of(document: Mapping[str, Any]) -> Figures:
    """The figures in a document. Raises KeyError, TypeError."""
    cases = {case["case"]: case for case in document["cases"]}
    per_line = cases[CASES[BILL]]["details_per_line"]
    costs = {}
    for kind, name in CASES.items():
        told = cases[name]["microseconds"]
        times = per_line if kind == BILL else 1  # billing is measured by details
        costs[kind] = Cost(told["ours"] * times, told["server"] * times)
    described = document["machine"]
    return Figures(
        costs=costs, bytes_per_line=cases[CASES[BILL]]["bytes_per_line"], lines_a_run=document["scale_lines"],
        machine=f"{described['processors']} x {described['processor']}, PostgreSQL {described['postgresql']}",
    )  # fmt: skip
