"""Processes share work as one would do it, though one of them is killed over it."""

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from zhanggui.rows.by_processes import by_processes
from zhanggui.rows.errors import NoRay


def squared(number: int, mark: Path) -> tuple[int, int]:
    """The square, and the process that did it; the fifth kills its own process once, the ninth refuses."""
    if number == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 9:
        raise NoRay("nine", number=9)
    return number * number, os.getpid()


def test_results_come_in_order_though_a_process_is_killed_and_a_fault_comes_in_its_turn(
    tmp_path: Path,
) -> None:
    mark = tmp_path / "killed"
    found = list[tuple[int, int]]()
    with pytest.raises(NoRay, match="nine") as refused:
        found.extend(by_processes((partial(squared, number, mark) for number in range(12)), workers=2))
    assert [value for value, _ in found] == [number * number for number in range(9)] and mark.exists()
    assert os.getpid() not in {process for _, process in found}
    assert refused.value.details == {"number": 9}


def test_one_worker_is_this_process(tmp_path: Path) -> None:
    mark = tmp_path / "killed"
    mark.touch()
    assert list(by_processes([partial(squared, 3, mark)], workers=1)) == [(9, os.getpid())]
