"""Random days in a mall (how to replay: lives.py)."""

import pytest
from django.db import transaction

from tests.simulation.lives import replayable, seeds, steps
from tests.simulation.mall import Mall

STEPS = steps(100)
#: These always run: each once found something, or happens to pass through much.
KNOWN = (1, 2, 3, 4)


def simulate(seed: int) -> Mall:
    """One mall's life, undone afterwards."""
    with transaction.atomic():
        mall = Mall(seed)
        with replayable(mall, STEPS):
            mall.live(STEPS)
            mall.end()
        transaction.set_rollback(True)
    return mall


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_happens_the_books_balance(capsys: pytest.CaptureFixture[str]) -> None:
    lives = [simulate(seed) for seed in seeds(KNOWN)]
    with capsys.disabled():
        print(f"\nsimulated {len(lives)} malls, seeds {[mall.seed for mall in lives]}")


@pytest.mark.django_db
def test_a_seed_always_tells_the_same_story() -> None:
    with transaction.atomic():
        first = Mall(7)
        first.live(12)
        transaction.set_rollback(True)
    with transaction.atomic():
        second = Mall(7)
        second.live(12)
        transaction.set_rollback(True)
    assert first.steps == second.steps
