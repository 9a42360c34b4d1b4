"""The cart: put in, count, tick, take out, over several shops, before and after logging in."""

import re
from typing import Any

from tests.portals.storefront.test_looking import page
from zhanggui.trade.carts.models import CartItem
from zhanggui.trade.catalogue.models import SkuPrice


def put(client: Any, sku: Any, quantity: Any = 1) -> Any:
    return client.post("/cart/add/", {"sku": sku.id, "quantity": quantity, "go": "cart"})


def test_a_visitor_fills_a_cart_without_logging_in(client: Any, fair: Any) -> None:
    assert put(client, fair.sku(0))["Location"] == "/cart/"
    assert put(client, fair.sku(8), 2)["Location"] == "/cart/"
    assert len(client.cookies["zhanggui_visitor"].value) == 43
    text = page(client, "/cart/")
    assert "山前茶舍" in text and "桌上小物" in text and "登录" in text
    assert set(CartItem.objects.values_list("buyer_id", "quantity")) == {(0, 1), (0, 2)}


def test_every_saving_is_said_line_by_line_and_adds_up(shopper: Any, fair: Any, buyer: Any) -> None:
    fair.address(buyer)
    put(shopper, fair.sku(0))  # 128.00, the tea house takes 10 off 100
    put(shopper, fair.sku(4))  # 199.00, together over 200: the mall takes 20 off
    text = page(shopper, "/cart/")
    cuts = [int(yuan) * 100 + int(fen) for yuan, fen in re.findall(r'class="cut">.*?−¥(\d+)\.(\d\d)', text)]
    assert sum(cuts) == 1000 + 2000
    assert "New tea, save more" in text and "Early winter fair" in text


def test_quantities_and_ticks_are_taken_over_without_scripts(shopper: Any, fair: Any, buyer: Any) -> None:
    tea, cup = fair.sku(0), fair.sku(10)
    put(shopper, tea)
    put(shopper, cup)
    sent = {
        "item": [tea.id, cup.id],
        "chosen": [cup.id],
        f"quantity-{tea.id}": "3",
        f"quantity-{cup.id}": "2",
    }
    shopper.post("/cart/", {**sent, "act": "refresh"})
    rows = {row.sku_id: (row.quantity, row.chosen) for row in CartItem.objects.filter(buyer_id=buyer.id)}
    assert rows == {tea.id: (3, False), cup.id: (2, True)}
    shopper.post("/cart/", {"item": [tea.id, cup.id], "act": "all"})
    assert all(CartItem.objects.values_list("chosen", flat=True))
    owner = fair.parties["tea"].id
    shopper.post(
        "/cart/",
        {
            "item": [tea.id, cup.id],
            "chosen": [tea.id, cup.id],
            f"of-{owner}": [tea.id],
            "act": f"none-{owner}",
        },
    )
    assert dict(CartItem.objects.values_list("sku_id", "chosen")) == {tea.id: False, cup.id: True}
    shopper.post("/cart/", {"item": [tea.id, cup.id], "act": f"drop-{tea.id}"})
    assert list(CartItem.objects.values_list("sku_id", flat=True)) == [cup.id]


def test_a_quantity_that_is_none_is_said(shopper: Any, fair: Any) -> None:
    assert "from 1 to 999" in page(shopper, put(shopper, fair.sku(0), "many")["Location"])
    assert "999" in page(shopper, put(shopper, fair.sku(0), 5000)["Location"])
    assert not CartItem.objects.exists()


def test_a_price_that_moved_is_said_in_the_cart(shopper: Any, fair: Any) -> None:
    put(shopper, fair.sku(1))
    SkuPrice.objects.filter(sku=fair.sku(1)).update(price_minor=10900)
    assert "Dearer than when you put it in (¥99.00)" in page(shopper, "/cart/")


def test_what_is_short_is_said_with_what_is_left(shopper: Any, fair: Any) -> None:
    put(shopper, fair.sku(0), 9)
    assert "Only 6 left" in page(shopper, "/cart/")


def test_an_empty_cart_says_where_to_go(client: Any, fair: Any) -> None:
    assert "购物车是空的" in page(client, "/cart/")
    assert client.post("/cart/", {"act": "checkout"})["Location"] == "/cart/"


def test_favourites_are_kept_and_dropped(shopper: Any, fair: Any) -> None:
    shopper.post("/goods/G000003/favourite/")
    assert "Osmanthus" in page(shopper, "/me/favourites/")
    shopper.post("/goods/G000003/favourite/")
    assert "Nothing kept yet" in page(shopper, "/me/favourites/")
    assert shopper.post("/goods/G999999/favourite/").status_code == 404


def test_coupons_are_claimed_once(shopper: Any, fair: Any) -> None:
    shopper.post("/coupons/hello/claim/", {"next": "/coupons/"})
    text = page(shopper, "/coupons/")
    assert text.count("A small welcome") == 1
    shopper.post("/coupons/hello/claim/", {"next": "https://elsewhere.example/"})
    assert shopper.post("/coupons/nothing/claim/").status_code == 404


def test_addresses(shopper: Any, fair: Any, buyer: Any) -> None:
    sent = {
        "recipient": "Lin",
        "phone": "13800000000",
        "region": "440000",
        "city": "Shenzhen",
        "street": "1 Shennan Road",
    }
    assert shopper.post("/me/addresses/new/", {**sent, "next": "/checkout/"})["Location"] == "/checkout/"
    text = page(shopper, "/me/addresses/")
    assert "Guangdong" in text and "Shenzhen" in text
    assert shopper.post("/me/addresses/new/", {**sent, "street": ""}).status_code == 422
    other = fair.buyer("zhao", shown="Zhao")
    theirs = fair.address(other)
    page(shopper, f"/me/addresses/{theirs.id}/", 404)


def test_visitors_are_asked_to_log_in_where_it_counts(client: Any, fair: Any) -> None:
    for path in ("/orders/", "/me/favourites/", "/me/addresses/"):
        assert "next=" in client.get(path)["Location"], path
