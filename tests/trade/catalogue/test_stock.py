"""Stock: what is on hand and reserved, every movement once, and two hundred buyers of the last item."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from tests.tampering import broken
from tests.trade.market import (
    ACTOR,
    AT,
    goods,
    merchant,
    only_sku,
    open_types,
    stock,
    supplier,
    there,
    warehouse_of,
)
from zhanggui.trade.catalogue.errors import (
    MovementDiffers,
    NotReserved,
    OutOfStock,
    QuantityRefused,
    UnknownGoods,
)
from zhanggui.trade.catalogue.models import Sku, Stock, StockMovement
from zhanggui.trade.catalogue.operations.count_stock import count_stock
from zhanggui.trade.catalogue.operations.receive_stock import receive_stock
from zhanggui.trade.catalogue.operations.release_stock import release_stock
from zhanggui.trade.catalogue.operations.reserve_stock import reserve_stock
from zhanggui.trade.catalogue.operations.ship_stock import ship_stock
from zhanggui.trade.catalogue.operations.take_back_stock import take_back_stock
from zhanggui.trade.catalogue.rules.stock import StockMove


def move(sku: Sku, quantity: int, reference: str = "O-1") -> StockMove:
    return StockMove(sku.id, warehouse_of(sku.owner_id).id, quantity, reference)


def reserve(*moves: StockMove) -> int:
    return reserve_stock(moves=moves, at=AT, actor=ACTOR)


@pytest.fixture
def tea(db: None) -> Sku:
    open_types()
    return only_sku(goods(merchant("m1"), "Tea", units=5))


class TestMovements:
    def test_are_reserved_shipped_and_taken_back(self, tea: Sku) -> None:
        reserve(move(tea, 3))
        assert there(tea) == (5, 3)
        release_stock(moves=[move(tea, 1)], at=AT, actor=ACTOR)
        ship_stock(moves=[move(tea, 2)], at=AT, actor=ACTOR)
        assert there(tea) == (3, 0)
        take_back_stock(moves=[move(tea, 1)], at=AT, actor=ACTOR)
        assert there(tea) == (4, 0)
        assert list(StockMovement.objects.order_by("id").values_list("kind", "on_hand_change", "reserved_change")) == [
            ("received", 5, 0), ("reserved", 0, 3), ("released", 0, -1), ("shipped", -2, -2), ("returned", 1, 0),
        ]  # fmt: skip

    def test_happen_once_by_reference(self, tea: Sku) -> None:
        assert reserve(move(tea, 2)) == 1
        assert reserve(move(tea, 2)) == 0
        assert there(tea) == (5, 2)
        with pytest.raises(MovementDiffers), transaction.atomic():
            reserve(move(tea, 3))

    def test_of_one_stock_for_several_orders_are_seen_together(self, tea: Sku) -> None:
        with pytest.raises(OutOfStock) as refused, transaction.atomic():
            reserve(move(tea, 3, "O-1"), move(tea, 3, "O-2"))
        assert refused.value.details["short"] == [{"sku_id": tea.id, "sku": tea.code, "wanted": 6, "left": 5}]
        assert reserve(move(tea, 3, "O-1"), move(tea, 2, "O-2")) == 2

    def test_are_all_or_none_and_name_every_sku_that_is_short(self, tea: Sku) -> None:
        owner = merchant("m2")
        cup, pot = only_sku(goods(owner, "Cup", units=1)), only_sku(goods(owner, "Pot", units=0))
        with pytest.raises(OutOfStock) as refused, transaction.atomic():
            reserve(move(tea, 1), move(cup, 2), move(pot, 1))
        assert [(one["sku"], one["left"]) for one in refused.value.details["short"]] == [
            (cup.code, 1), (pot.code, 0),
        ]  # fmt: skip
        stock(pot, units=1)
        with pytest.raises(OutOfStock) as refused, transaction.atomic():
            reserve(move(tea, 9), move(cup, 2), move(pot, 1))
        assert {(one["sku"], one["left"]) for one in refused.value.details["short"]} == {
            (tea.code, 5),
            (cup.code, 1),
        }
        assert there(tea) == (5, 0)

    def test_never_ship_or_release_more_than_is_reserved(self, tea: Sku) -> None:
        reserve(move(tea, 1))
        for act in (ship_stock, release_stock):
            with pytest.raises(NotReserved), transaction.atomic():
                act(moves=[move(tea, 2, "other")], at=AT, actor=ACTOR)

    @pytest.mark.parametrize("quantity", [0, -1, 10**9])
    def test_need_a_quantity(self, tea: Sku, quantity: int) -> None:
        with pytest.raises(QuantityRefused):
            reserve(move(tea, quantity))

    def test_stay_in_warehouses_of_their_owner(self, tea: Sku) -> None:
        foreign = warehouse_of(merchant("m2").id)
        with pytest.raises(UnknownGoods):
            receive_stock(moves=[StockMove(tea.id, foreign.id, 1, "R")], at=AT, actor=ACTOR)

    def test_of_listings_are_their_suppliers(self, tea: Sku) -> None:
        from tests.trade.market import listing

        source = goods(supplier("s1"), "Cup")
        owner = merchant("m2")
        listed = only_sku(listing(source, owner))
        with pytest.raises(QuantityRefused, match="supplier"):
            receive_stock(moves=[move(listed, 1)], at=AT, actor=ACTOR)


class TestCounting:
    def test_corrects_to_what_was_counted_once(self, tea: Sku) -> None:
        assert count_stock(moves=[move(tea, 3, "count-1")], at=AT, actor=ACTOR) == 1
        assert count_stock(moves=[move(tea, 9, "count-1")], at=AT, actor=ACTOR) == 0
        assert there(tea) == (3, 0)

    def test_does_not_take_away_what_is_reserved(self, tea: Sku) -> None:
        reserve(move(tea, 4))
        with pytest.raises(QuantityRefused, match="reserved"):
            count_stock(moves=[move(tea, 3, "count-1")], at=AT, actor=ACTOR)


@pytest.mark.breaks_invariants
class TestInvariants:
    def test_find_stock_that_no_movement_explains(self, tea: Sku) -> None:
        Stock.objects.filter(sku=tea).update(on_hand=6)
        assert "stock_differs_from_movements" in broken()


@pytest.mark.django_db(transaction=True)
class TestTheLastItem:
    BUYERS = 200

    def test_is_sold_once_and_nobody_waits_in_a_circle(self) -> None:
        """Two hundred buyers want both of two goods, in either order; twelve connections, seven of each are there."""
        with transaction.atomic():
            open_types()
            owner = merchant("m1")
            first, second = (
                only_sku(goods(owner, "First", units=7)),
                only_sku(goods(owner, "Second", units=9)),
            )
        start = threading.Barrier(12)

        def buy(number: int) -> str:
            moves = [move(first, 1, f"O-{number}"), move(second, 1, f"O-{number}")]
            try:
                with transaction.atomic():
                    reserve(*(moves if number % 2 else moves[::-1]))
            except OutOfStock as refused:
                return " ".join(one["sku"] for one in refused.details["short"])
            return "bought"

        def stand(place: int) -> list[str]:
            try:
                start.wait(30)
                return [buy(number) for number in range(place, self.BUYERS, 12)]
            finally:
                connections.close_all()

        with ThreadPoolExecutor(12) as pool:
            told = [one for answers in pool.map(stand, range(12)) for one in answers]
        assert (told.count("bought"), told.count(first.code)) == (7, 193)
        assert (there(first), there(second)) == ((7, 7), (9, 7))
        assert StockMovement.objects.filter(kind="reserved").count() == 14

    def test_is_reserved_once_for_an_order_that_is_placed_twice_at_once(self) -> None:
        with transaction.atomic():
            open_types()
            tea = only_sku(goods(merchant("m1"), units=5))
        start = threading.Barrier(4)

        def place() -> int:
            try:
                start.wait(30)
                with transaction.atomic():
                    return reserve(move(tea, 2, "O-1"))
            finally:
                connections.close_all()

        with ThreadPoolExecutor(4) as pool:
            told = [one.result() for one in [pool.submit(place) for _ in range(4)]]
        assert sorted(told) == [0, 0, 0, 1]
        assert there(tea) == (5, 2)
