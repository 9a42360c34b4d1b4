"""A visitor's cart, and another buyer's, become the buyer's own; two buyers become one with all they had."""

import pytest

from tests.trade.buyers.people import AT, from_weixin, named
from tests.trade.market import AT as NOW
from tests.trade.market import goods, merchant, only_sku, open_types
from zhanggui.journeys.buyers_merged import buyers_merged
from zhanggui.trade.buyers.errors import NotTwoBuyers
from zhanggui.trade.buyers.queries import buyer_of
from zhanggui.trade.carts.models import CartItem, Favourite
from zhanggui.trade.carts.operations.take_over_cart import take_over_cart
from zhanggui.trade.catalogue.models import Sku

pytestmark = pytest.mark.django_db
VISITOR = "v" * 43


@pytest.fixture
def skus() -> list[Sku]:
    open_types()
    house = merchant("tea-house")
    return [only_sku(goods(house, f"Tea {number}")) for number in range(3)]


def put(sku: Sku, quantity: int = 1, *, buyer_id: int = 0, visitor: str = "", chosen: bool = True) -> None:
    CartItem.objects.create(
        buyer_id=buyer_id, visitor=visitor, sku=sku, quantity=quantity, chosen=chosen, seen_minor=quantity,
        added_at=NOW,
    )  # fmt: skip


def lies(buyer_id: int) -> list[tuple[int, int, bool, int]]:
    rows = CartItem.objects.filter(buyer_id=buyer_id, visitor="").order_by("sku_id")
    return [(row.sku_id, row.quantity, row.chosen, row.seen_minor) for row in rows]


class TestTakeOverCart:
    def test_a_visitors_things_come_and_what_lies_in_both_adds_up(self, skus: list[Sku]) -> None:
        buyer = named()
        put(skus[0], 2, buyer_id=buyer.id, chosen=False)
        put(skus[0], 3, visitor=VISITOR)
        put(skus[1], 1, visitor=VISITOR)
        put(skus[2], 1, visitor="w" * 43)
        assert take_over_cart(to_buyer=buyer.id, visitor=VISITOR) == 2
        assert lies(buyer.id) == [(skus[0].id, 5, True, 2), (skus[1].id, 1, True, 1)]
        assert not CartItem.objects.filter(visitor=VISITOR).exists()
        assert take_over_cart(to_buyer=buyer.id, visitor=VISITOR) == 0

    def test_no_more_than_one_item_may_be(self, skus: list[Sku]) -> None:
        buyer = named()
        put(skus[0], 900, buyer_id=buyer.id)
        put(skus[0], 900, visitor=VISITOR)
        take_over_cart(to_buyer=buyer.id, visitor=VISITOR)
        assert [row[1] for row in lies(buyer.id)] == [999]

    def test_nobody_takes_over_from_nobody_or_from_themselves(self, skus: list[Sku]) -> None:
        buyer = named()
        put(skus[0], buyer_id=buyer.id)
        assert (
            take_over_cart(to_buyer=buyer.id) == take_over_cart(to_buyer=buyer.id, from_buyer=buyer.id) == 0
        )
        assert len(lies(buyer.id)) == 1


class TestBuyersMerged:
    def test_carts_and_favourites_move_with_the_log_ins(self, skus: list[Sku]) -> None:
        kept, other = named(), from_weixin("o-1")
        put(skus[0], 1, buyer_id=kept.id)
        put(skus[0], 1, buyer_id=other.id)
        put(skus[1], 4, buyer_id=other.id)
        for buyer, sku in ((kept, skus[0]), (other, skus[0]), (other, skus[1])):
            Favourite.objects.create(buyer_id=buyer.id, spu=sku.spu, added_at=NOW)
        buyers_merged(kept=kept, other=other, at=AT)
        assert [row[:2] for row in lies(kept.id)] == [(skus[0].id, 2), (skus[1].id, 4)]
        assert lies(other.id) == []
        assert Favourite.objects.filter(buyer_id=kept.id).count() == Favourite.objects.count() == 2
        assert buyer_of(other.user) == kept

    def test_refused_nothing_moves(self, skus: list[Sku]) -> None:
        kept, other = named("a"), named("b")
        buyers_merged(kept=kept, other=other, at=AT)
        put(skus[0], buyer_id=other.id)
        with pytest.raises(NotTwoBuyers):
            buyers_merged(kept=kept, other=other, at=AT)
        assert len(lies(other.id)) == 1
