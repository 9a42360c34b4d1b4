"""Members get back a part of what they bought: frozen on the order, given once as a coupon, over what they kept."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.isolation.market import ZONE, Market
from tests.mall.shopping import Mall
from tests.portals.api.calling import api_of
from tests.portals.shell.running import run_command
from zhanggui.clockwork.rebate_members import rebate_members
from zhanggui.journeys.members_rebated import members_rebated
from zhanggui.outbox.models import Notice
from zhanggui.parties.models import Role
from zhanggui.portals.shell.commands import promotions
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.trade.buyers.operations.set_level import set_level
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import GiveBackKind, Order, OrderLine
from zhanggui.trade.orders.operations.give_back import LineBack, give_back
from zhanggui.trade.parameters.operations.set_parameter import set_parameter
from zhanggui.trade.promotions.models import Coupon, HeldCoupon


@pytest.fixture
def members(mall: Mall) -> Mall:
    with transaction.atomic():
        set_parameter(code="member_rebate_permille", value=33, at=mall.clock(), actor="ann")
        set_level(buyer=mall.buyer, level="gold", at=mall.clock(), actor="ann")
    mall.buyer.refresh_from_db()
    return mall


def completed(mall: Mall, *goods: tuple[str, int]) -> list[Order]:
    orders = [mall.receive(order) for order in mall.buy(*goods)]
    return [mall.complete(order) for order in orders]


def next_month(mall: Mall) -> date:
    """The clock goes to the month after; returns a day of the one that is over."""
    today = mall.clock().astimezone(ZONE).date()
    mall.clock.later(days=32)
    return today


def test_they_get_a_coupon_over_what_they_kept_once(members: Mall) -> None:
    mall = members
    kept, returned = completed(mall, ("TEA-1", 1), ("CUP-1", 1))
    with transaction.atomic():
        give_back(
            order=hold_order(returned.order_no), cause="gift", kind=GiveBackKind.GOODWILL, reason="sorry",
            lines=[LineBack(OrderLine.objects.get(order=returned).id, 0, 4000, 0)], at=mall.clock(),
        )  # fmt: skip
    # What is promised later changes nothing of what was promised then; who is no member is promised nothing.
    set_parameter(code="member_rebate_permille", value=300, at=mall.clock(), actor="ann")
    set_level(buyer=mall.buyer, level="", at=mall.clock(), actor="ann")
    mall.buyer.refresh_from_db()
    (plain,) = completed(mall, ("TEA-1", 1))
    assert [order.rebate_ppm for order in (kept, returned, plain)] == [33_000, 33_000, 0]
    month = next_month(mall)
    assert rebate_members(clock=mall.clock, zone=ZONE) == 1
    coupon = Coupon.objects.get()
    assert coupon.amount_minor == 8800 * 33 // 1000 + 900 * 33 // 1000 == 319
    assert (coupon.merchant_id, coupon.platform_ppm, coupon.total, coupon.claimed) == (0, 1_000_000, 1, 1)
    held = HeldCoupon.objects.get()
    assert (held.coupon_id, held.buyer_id, held.state) == (coupon.id, mall.buyer.id, "free")
    marks = dict(Order.objects.values_list("order_no", "rebate_code"))
    assert marks == {kept.order_no: coupon.code, returned.order_no: coupon.code, plain.order_no: ""}
    assert rebate_members(clock=mall.clock, zone=ZONE) == 0
    assert members_rebated(month=month, clock=mall.clock, zone=ZONE, actor="ann") == 0
    # It buys: the shop gets all of its price, the platform bears the coupon.
    bought = mall.place(("TEA-1", 1), held=[held.id])
    assert bought.due_minor == 8800 - 319
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Order.objects.filter(id=kept.id).update(rebate_ppm=1)


def test_what_is_not_over_is_not_given(members: Mall) -> None:
    mall = members
    (order,) = completed(mall, ("TEA-1", 1))
    assert rebate_members(clock=mall.clock, zone=ZONE) == 0  # completed this month
    mall.receive(mall.buy(("CUP-1", 1))[0])
    month = next_month(mall)
    staff = Market(mall.line).person("platform", Role.PLATFORM_ADMIN)
    with pytest.raises(BadArguments, match="is not over"):
        run_command(promotions, "rebate-members", f"{timezone.localdate()}", "--as", staff.username)
    assert run_command(promotions, "rebate-members", f"{month}", "--as", staff.username).document == {
        "given": 1
    }
    assert Order.objects.exclude(rebate_code="").get() == order


def test_buyer_and_platform_see_what_was_given(members: Mall, client: Client) -> None:
    mall, market = members, Market(members.line)
    orders = completed(mall, ("TEA-1", 1), ("CUP-1", 1))
    month = f"{next_month(mall):%Y-%m}"
    rebate_members(clock=mall.clock, zone=ZONE)
    (held,) = HeldCoupon.objects.all()
    amount = 8800 * 33 // 1000 + 4900 * 33 // 1000

    client.force_login(mall.buyer.user)
    client.cookies["django_language"] = "en"
    told = client.get("/me/messages/").content.decode()
    assert f"You get back {amount / 100} CNY for {month}" in told
    message = Notice.objects.get(kind="rebate.given")
    assert client.get(f"/me/messages/{message.id}/")["Location"] == "/coupons/"
    assert "You get back 3.3% of what you buy" in client.get("/me/").content.decode()

    api = api_of(market, "platform", Role.PLATFORM_OPERATIONS)
    is_free = held.coupon.use_ends_before > timezone.now()  # portals live by the clock on the wall
    (told_there,) = api.get("/member-rebates", month=month)["items"]
    assert (told_there["amount_minor"], told_there["state"], told_there["buyer"]) == (
        amount, "free" if is_free else "lapsed", mall.buyer.number,
    )  # fmt: skip
    assert [(one["order_no"], one["kept_minor"], one["amount_minor"]) for one in told_there["orders"]] == [
        (orders[0].order_no, 8800, 290), (orders[1].order_no, 4900, 161),
    ]  # fmt: skip
    assert api.get("/member-rebates", order_no=orders[1].order_no, buyer=mall.buyer.number)["items"]
    assert api.get("/member-rebates", month="2020-01")["items"] == []
    assert api.get("/member-rebates/months")["items"] == [{
        "month": month, "currency": "CNY", "rebates": 1, "amount_minor": amount, "used_minor": 0,
        "open_minor": amount * is_free, "lapsed_minor": amount * (not is_free),
    }]  # fmt: skip
    api_of(market, "tea", Role.MERCHANT_OWNER).get("/member-rebates", status=403)

    client.force_login(market.person("platform", Role.PLATFORM_ADMIN))
    listed = client.get("/platform/mall/rebates/?q=" + held.coupon.code).content.decode()
    assert mall.buyer.number in listed
    assert held.coupon.code not in client.get("/platform/coupons/").content.decode()
    page = client.get(f"/platform/coupons/{held.coupon.code}/").content.decode()
    assert "Given back for these orders" in page
    assert "2.90" in page


def test_the_buyer_sees_it(members: Mall, client: Client) -> None:
    order = members.receive(members.buy(("TEA-1", 1))[0])
    client.force_login(members.buyer.user)
    page = client.get(f"/orders/{order.order_no}/").content.decode()
    assert "2.90" in page
    assert order.rebate_ppm == 33_000
