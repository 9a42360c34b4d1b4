"""Pieces of work shared by threads: in order, no further than asked for, and nobody waits in vain."""

import itertools
import time
from functools import partial

import pytest

from zhanggui.rows.side_by_side import AHEAD, side_by_side


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_the_pieces(workers: int) -> None:
    def slow_first(place: int) -> int:
        time.sleep(0.02 if place == 0 else 0)
        return place

    pieces = [partial(slow_first, place) for place in range(200)]
    assert list(side_by_side(pieces, workers=workers)) == list(range(200))


@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_is_begun_after_a_fault_or_when_nobody_asks(workers: int) -> None:
    taken = []

    def piece(place: int) -> int:
        taken.append(place)
        if place == 3:
            raise ValueError("the fourth")
        return place

    endless = (partial(piece, place) for place in itertools.count())
    with pytest.raises(ValueError, match="the fourth"):
        list(side_by_side(endless, workers=workers))
    begun = len(taken)
    assert 4 <= begun <= 4 + workers * (AHEAD + 1)
    asking = side_by_side((partial(piece, place) for place in itertools.count(4)), workers=workers)
    assert next(asking) == 4
    asking.close()
    assert len(taken) <= begun + workers * (AHEAD + 1) + 1
