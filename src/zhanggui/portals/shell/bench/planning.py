"""The plan as a document, and as people read it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from zhanggui.portals.shell.bench.figures import AUDIT, BILL, CLOSE, REPLAY, Figures, read_figures
from zhanggui.portals.shell.bench.plan import Plan, assumed, plan

_HEAD = "{:>14} {:>6} {:>8} {:>10} {:>10} {:>8} {:>11} {:>14}"
_HEADINGS = (
    "orders a day", "web", "workers", "databases", "disk TB", "night h", "core h/day", "lines waiting",
)  # fmt: skip
CHECKED = (BILL, CLOSE, REPLAY, AUDIT)


def planned(
    figures: Path | None, check: Path | None, assume: Sequence[str], orders: Sequence[int]
) -> dict[str, Any]:
    """The plan for each size, what it rests on, and, with a larger run's document, how far its costs are from those
    planned with. Raises BadArguments."""
    rests, given = read_figures(figures), assumed(assume)
    document: dict[str, Any] = {
        "measured": {
            "machine": rests.machine, "lines_a_run": rests.lines_a_run, "bytes_per_line": rests.bytes_per_line,
            "microseconds": {kind: asdict(cost) for kind, cost in rests.costs.items()},
        },
        "assumed": asdict(given),
        "plans": [_shown(plan(size, rests, given)) for size in orders],
    }  # fmt: skip
    if check:
        document["check"] = _checked(rests, read_figures(check))
    return document


def _shown(found: Plan) -> dict[str, Any]:
    return {
        "orders_a_day": found.orders_a_day, "machines": asdict(found.machines),
        "lines_waiting_most": round(found.day.waiting_most),
        "billed_hours_after_midnight": round(found.day.billed_after_hours, 2),
        "night_hours": round(found.day.night_hours, 2), "disk_terabytes": round(found.disk_terabytes, 2),
        "core_hours_a_day": round(found.core_hours_a_day, 1),
        "audit_of_all_core_hours": round(found.audit_of_all_core_hours, 1),
    }  # fmt: skip


def _checked(planned_with: Figures, larger: Figures) -> dict[str, Any]:
    """What a line cost in the larger run, as a multiple of what the plan says."""
    found = {
        kind: round(
            (larger.costs[kind].ours + larger.costs[kind].server)
            / (planned_with.costs[kind].ours + planned_with.costs[kind].server), 2,
        )
        for kind in CHECKED
    }  # fmt: skip
    return {
        "lines_a_run": larger.lines_a_run, "times_planned": found,
        "bytes_per_line_times_planned": round(larger.bytes_per_line / planned_with.bytes_per_line, 2),
    }  # fmt: skip


def plan_told(document: Mapping[str, Any]) -> str:
    """The document in lines."""
    measured = document["measured"]
    told = [
        f"planned with {measured['lines_a_run']:,} lines a run on {measured['machine']}",
        f"{measured['bytes_per_line']:,} bytes a line; processor microseconds (ours + server):",
        "  " + ", ".join(
            f"{kind} {cost['ours']:,.0f} + {cost['server']:,.0f}" for kind, cost in measured["microseconds"].items()
        ),
        "assumed: " + ", ".join(f"{name}={value:g}" for name, value in document["assumed"].items()),
        "",
        _HEAD.format(*_HEADINGS),
    ]  # fmt: skip
    for one in document["plans"]:
        machines = one["machines"]
        told.append(
            f"{one['orders_a_day']:>14,} {machines['web']:>6,} {machines['workers']:>8,} {machines['database']:>10,}"
            f" {one['disk_terabytes']:>10,.1f} {one['night_hours']:>8.2f} {one['core_hours_a_day']:>11,.0f}"
            f" {one['lines_waiting_most']:>14,}"
        )
    told += ["", "More than one database: a cluster, see docs/how-to/distribute.md."]
    if check := document.get("check"):
        times = ", ".join(f"{kind} {value:.2f}" for kind, value in check["times_planned"].items())
        told.append(
            f"A run of {check['lines_a_run']:,} lines cost, as a multiple of the plan: {times};"
            f" bytes {check['bytes_per_line_times_planned']:.2f}"
        )
    return "\n".join(told)
