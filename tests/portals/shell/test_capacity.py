"""Machines on paper: a day lived through hour by hour, held to what anybody can reckon by hand."""

from dataclasses import replace
from itertools import pairwise

import pytest

from zhanggui.portals.shell.bench.figures import (
    AUDIT,
    BILL,
    CASES,
    CLOSE,
    MATCH,
    ORDER,
    REPLAY,
    Cost,
    Figures,
    figures_of,
    read_figures,
)
from zhanggui.portals.shell.bench.plan import Assumed, Machines, _shares, assumed, live, plan
from zhanggui.portals.shell.errors import BadArguments

FREE = Cost(0, 0)
NOTHING = Figures(costs=dict.fromkeys(CASES, FREE), bytes_per_line=1000, lines_a_run=1, machine="none")
PLAIN = Assumed(
    lines_per_order=1, refunds=0, busiest_hour=0.1, busy=1, web_cores=1, worker_cores=1, database_cores=1,
    night_hours=6, years=1, copies=1, disk_overhead=1,
)  # fmt: skip
SECOND = 1_000_000


def costing(**costs: Cost) -> Figures:
    return replace(NOTHING, costs=dict.fromkeys(CASES, FREE) | costs)


def test_orders_are_served_in_the_hour_they_come() -> None:
    # 36,000 orders, a tenth of them in one hour, a second of a web worker's processor each: one is just enough.
    figures = costing(order=Cost(SECOND, 0))
    assert plan(36_000, figures, PLAIN).machines == Machines(web=1, workers=1, database=1)
    assert plan(36_010, figures, PLAIN).machines.web == 2
    assert plan(36_000, figures, replace(PLAIN, busy=0.5)).machines.web == 2


def test_lines_wait_while_orders_keep_the_database_busy_and_are_billed_afterwards() -> None:
    figures = costing(order=Cost(0, SECOND), bill=Cost(0, SECOND))
    # One database is full at the peak; all day it has time for 86,400 seconds and is asked for 72,000.
    day = live(36_000, figures, PLAIN, Machines(web=1, workers=1, database=1))
    assert day.waiting_most > 1_000 and day.billed_after_hours < 6
    roomy = live(36_000, figures, PLAIN, Machines(web=1, workers=1, database=3))
    assert roomy.waiting_most == 0 and roomy.billed_after_hours == 0


def test_the_night_has_its_hours() -> None:
    # A second each of closing, replaying and auditing for 7,200 lines: six hours on one machine.
    night = dict.fromkeys((CLOSE, REPLAY, AUDIT), Cost(0, SECOND))
    found = plan(7_200, costing(**night), PLAIN)
    assert found.machines.database == 1 and found.day.night_hours == pytest.approx(6, rel=1e-6)
    assert plan(14_400, costing(**night), PLAIN).machines.database == 2
    assert found.core_hours_a_day == pytest.approx(6, rel=1e-6)


def test_disks_hold_what_is_kept_in_so_many_copies() -> None:
    found = plan(10**6, NOTHING, replace(PLAIN, years=3, copies=2, disk_overhead=1.5))
    assert found.disk_terabytes == pytest.approx(10**6 * 365 * 3 * 1000 * 2 * 1.5 / 10**12)


@pytest.mark.parametrize("busiest", [0.05, 0.12, 0.3])
def test_a_day_has_all_its_orders_and_the_peak_asked_for(busiest: float) -> None:
    shares = _shares(busiest)
    assert sum(shares) == pytest.approx(1) and max(shares) == pytest.approx(busiest)


def test_more_orders_never_need_fewer_machines() -> None:
    figures = read_figures(None)
    plans = [plan(10**size, figures, Assumed()) for size in range(4, 11)]
    for smaller, larger in pairwise(plans):
        assert smaller.machines.web <= larger.machines.web
        assert smaller.machines.workers <= larger.machines.workers
        assert smaller.machines.database <= larger.machines.database
        assert larger.disk_terabytes == pytest.approx(10 * smaller.disk_terabytes)
    assert all(one.day.billed_after_hours <= Assumed().night_hours for one in plans)


def test_assumptions_are_told_apart_by_name() -> None:
    assert assumed(["years=5", "busy=0.4"]) == replace(Assumed(), years=5, busy=0.4)
    for wrong in ("years", "years=many", "luck=1", "years=-1"):
        with pytest.raises(BadArguments, match="--assume"):
            assumed([wrong])


def test_billing_is_measured_by_details_and_planned_by_lines() -> None:
    def case(kind: str) -> dict[str, object]:
        return {"case": CASES[kind], "microseconds": {"ours": 2.0, "server": 3.0}}

    document = {
        "scale_lines": 10, "machine": {"processors": 2, "processor": "x", "postgresql": "18"},
        "cases": [
            case(BILL) | {"details_per_line": 20, "bytes_per_line": 800},
            *(case(kind) for kind in (ORDER, CLOSE, REPLAY, AUDIT, MATCH)),
        ],
    }  # fmt: skip
    figures = figures_of(document)
    assert figures.costs[BILL] == Cost(40, 60) and figures.costs[ORDER] == Cost(2, 3)
