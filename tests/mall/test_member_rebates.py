"""Members get back a part of what they bought: frozen on the order, given once as a coupon, over what they kept."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests.isolation.market import ZONE, Market
from tests.mall.shopping import Mall
from tests.portals.shell.running import run_command
from zhanggui.clockwork.rebate_members import rebate_members
from zhanggui.journeys.members_rebated import members_rebated
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


def test_the_buyer_sees_it(members: Mall, client: Client) -> None:
    order = members.receive(members.buy(("TEA-1", 1))[0])
    client.force_login(members.buyer.user)
    page = client.get(f"/orders/{order.order_no}/").content.decode()
    assert "2.90" in page
    assert order.rebate_ppm == 33_000
