"""Random days in a mall with its whole back office, killed anywhere. A failure names its seed:

ZHANGGUI_SIMULATION_SEED=123 runs that one alone; ZHANGGUI_SIMULATION_LIVES=200 searches, with seeds nobody has seen.
"""

import os

import pytest

from tests.simulation.office import Office
from tests.simulation.test_treasury import LIVES, SEED, fresh_seeds

STEPS = int(os.environ.get("ZHANGGUI_SIMULATION_STEPS", "90"))
#: These always run: each once found something, or happens to pass through much.
KNOWN = (590698125, 713723989)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", [int(SEED)] if SEED else [*KNOWN, *fresh_seeds(LIVES)])
def test_whatever_happens_the_office_knows_where_the_money_is(seed: int) -> None:
    office = Office(seed)
    try:
        office.live(STEPS)
        office.end()
    except BaseException as problem:
        problem.add_note(
            f"replay with ZHANGGUI_SIMULATION_SEED={seed} ZHANGGUI_SIMULATION_STEPS={STEPS}; steps:\n"
            + "\n".join(office.steps)
        )
        raise
    finally:
        office.folder.cleanup()
