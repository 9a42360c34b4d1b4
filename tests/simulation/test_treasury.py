"""Random days in a mall that pays, with a wild bank and a process that dies anywhere (how to replay: lives.py)."""

import pytest

from tests.simulation.lives import replayable, seeds, steps
from tests.simulation.treasury import Treasury

STEPS = steps(200)
#: These always run: each once found something, or happens to pass through much.
KNOWN = (1, 502748261, 993713065, 662609235)
#: So did these; they are lived again when somebody searches.
EARLIER = (2, 3, 4, 5)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", seeds(KNOWN, EARLIER))
def test_whatever_happens_nothing_is_paid_twice_or_lost(seed: int) -> None:
    treasury = Treasury(seed)
    with replayable(treasury, STEPS):
        treasury.live(STEPS)
        treasury.end()
