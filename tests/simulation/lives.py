"""Which lives are simulated, and how one that failed is told.

ZHANGGUI_SIMULATION_SEED=123 lives that one alone; ZHANGGUI_SIMULATION_LIVES=200 searches, with seeds nobody has seen;
ZHANGGUI_SIMULATION_STEPS=500 makes the lives longer.
"""

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.simulation.mall import Mall

SEED = os.environ.get("ZHANGGUI_SIMULATION_SEED")
LIVES = int(os.environ.get("ZHANGGUI_SIMULATION_LIVES", "0"))


def steps(usual: int) -> int:
    """How many steps a life has."""
    return int(os.environ.get("ZHANGGUI_SIMULATION_STEPS", usual))


def seeds(known: Sequence[int], earlier: Sequence[int] = ()) -> list[int]:
    """The one asked for, or the known ones; a search takes along the `earlier` ones and as many new ones as asked."""
    if SEED:
        return [int(SEED)]
    # Every worker must collect the same tests: the run's own number makes them new each time.
    fresh = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID"))
    return [*known, *(earlier if LIVES else ()), *(fresh.randrange(10**9) for _ in range(LIVES))]


@contextmanager
def replayable(mall: Mall, steps: int) -> Iterator[None]:
    """Whatever goes wrong says how to live it again."""
    try:
        yield
    except BaseException as problem:
        problem.add_note(
            f"replay with ZHANGGUI_SIMULATION_SEED={mall.seed} ZHANGGUI_SIMULATION_STEPS={steps}; steps:\n"
            + "\n".join(mall.steps)
        )
        raise
