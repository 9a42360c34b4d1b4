"""Carts of visitors and buyers, what they show, and favourites."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.trade.promotions.test_coupons import at_once
from tests.trade.stalls import DAY, NOW, Stalls
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.carts.errors import CartFull, CartItemMissing, CartQuantityWrong, NotOnOffer
from zhanggui.trade.carts.models import CartItem
from zhanggui.trade.carts.operations import add_to_cart as adding
from zhanggui.trade.carts.operations.add_favourite import add_favourite
from zhanggui.trade.carts.operations.add_to_cart import add_to_cart
from zhanggui.trade.carts.operations.change_quantity import change_quantity
from zhanggui.trade.carts.operations.choose_items import choose_items
from zhanggui.trade.carts.operations.remove_favourite import remove_favourite
from zhanggui.trade.carts.operations.remove_items import remove_items
from zhanggui.trade.carts.operations.take_over_cart import take_over_cart, take_over_favourites
from zhanggui.trade.carts.queries import cart_of, favourites_of, item_count, wanted_of
from zhanggui.trade.carts.shapes import Cart, CartOwner
from zhanggui.trade.catalogue.models import Shop, Sku, SkuPrice
from zhanggui.trade.promotions.shapes import Wanted

pytestmark = pytest.mark.django_db
VISITOR = CartOwner(visitor="a-visitor")
BUYER = CartOwner(buyer_id=7)


@pytest.fixture
def stalls() -> Stalls:
    made = Stalls()
    made.shop("alpha")
    made.shop("beta")
    return made


def put(
    sku: Sku, quantity: int = 1, owner: CartOwner = VISITOR, *, member: bool = False, days: int = 0
) -> CartItem:
    return add_to_cart(
        owner=owner, sku_id=sku.id, quantity=quantity, currency="CNY", member=member, at=NOW + days * DAY
    )


def shown(owner: CartOwner = VISITOR, buyer: Buyer | None = None, region: str = "shanghai") -> Cart:
    return cart_of(owner, buyer=buyer, region=region, currency="CNY", at=NOW)


class TestOwner:
    def test_is_a_buyer_or_a_visitor(self) -> None:
        for wrong in ({}, {"buyer_id": 1, "visitor": "x"}):
            with pytest.raises(ValueError):
                CartOwner(**wrong)  # type: ignore[arg-type]


class TestAddToCart:
    def test_adds_up_and_remembers_the_price_seen(self, stalls: Stalls) -> None:
        sku = stalls.sku("alpha", "a", 1000, member=900)
        put(sku, 2)
        item = put(sku, 3, member=True)
        assert (item.quantity, item.seen_minor, item.seen_currency, item.chosen) == (5, 900, "CNY", True)
        assert CartItem.objects.count() == 1

    def test_refuses_what_is_not_on_offer(self, stalls: Stalls) -> None:
        for sku in (stalls.sku("alpha", "usd", 1, currency="USD"), stalls.sku("alpha", "s", 1, supply=True)):
            with pytest.raises(NotOnOffer):
                put(sku)
        with pytest.raises(NotOnOffer):
            add_to_cart(owner=VISITOR, sku_id=10**9, quantity=1, currency="CNY", member=False, at=NOW)

    def test_refuses_quantities_beyond_the_bounds(self, stalls: Stalls) -> None:
        sku = stalls.sku("alpha", "a", 1000)
        for quantity in (0, -1, 1000):
            with pytest.raises(CartQuantityWrong):
                put(sku, quantity)
        put(sku, 990)
        with pytest.raises(CartQuantityWrong):
            put(sku, 10)
        assert CartItem.objects.get().quantity == 990

    def test_refuses_one_kind_too_many(self, stalls: Stalls, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(adding, "MOST_KINDS", 2)
        one, two, three = (stalls.sku("alpha", code, 1000) for code in "abc")
        put(one), put(two), put(one)
        with pytest.raises(CartFull):
            put(three)
        put(three, owner=BUYER)


class TestChanges:
    def test_set_quantity_choice_and_absence(self, stalls: Stalls) -> None:
        one, two = stalls.sku("alpha", "a", 1000), stalls.sku("alpha", "b", 1000)
        put(one), put(two), put(one, owner=BUYER)
        change_quantity(owner=VISITOR, sku_id=one.id, quantity=7)
        assert choose_items(owner=VISITOR, sku_ids=[two.id], chosen=False) == 1
        assert wanted_of(VISITOR) == [Wanted(one.id, 7)]
        assert choose_items(owner=VISITOR, sku_ids=None, chosen=True) == 2
        assert remove_items(owner=VISITOR, sku_ids=[one.id, 10**9]) == 1
        assert wanted_of(VISITOR) == [Wanted(two.id, 1)]
        assert (item_count(VISITOR), item_count(BUYER)) == (1, 1)

    def test_refuse_what_is_not_there(self, stalls: Stalls) -> None:
        sku = stalls.sku("alpha", "a", 1000)
        put(sku, owner=BUYER)
        with pytest.raises(CartItemMissing):
            change_quantity(owner=VISITOR, sku_id=sku.id, quantity=1)
        with pytest.raises(CartQuantityWrong):
            change_quantity(owner=BUYER, sku_id=sku.id, quantity=1000)


class TestTakeOver:
    def test_adds_the_visitors_cart_to_the_buyers_once(self, stalls: Stalls) -> None:
        one, two, three = (stalls.sku("alpha", code, 1000) for code in "abc")
        put(one, 2), put(two, 900)
        put(two, 200, owner=BUYER), put(three, owner=BUYER)
        choose_items(owner=BUYER, sku_ids=[two.id], chosen=False)
        assert take_over_cart(visitor=VISITOR.visitor, to_buyer=7) == 2
        assert take_over_cart(visitor=VISITOR.visitor, to_buyer=7) == 0
        assert take_over_cart(from_buyer=7, to_buyer=7) == 0
        rows = CartItem.objects.order_by("sku_id").values_list(
            "buyer_id", "visitor", "sku_id", "quantity", "chosen"
        )
        assert list(rows) == [
            (7, "", one.id, 2, True), (7, "", two.id, 999, True), (7, "", three.id, 1, True),
        ]  # fmt: skip

    def test_of_another_buyer_when_two_become_one(self, stalls: Stalls) -> None:
        put(stalls.sku("alpha", "a", 1000), 2, CartOwner(buyer_id=8))
        assert take_over_cart(from_buyer=8, to_buyer=7) == 1
        assert item_count(BUYER) == 1


class TestCart:
    def test_is_shops_with_lines_and_a_quote_of_what_is_chosen(self, stalls: Stalls) -> None:
        buyer = stalls.buyer("ann")
        owner = CartOwner(buyer_id=buyer.id)
        one, two, three = (stalls.sku(shop, code, 1000, market=1500)
                           for shop, code in (("alpha", "a"), ("beta", "b"), ("alpha", "c")))  # fmt: skip
        put(one, 2, owner), put(two, 1, owner, days=1), put(three, 1, owner, days=2)
        choose_items(owner=owner, sku_ids=[two.id], chosen=False)
        stalls.saving("save", "alpha", [3000, 300])
        cart = shown(owner, buyer)
        assert [(shop.code, [line.sku_code for line in shop.lines]) for shop in cart.shops] == [
            ("alpha", ["c", "a"]), ("beta", ["b"]),
        ]  # fmt: skip
        assert [(line.sku_code, line.due_minor, line.left) for line in cart.lines] == [
            ("c", 900, 100), ("a", 1800, 100), ("b", 0, 100),
        ]  # fmt: skip
        assert (cart.quote.goods_minor, cart.quote.due_minor, cart.refused) == (3000, 2700, ())

    def test_says_what_changed_since_it_was_put_in(self, stalls: Stalls) -> None:
        dearer, cheaper = stalls.sku("alpha", "a", 1000), stalls.sku("alpha", "b", 1000)
        put(dearer), put(cheaper)
        SkuPrice.objects.filter(sku=dearer).update(price_minor=1100)
        SkuPrice.objects.filter(sku=cheaper).update(price_minor=950)
        assert {line.sku_code: line.changed_minor for line in shown().lines} == {"a": 100, "b": -50}
        SkuPrice.objects.create(sku=dearer, currency="USD", price_minor=150)
        dollars = cart_of(VISITOR, buyer=None, region="", currency="USD", at=NOW)
        assert {line.sku_code: (line.changed_minor, line.refused) for line in dollars.lines} == {
            "a": (0, ""), "b": (0, "currency"),
        }  # fmt: skip

    def test_names_what_cannot_be_bought(self, stalls: Stalls) -> None:
        template = stalls.freight("alpha", "near", (["shanghai"], 1, 600, 1, 0))
        skus = {code: stalls.sku("alpha", code, 1000, stock=5, template=template if code == "near" else 0)
                for code in ("good", "near", "few", "gone", "off", "unchosen")}  # fmt: skip
        skus["closed"] = stalls.sku("beta", "closed", 1000)
        for sku in skus.values():
            put(sku, 3)
        for code, there in (("few", 2), ("unchosen", 1), ("gone", 0)):
            stalls.stock(skus[code], on_hand=there)
        choose_items(owner=VISITOR, sku_ids=[skus["unchosen"].id], chosen=False)
        skus["off"].active = False
        skus["off"].save()
        Shop.objects.filter(code="beta").update(state="closed")
        cart = shown(region="tibet")
        assert {line.sku_code: (line.refused, line.left) for line in cart.refused} == {
            "near": ("region", 5), "few": ("short", 2), "gone": ("short", 0), "off": ("unlisted", 5),
            "unchosen": ("short", 1), "closed": ("closed", 100),
        }  # fmt: skip
        assert [shop.open for shop in cart.shops] == [False, True]
        assert cart.quote.goods_minor == 3000

    def test_of_nobody_is_empty(self) -> None:
        assert (shown().shops, shown().quote.due_minor) == ((), 0)

    def test_asks_as_often_for_forty_kinds_as_for_one(self, stalls: Stalls) -> None:
        buyer = stalls.buyer("ann")
        owner = CartOwner(buyer_id=buyer.id)
        counts = []
        for some in (1, 39):
            for place in range(some):
                put(stalls.sku(("alpha", "beta")[place % 2], f"{some}-{place}", 999), owner=owner)
            with CaptureQueriesContext(connection) as caught:
                cart = shown(owner, buyer)
            counts.append(len(caught))
        assert len(cart.lines) == 40
        assert counts[0] == counts[1] <= 15


class TestFavourites:
    def test_are_kept_listed_and_taken_off(self, stalls: Stalls) -> None:
        one, two = stalls.sku("alpha", "a", 1000), stalls.sku("beta", "b", 500)
        for number, days in (("G-a", 0), ("G-b", 1), ("G-a", 2)):
            add_favourite(buyer_id=7, spu_number=number, at=NOW + days * DAY)
        Sku.objects.create(code="a2", spu=one.spu, owner_id=one.owner_id, specs={"size": "l"})
        SkuPrice.objects.create(sku=Sku.objects.get(code="a2"), currency="CNY", price_minor=800)
        stalls.take_down(two.spu)
        found = favourites_of(buyer_id=7, currency="CNY")
        assert [(row.spu_number, row.from_minor, row.listed) for row in found] == [
            ("G-b", 500, False), ("G-a", 800, True),
        ]  # fmt: skip
        assert remove_favourite(buyer_id=7, spu_number="G-a")
        assert not remove_favourite(buyer_id=7, spu_number="G-a")
        with pytest.raises(NotOnOffer):
            add_favourite(buyer_id=7, spu_number="G-b", at=NOW)

    def test_go_along_when_two_buyers_become_one(self, stalls: Stalls) -> None:
        stalls.sku("alpha", "a", 1000), stalls.sku("beta", "b", 500)
        for buyer, number in ((7, "G-a"), (8, "G-a"), (8, "G-b")):
            add_favourite(buyer_id=buyer, spu_number=number, at=NOW)
        assert take_over_favourites(from_buyer=8, to_buyer=7) == 1
        assert {row.spu_number for row in favourites_of(buyer_id=7, currency="CNY")} == {"G-a", "G-b"}
        assert favourites_of(buyer_id=8, currency="CNY") == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_every_click_counts(self) -> None:
        sku = None
        with transaction.atomic():
            stalls = Stalls()
            stalls.shop("alpha")
            sku = stalls.sku("alpha", "a", 1000)
        assert at_once(6, lambda _number: put(sku, 2)) == ["done"] * 6
        assert CartItem.objects.get().quantity == 12

    def test_a_cart_is_taken_over_once(self) -> None:
        with transaction.atomic():
            stalls = Stalls()
            stalls.shop("alpha")
            put(stalls.sku("alpha", "a", 1000), 2)
        assert at_once(4, lambda _number: take_over_cart(visitor=VISITOR.visitor, to_buyer=7)) == ["done"] * 4
        assert [(item.buyer_id, item.quantity) for item in CartItem.objects.all()] == [(7, 2)]
