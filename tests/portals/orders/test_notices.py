"""What the mall's acts tell shops, suppliers and buyers, on the screens, by the API and by command."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.portals.orders.people import client_of, text_of
from tests.portals.orders.test_api_and_commands import at
from tests.portals.shell.running import run_command
from tests.trade.fulfilment.sold import NOW, Sold
from tests.trade.fulfilment.test_ship_lines import ship
from zhanggui.journeys.goods_received import goods_received
from zhanggui.journeys.mall_order_held import mall_order_held
from zhanggui.journeys.parcel_lost import parcel_lost
from zhanggui.journeys.return_asked import answers_due_soon, return_asked, return_turned_down
from zhanggui.outbox.models import Notice
from zhanggui.parties.models import User
from zhanggui.portals.desk.sessions import SEEN
from zhanggui.portals.shell.commands import notices
from zhanggui.settlement.intake.models import HoldReason
from zhanggui.trade.catalogue.models import Sku, SkuPrice
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.orders.models import OrderLine
from zhanggui.trade.returns.models import ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked

pytestmark = pytest.mark.django_db
LIST = "/merchant/notices/"


def told(**whom: int) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(**whom).order_by("id").values_list("kind", "subject"))


def test_an_orders_life_is_told_to_everybody_whose_it_is() -> None:
    sold = Sold()
    order, now = sold.order("A tea cup*:2"), timezone.now()
    ship(sold, "A", by="farm")
    parcel_lost(shipper_id=sold.id("farm"), parcel_no=Parcel.objects.get().parcel_no, at=now, actor="farm")
    mall_order_held(order_no="A", reason=HoldReason.RISK, at=now, actor="risk")
    assert told(party_id=sold.id("tea")) == [("parcel.lost", "A"), ("order.held", "A")]
    assert told(party_id=sold.id("farm")) == [("order.held", "A")]  # who says that it is lost knows it
    assert told(buyer_id=order.buyer_id) == [("order.shipped", "A"), ("parcel.lost", "A")]
    assert Notice.objects.get(party_id=sold.id("tea"), kind="order.held").about["amount_minor"] == 1900
    assert Notice.objects.get(party_id=sold.id("farm")).about == {}  # what buyers pay is not its business
    farm = client_of(sold, "supplier_staff", "farm")
    home = text_of(farm.get("/supplier/"))
    assert 'class="bell-count">1<' in home
    assert "Order A is on hold" in text_of(farm.get(LIST))
    notice = Notice.objects.get(party_id=sold.id("farm"), kind="order.held")
    assert farm.get(f"{LIST}{notice.id}/").headers["Location"] == "/supplier/mall-orders/A/"
    assert "bell-count" not in text_of(farm.get("/merchant/notices/bell/"))
    assert "Order A is on hold" not in text_of(farm.get(f"{LIST}?tab=unread"))
    stranger = client_of(sold, "merchant_owner", "books")
    assert stranger.get(f"{LIST}{notice.id}/").status_code == 404
    assert "Nothing yet" in text_of(stranger.get(LIST))


def test_a_case_goes_back_and_forth_and_its_deadline_is_told_once() -> None:
    sold = Sold()
    order = sold.order("A tea cup:1")
    ship(sold, "A")
    goods_received(order_no="A", buyer_ids=[order.buyer_id], at=NOW, actor="buyer:1")
    case = return_asked(
        order_no="A", kind=ReturnKind.REFUND_ONLY, reason="damaged", text="", pictures=[], at=NOW,
        asked=[Asked(OrderLine.objects.get().id, 1)],
    )  # fmt: skip
    assert case.answer_by is not None
    assert answers_due_soon(at=NOW) == 0
    soon = case.answer_by - timedelta(hours=1)
    assert [answers_due_soon(at=soon), answers_due_soon(at=soon)] == [1, 0]
    return_turned_down(case_no=case.case_no, at=soon, actor="tea", text="no")
    assert told(party_id=sold.id("tea")) == [
        ("return.asked", case.case_no),
        ("return.answer_soon", case.case_no),
    ]
    kinds = [("order.shipped", "A"), ("return.refused", case.case_no)]
    assert told(buyer_id=order.buyer_id) == kinds
    # finance does not answer after-sale, and is not told of it
    assert case.case_no not in text_of(client_of(sold, "merchant_finance", "tea").get(LIST))
    client = client_of(sold, "merchant_staff", "tea")
    page = text_of(client.get(LIST))
    assert page.count(case.case_no) >= 2 and "asks for 9.00 CNY" in page
    assert "2 notices are marked as read" in text_of(client.post(f"{LIST}read/", follow=True))
    key = at(sold, "merchant_owner", "tea")
    answer = key.get("/notices?unread=true&limit=1").json()
    assert [one["kind"] for one in answer["items"]] == ["return.answer_soon"]
    rest = key.get(f"/notices?unread=true&limit=1&cursor={answer['next_cursor']}").json()
    assert [one["kind"] for one in rest["items"]] == ["return.asked"]
    assert key.post("/notices/readings", {"ids": [rest["items"][0]["id"]]}).json() == {"marked": 1}
    assert key.get("/notices?unread=true&kind=return.asked").json()["items"] == []
    assert at(sold, "platform_admin").get("/notices").status_code == 403
    assert "your time to act ends" in run_command(notices, "--party", "tea").text

    buyer = Client()
    buyer.force_login(sold.buyers["wang"].user)
    page = text_of(buyer.get("/me/messages/"))
    assert "已发货：SF1001" in page and "商家已拒绝" in page
    message = Notice.objects.get(kind="order.shipped")
    assert buyer.get(f"/me/messages/{message.id}/").headers["Location"] == "/orders/A/"
    assert "SF1001" not in text_of(buyer.get("/me/messages/?tab=unread"))
    buyer.post("/me/messages/read/")
    assert "暂无消息" in text_of(buyer.get("/me/messages/?tab=unread"))
    other = Client()
    other.force_login(sold.buyers["li"].user)
    assert other.get(f"/me/messages/{message.id}/").status_code == 404


def test_a_supplier_quotes_a_price_and_the_shops_that_list_it_are_told() -> None:
    sold = Sold()
    sku = sold.sku("farm", "cup")
    sold.sku("tea", "cup*")
    SkuPrice.objects.create(sku=sku, currency="CNY", price_minor=600, market_minor=1000)
    other = Sku.objects.create(code="FARM-CUP-2", spu=sku.spu, owner_id=sku.owner_id, specs={"size": "l"})
    SkuPrice.objects.create(sku=other, currency="CNY", price_minor=900)
    key, client, place = at(sold, "supplier_owner", "farm"), Client(), f"/supplier/supplies/{sku.spu.number}/"
    client.force_login(User.objects.get(username="supplier_owner-farm"))
    assert "6.00" in text_of(client.get("/supplier/supplies/"))
    assert client.post(place, {"price-FARM-CUP-CNY": "much"}).status_code == 422
    page = text_of(client.post(place, {"price-FARM-CUP-CNY": "6.50"}, follow=True))
    assert "1 supply price is new" in page
    assert sorted(SkuPrice.objects.values_list("price_minor", flat=True)) == [650, 900]
    assert client_of(sold, "supplier_staff", "farm").post(place, {}).status_code == 403
    (notice,) = Notice.objects.filter(party_id=sold.id("tea"))
    assert (notice.kind, notice.about["before_minor"], notice.about["amount_minor"]) == (
        "supply.priced",
        600,
        650,
    )
    page = text_of(client_of(sold, "merchant_staff", "tea").get(LIST))
    assert "6.50 CNY from now on" in page and "6.00 CNY until now" in page
    prices = f"/own-supply-goods/{sku.spu.number}/prices"
    sent = {"prices": [{"sku": "FARM-CUP-2", "currency": "CNY", "price_minor": 950}]}
    answer = key.post(prices, sent).json()
    assert answer["shops"] == 1 and {one["price_minor"] for one in answer["prices"]} == {650, 950}
    assert key.get("/own-supply-goods").json()["items"] == [answer]
    assert key.post(prices, {"prices": [sent["prices"][0] | {"sku": "TEA-CUP*"}]}).status_code == 404
    assert at(sold, "merchant_owner", "tea").post(prices, sent).status_code == 403


def test_a_bell_that_asks_by_itself_keeps_nobody_logged_in() -> None:
    client = client_of(Sold(), "merchant_owner", "tea")
    client.get("/merchant/")
    session = client.session
    session[SEEN] = seen = session[SEEN] - 300
    session.save()
    client.get("/merchant/notices/bell/", headers={"X-Desk-Quiet": "1"})
    assert client.session[SEEN] == seen
    client.get("/merchant/notices/")
    assert client.session[SEEN] > seen
