"""Machines, disks and hours for so many orders a day, from what one order costs: a day lived through hour by hour.

The model is simple on purpose. Work costs what it cost per unit when it was measured; machines of one kind share it
evenly, and of each only a part of its processors is planned for. Orders are served in the hour they come; billing and
matching take what the database has left, and wait otherwise; at midnight the day is closed, replayed and audited.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from zhanggui.portals.shell.bench.figures import AUDIT, BILL, CLOSE, MATCH, ORDER, REPLAY, Figures
from zhanggui.portals.shell.errors import BadArguments

HOURS, MICRO, TERABYTE = 24, 1_000_000, 10**12
SHAPE = (
    1.2, 0.7, 0.4, 0.3, 0.3, 0.5, 1.0, 2.0, 3.2, 4.4, 5.2, 5.4,
    5.0, 4.8, 4.8, 4.9, 5.0, 5.0, 5.2, 6.2, 8.0, 8.6, 7.4, 4.0,
)  # fmt: skip
"""How a mall's orders spread over the day's hours, unscaled: least before dawn, most in the evening. An assumption,
not measured: `busiest_hour` scales its peak."""
NIGHTLY = (CLOSE, REPLAY, AUDIT)


@dataclass(frozen=True)
class Assumed:
    """What nobody measured, each to be replaced by what one knows (`--assume NAME=VALUE`)."""

    lines_per_order: float = 2.0
    refunds: float = 0.08  # lines that come back: each is billed once more
    busiest_hour: float = 0.12  # of the day's orders; evenly it would be 0.042, in a rush it is 0.3
    busy: float = 0.6  # of each machine's processors that are planned for; the rest is for bursts and upkeep
    web_cores: float = 16
    worker_cores: float = 16
    database_cores: float = 64
    night_hours: float = 6  # within which the day is closed, replayed and audited
    years: float = 3  # lines are kept so long in the database
    copies: float = 2  # the database and a replica
    disk_overhead: float = 1.3  # logs, bloat, room to grow


@dataclass(frozen=True)
class Machines:
    """How many of each kind."""

    web: int
    workers: int
    database: int


@dataclass(frozen=True)
class Day:
    """What became of one day with so many machines: the most lines that waited, how many hours after midnight the
    last was billed, how long the night's work took."""

    waiting_most: float
    billed_after_hours: float
    night_hours: float


@dataclass(frozen=True)
class Plan:
    """One size of a mall."""

    orders_a_day: int
    machines: Machines
    day: Day
    disk_terabytes: float
    core_hours_a_day: float
    audit_of_all_core_hours: float


def assumed(given: Sequence[str]) -> Assumed:
    """The assumptions with `NAME=VALUE` replaced. Raises BadArguments."""
    known = {field.name for field in fields(Assumed)}
    found = {}
    for text in given:
        name, _, value = text.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            raise BadArguments(f"--assume {text!r}: write NAME=NUMBER") from None
        if name not in known or not 0 < found[name] <= 1e6:
            raise BadArguments(
                f"--assume {text!r}: above zero, and NAME is one of {', '.join(sorted(known))}"
            )
    return replace(Assumed(), **found)


def plan(orders_a_day: int, figures: Figures, given: Assumed) -> Plan:
    """The fewest machines with which no order waits, the day's lines are billed before the next day's rush, and the
    night's work ends in time."""
    lines = orders_a_day * given.lines_per_order * (1 + given.refunds)
    peak = orders_a_day * given.busiest_hour
    machines = Machines(
        web=_machines(peak * figures.costs[ORDER].ours, 1, given.web_cores, given),
        workers=max(
            _machines(_batch(figures, lines, orders_a_day, "ours"), HOURS, given.worker_cores, given),
            _machines(_night(figures, lines, "ours"), given.night_hours, given.worker_cores, given),
        ),
        database=max(
            _machines(peak * figures.costs[ORDER].server, 1, given.database_cores, given),
            _machines(_night(figures, lines, "server"), given.night_hours, given.database_cores, given),
        ),
    )  # fmt: skip
    while (day := live(orders_a_day, figures, given, machines)).billed_after_hours > given.night_hours:
        machines = replace(machines, database=machines.database + 1, workers=machines.workers + 1)
    kept = lines * 365 * given.years
    return Plan(
        orders_a_day=orders_a_day, machines=machines, day=day,
        disk_terabytes=kept * figures.bytes_per_line * given.copies * given.disk_overhead / TERABYTE,
        core_hours_a_day=_hours(
            sum(
                orders_a_day * getattr(figures.costs[ORDER], side) + _batch(figures, lines, orders_a_day, side)
                + _night(figures, lines, side)
                for side in ("ours", "server")
            )
        ),
        audit_of_all_core_hours=_hours(kept * (figures.costs[AUDIT].ours + figures.costs[AUDIT].server)),
    )  # fmt: skip


def live(orders_a_day: int, figures: Figures, given: Assumed, machines: Machines) -> Day:
    """Go through the day and the hours after it: what each hour brings, what the machines manage, what waits."""
    worker_hour = machines.workers * given.worker_cores * given.busy * 3600 * MICRO
    database_hour = machines.database * given.database_cores * given.busy * 3600 * MICRO
    own = _batch(figures, 1, 1 / given.lines_per_order / (1 + given.refunds), "ours")
    server = _batch(figures, 1, 1 / given.lines_per_order / (1 + given.refunds), "server")
    waiting = most = 0.0
    for share in _shares(given.busiest_hour):
        orders = orders_a_day * share
        waiting += orders * given.lines_per_order * (1 + given.refunds)
        left = database_hour - orders * figures.costs[ORDER].server
        waiting = max(waiting - min(_done(max(left, 0), server), _done(worker_hour, own)), 0)
        most = max(most, waiting)
    lines = orders_a_day * given.lines_per_order * (1 + given.refunds)
    night = max(
        _night(figures, lines, "ours") / worker_hour, _night(figures, lines, "server") / database_hour
    )
    after = waiting / min(_done(database_hour, server), _done(worker_hour, own)) if waiting else 0.0
    return Day(waiting_most=most, billed_after_hours=after, night_hours=night)


def _done(time: float, cost: float) -> float:
    """So many units in this time; what costs nothing is done at once."""
    return time / cost if cost else math.inf


def _shares(busiest: float) -> list[float]:
    """Each hour's share of the day's orders: the shape, sharpened or flattened until its peak is `busiest`."""
    low, high = 0.0, 64.0
    raised = list(SHAPE)
    for _ in range(60):
        power = (low + high) / 2
        raised = [one**power for one in SHAPE]
        low, high = (power, high) if max(raised) / sum(raised) < busiest else (low, power)
    return [one / sum(raised) for one in raised]


def _batch(figures: Figures, lines: float, orders: float, side: str) -> float:
    """Processor microseconds of billing lines and matching a bill's row for every order."""
    return float(lines * getattr(figures.costs[BILL], side) + orders * getattr(figures.costs[MATCH], side))


def _night(figures: Figures, lines: float, side: str) -> float:
    return float(sum(lines * getattr(figures.costs[kind], side) for kind in NIGHTLY))


def _machines(microseconds: float, hours: float, cores: float, given: Assumed) -> int:
    needed = microseconds / (hours * 3600 * MICRO * cores * given.busy)
    return max(1, math.ceil(round(needed, 9)))  # what is just enough is enough


def _hours(microseconds: float) -> float:
    return microseconds / MICRO / 3600
