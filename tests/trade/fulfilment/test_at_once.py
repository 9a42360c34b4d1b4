"""Several connections at once: a thing is shipped once, a code is given once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from tests.trade.fulfilment.sold import NOW, Sold, state_of
from tests.trade.fulfilment.test_ship_lines import ship
from zhanggui.journeys.goods_handed_over import digital_items_added, paid_orders_prepared
from zhanggui.trade.fulfilment.errors import OrderNotToShip, TrackingNumberTaken
from zhanggui.trade.fulfilment.models import DigitalItem, Parcel
from zhanggui.trade.fulfilment.operations.ship_lines import Shipped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What came of acts that begin at the same moment on connections of their own."""
    answers: list[Any] = [None] * len(acts)
    line = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            line.wait(timeout=30)
            answers[place] = acts[place]()
        except Exception as problem:
            answers[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def test_an_order_is_shipped_once() -> None:
    sold = Sold()
    order = sold.order("A tea cup:2")
    answers = together(*(lambda number=n: ship(sold, "A", tracking=f"SF100{number}") for n in range(4)))  # type: ignore[misc]
    assert sorted(type(one).__name__ for one in answers) == ["OrderNotToShip"] * 3 + ["Shipped"]
    assert (Parcel.objects.count(), state_of(order), sold.stock("tea", "cup")) == (1, "shipped", (98, 0))


def test_the_same_parcel_twice_at_once_is_one() -> None:
    sold = Sold()
    sold.order("A tea cup:2")
    answers = together(*[lambda: ship(sold, "A")] * 4)
    assert sorted(one.new for one in answers) == [False, False, False, True]


def test_a_tracking_number_goes_to_one_of_two() -> None:
    sold = Sold()
    sold.order("A tea cup:2")
    sold.order("B books cup:2")
    answers = together(lambda: ship(sold, "A"), lambda: ship(sold, "B", by="books"))
    assert {type(one) for one in answers} == {Shipped, TrackingNumberTaken}


def test_orders_in_two_parcels_in_other_orders_do_not_wait_for_each_other_for_ever() -> None:
    sold = Sold()
    sold.order("A tea cup:2")
    sold.order("B tea cup:2")
    answers = together(
        lambda: ship(sold, "A", "B", tracking="SF1001"), lambda: ship(sold, "B", "A", tracking="SF1002")
    )
    assert {type(one) for one in answers} == {Shipped, OrderNotToShip}


def test_every_code_is_given_once() -> None:
    sold = Sold()
    orders = [sold.order(f"D{n} tea code:2", kind="digital") for n in range(6)]
    codes = [f"KEY-{n}" for n in range(12)]
    digital_items_added(owner_id=sold.id("tea"), sku_code="TEA-CODE", items=codes, at=NOW, actor="staff")
    together(*[lambda: paid_orders_prepared(clock=lambda: NOW, actor="clockwork")] * 4)
    paid_orders_prepared(clock=lambda: NOW, actor="clockwork")
    assert {state_of(one) for one in orders} == {"received"}
    assert DigitalItem.objects.exclude(line=None).count() == 12
