"""Random days in a mall with its whole back office, killed anywhere (how to replay: lives.py)."""

import pytest

from tests.simulation.lives import replayable, seeds, steps
from tests.simulation.office import Office

STEPS = steps(150)
#: These always run: each once found something, or happens to pass through much.
KNOWN = (590698125, 713723989, 195848754, 156356529)
#: So did these; they are lived again when somebody searches.
EARLIER = (374173484, 378175104, 110280440, 889037595, 647899510)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", seeds(KNOWN, EARLIER))
def test_whatever_happens_the_office_knows_where_the_money_is(seed: int) -> None:
    office = Office(seed)
    try:
        with replayable(office, STEPS):
            office.live(STEPS)
            office.end()
    finally:
        office.folder.cleanup()
