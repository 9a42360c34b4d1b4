"""Whom a shop sold to: on its list, by API and by command, and nobody else's."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.portals.latin import latin_words
from tests.portals.orders.people import client_of, text_of
from tests.portals.orders.test_api_and_commands import at
from tests.portals.shell.running import run_command
from tests.trade.fulfilment.sold import NOW, Sold
from zhanggui.journeys.rest_called_off import rest_called_off
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.shell.commands import customers
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.rules import masked_name
from zhanggui.trade.orders.models import GiveBack

pytestmark = pytest.mark.django_db


def sold_twice(*, english: bool = True) -> Sold:
    sold = Sold(english=english)
    sold.order("A tea cup:2")
    sold.order("B tea cup:1")
    sold.order("C tea cup:1", buyer="li")
    sold.order("D tea cup:1", buyer="li", state="placed")
    sold.order("E books cup:5", buyer="li")
    Buyer.objects.filter(id=sold.buyers["wang"].id).update(
        name="王小明", phone="13812345678", level_code="gold"
    )
    Buyer.objects.filter(id=sold.buyers["li"].id).update(name="李四")
    rest_called_off(order_no="B", reason="gone", at=NOW, actor="tests", merchant_id=sold.id("tea"))
    return sold


def test_a_shop_lists_who_paid_with_what_it_comes_to() -> None:
    sold = sold_twice()
    tea = client_of(sold, "merchant_staff", "tea")
    page = text_of(tea.get("/merchant/customers/"))
    assert (
        "王***明" in page
        and "李**" in page
        and "王小明" not in page
        and "1234" not in page
        and "gold" in page
    )
    assert "37.00" in page.replace(" ", "") and "9.00" in page  # 19 + 9 of Wang, 9 of Li; 9 given back
    assert "李**" not in text_of(tea.get("/merchant/customers/?tab=again"))
    assert "王***明" not in text_of(tea.get("/merchant/customers/?paid_max=10"))
    assert "王***明" in text_of(tea.get("/merchant/customers/?q=gold&sort=-paid"))
    key = at(sold, "merchant_viewer", "tea")
    first = key.get("/customers?limit=1").json()
    assert [
        (one["name"], one["orders"], one["paid_minor"], one["given_back_minor"]) for one in first["items"]
    ] == [("王***明", 2, 2800, 900)]
    second = key.get(f"/customers?limit=1&cursor={first['next_cursor']}").json()
    assert ([one["orders"] for one in second["items"]], second["next_cursor"]) == ([1], None)
    assert at(sold, "platform_admin").get("/customers").status_code == 403
    assert "李** orders 1, " in run_command(customers, "books").text
    assert "nobody bought" in run_command(customers, "books", "--currency", "EUR").text


def test_two_log_ins_made_one_are_one_customer() -> None:
    sold = sold_twice()
    Buyer.objects.filter(id=sold.buyers["li"].id).update(state="merged", merged_into=sold.buyers["wang"])
    (one,) = at(sold, "merchant_owner", "tea").get("/customers").json()["items"]
    assert (one["number"], one["orders"]) == (sold.buyers["wang"].number, 3)


def test_the_database_tells_a_shop_of_its_own_buyers_alone() -> None:
    sold = sold_twice()
    with as_tenant(sold.id("books")):
        assert not GiveBack.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("select b.name from unnest(%s::bigint[]) x cross join lateral trade_customer(x) b",
                           [[one.id for one in sold.buyers.values()]])  # fmt: skip
            assert cursor.fetchall() == [("李**",)]
    for name in ("王小明", "j", "Anna Weber", "李四"):
        Buyer.objects.filter(id=sold.buyers["li"].id).update(name=name)
        with as_tenant(sold.id("tea")), connection.cursor() as cursor:
            cursor.execute("select name from trade_customer(%s)", [sold.buyers["li"].id])
            assert cursor.fetchone() == (masked_name(name),)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        as_tenant(sold.id("tea")),
        connection.cursor() as cursor,
    ):
        cursor.execute("select phone from trade_buyer")


def test_the_list_is_chinese() -> None:
    sold = sold_twice(english=False)
    client = client_of(sold, "merchant_owner", "tea", language="zh-hans")
    client.cookies["django_language"] = "zh-hans"
    page = text_of(client.get("/merchant/customers/"))
    assert dict(latin_words(page, {"gold", *(one.number for one in sold.buyers.values())})) == {}
