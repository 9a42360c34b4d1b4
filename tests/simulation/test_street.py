"""Random days on a street of shops, from the cart to the bank, killed anywhere (how to replay: lives.py)."""

from collections.abc import Iterator

import pytest

from tests.simulation.lives import replayable, seeds, steps
from tests.simulation.street import Street
from zhanggui.payments import wired

STEPS = steps(130)
#: These always run: each once found something, or happens to pass through much.
KNOWN = (1, 8)


@pytest.fixture
def rails_as_before() -> Iterator[None]:
    wired.rails()
    before = dict(wired._factories)
    yield
    wired._factories.clear()
    wired._factories.update(before)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", seeds(KNOWN))
def test_whatever_happens_what_was_paid_is_shipped_or_given_back(seed: int, rails_as_before: None) -> None:
    street = Street(seed)
    with replayable(street, STEPS):
        street.live(STEPS)
        street.end()
