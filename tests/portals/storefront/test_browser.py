"""The mall in a browser: accessible in every look, no wider than a phone, bought without scripts, and sent once."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.mall.pretend_channel import ACCOUNT, PretendChannel
from tests.portals.test_money_screens import AXE, LOOKS, PHONE, enter, seen
from zhanggui.payments import wired
from zhanggui.payments.models import PaymentAttempt, PaymentChannel
from zhanggui.trade.carts.operations.add_to_cart import add_to_cart
from zhanggui.trade.carts.shapes import CartOwner
from zhanggui.trade.orders.models import Order, Purchase
from zhanggui.trade.promotions.operations.claim_coupon import claim_coupon

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # pytest-base-url, which pytest-playwright stands on
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
WEIXIN = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile/15E148 MicroMessenger/8.0.50"
EVERYBODYS = (
    "/", "/categories/", "/categories/clothes/", "/categories/shirts/?a.material=linen", "/search/?q=nothing+like+this",
    "/search/?q=茶", "/goods/G000005/", "/goods/G000001/reviews/", "/shops/tea/", "/topics/winter/", "/coupons/",
    "/help/", "/help/after-sale/", "/support/?about=G000001", "/cart/",
)  # fmt: skip


@pytest.fixture
def channel(fair: Any) -> PretendChannel:
    found = PretendChannel()
    wired.rails()
    wired.register_rail("pretend", lambda settings, secrets: found)
    PaymentChannel.objects.create(
        code="wechat",
        name={"zh": "微信支付", "en": "WeChat Pay"},
        rail="pretend",
        currency="CNY",
        account=ACCOUNT,
    )
    return found


def pay_last(channel: PretendChannel) -> None:
    attempt = PaymentAttempt.objects.latest("id")
    channel.pay(attempt.number, at=timezone.now())


def test_every_page_is_accessible(
    live_server: Any, page: Page, fair: Any, buyer: Any, shopper: Any, channel: Any
) -> None:
    """Pages take turns in eight looks: two widths, two languages, two themes."""
    fair.address(buyer)
    with transaction.atomic():
        claim_coupon(code="hello", buyer_id=buyer.id, at=timezone.now())
    for place in (0, 4):
        add_to_cart(
            owner=CartOwner(buyer_id=buyer.id), sku_id=fair.sku(place).id, quantity=1, currency="CNY", member=False,
            at=timezone.now(),
        )  # fmt: skip
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    page.context.add_init_script(AXE.read_text())
    page.set_default_navigation_timeout(90_000)  # the first page of a server compiles every template
    found: dict[str, list[str]] = {}
    for place, path in enumerate(EVERYBODYS):
        if broken := seen(page, live_server.url, path, LOOKS[place % len(LOOKS)]):
            found[f"{path} in {LOOKS[place % len(LOOKS)]}"] = broken
    enter(page, live_server.url, sessionid=shopper.cookies["sessionid"].value)
    own = [
        "/cart/",
        "/checkout/",
        "/me/",
        "/me/addresses/",
        "/me/addresses/new/",
        "/me/favourites/",
        "/coupons/",
    ]
    for place, path in enumerate([*own, *_bought(shopper, channel)]):
        if broken := seen(page, live_server.url, path, LOOKS[(place * 3 + 1) % len(LOOKS)]):
            found[f"{path} in {LOOKS[(place * 3 + 1) % len(LOOKS)]}"] = broken
    assert found == {}
    assert said == []


def _bought(shopper: Any, channel: PretendChannel) -> list[str]:
    """Pages of something ordered: waiting for money, then paid."""
    from tests.portals.storefront.test_buying import placed

    pay = placed(shopper)["Location"]
    order = Order.objects.order_by("id")[0]
    waiting = [pay, "/orders/", f"/orders/{order.order_no}/"]
    return [*waiting, f"/orders/{order.order_no}/after-sale/", "/after-sale/"]


@pytest.fixture
def plain(browser: Browser, live_server: Any, shopper: Any) -> Iterator[BrowserContext]:
    """A phone that runs no scripts, with the buyer logged in."""
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": PHONE, "height": 844}, base_url=live_server.url
    )
    context.add_cookies(
        [{"name": "sessionid", "value": shopper.cookies["sessionid"].value, "url": live_server.url}]
    )
    yield context
    context.close()


def test_a_purchase_without_scripts(
    plain: BrowserContext, fair: Any, buyer: Any, channel: PretendChannel
) -> None:
    fair.address(buyer)
    page = plain.new_page()
    page.goto("/")
    page.get_by_role("link", name="精梳棉牛津纺衬衫").first.click()
    page.get_by_role("link", name="米白").click()
    page.get_by_role("button", name="加入购物车").click()
    expect(page.get_by_text("已加入购物车。")).to_be_visible()
    page.goto("/goods/G000001/")
    page.get_by_role("button", name="加入购物车").click()
    page.get_by_role("button", name="去结算").click()
    expect(page.get_by_role("heading", name="确认订单")).to_be_visible()
    page.get_by_role("button", name="提交订单").click()
    expect(page.get_by_role("img", name="手机付款二维码")).to_be_visible()
    pay_last(channel)
    page.get_by_role("button", name="我已付款").click()
    expect(page.get_by_text("已通知店铺备货。")).to_be_visible()
    assert Purchase.objects.get().state == "paid" and Order.objects.count() == 2
    page.get_by_role("link", name="我的订单").first.click()
    expect(page.locator(".order-card")).to_have_count(2)


def test_with_scripts_a_double_click_buys_once_and_the_page_goes_on_by_itself(
    live_server: Any, page: Page, shopper: Any, fair: Any, buyer: Any, channel: PretendChannel
) -> None:
    fair.address(buyer)
    enter(page, live_server.url, sessionid=shopper.cookies["sessionid"].value, django_language="en")
    page.goto(f"{live_server.url}/goods/G000011/")
    page.get_by_role("button", name="+", exact=True, include_hidden=True).click()
    page.get_by_role("button", name="Buy now").click()
    page.get_by_role("button", name="Place the order").dblclick()
    expect(page.get_by_role("img", name="Code to pay with your phone")).to_be_visible()
    assert [line.quantity for line in Order.objects.get().lines.all()] == [2]
    pay_last(channel)
    page.get_by_role("button", name="I have paid").click()
    expect(page.get_by_role("heading", name="Paid")).to_be_visible()


def test_inside_wechat_nothing_opens_a_window_and_fields_do_not_zoom(
    browser: Browser, live_server: Any, fair: Any
) -> None:
    context = browser.new_context(
        user_agent=WEIXIN, viewport={"width": PHONE, "height": 844}, base_url=live_server.url
    )
    page = context.new_page()
    for path in ("/", "/goods/G000005/", "/cart/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.dataset.surface") == "weixin"
        assert page.locator("[target]").count() == 0
        sizes = "[...document.querySelectorAll('input:not([type=hidden], [type=checkbox], [type=radio])')].map(one => parseFloat(getComputedStyle(one).fontSize))"
        assert all(size >= 16 for size in page.evaluate(sizes)), path
    context.close()
