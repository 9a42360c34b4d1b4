"""One purchase seen from both ends, in a browser: three shops paid at once at the sandbox of WeChat Pay, shipped,
followed, one thing returned; then what the shop and the platform see of every cent, until the bank has paid it.

A computer in English, and a phone in Chinese that runs no scripts up to payment.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.rails.sandboxes import running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # pytest-base-url, which pytest-playwright stands on
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
#: One thing of each shop, and how many of it: six cakes, socks, pens.
BASKET = (("G000003", 2), ("G000007", 1), ("G000010", 1))


@dataclass
class Look:
    """How somebody looks at the mall: a width, a language, and whether scripts run before the money is asked for."""

    browser: Browser
    address: str
    width: int
    language: str
    scripts: bool

    def person(self, *, scripts: bool = True, keep: Any = None) -> Page:
        """A browser of somebody's own; `keep` is what another one of theirs remembered."""
        context: BrowserContext = self.browser.new_context(
            base_url=self.address, java_script_enabled=scripts, storage_state=keep,
            viewport={"width": self.width, "height": 844 if self.width == 390 else 900},
            locale="zh-CN" if self.language == "zh-hans" else "en-GB",
            user_agent=PHONE if self.width == 390 else None,
        )  # fmt: skip
        context.set_default_timeout(60_000)
        context.set_default_navigation_timeout(90_000)
        page = context.new_page()
        page.route(
            "**/live/?*", lambda route: route.abort()
        )  # the server of tests cannot leave a stream open
        return page

    def staff(self, name: str) -> Page:
        """Somebody of a shop or the platform, logged in."""
        from tests.portals.story.mall import PASSWORD

        page = self.person()
        page.goto("/login/")
        page.fill("[name=username]", name)
        page.fill("[name=password]", PASSWORD)
        page.locator(
            "form:has([name=password]) button[type=submit], form:has([name=password]) button"
        ).last.click()
        page.wait_for_url(re.compile(r"/(desk|merchant|platform)/"))
        return page


@pytest.fixture
def concern(live_server: Any, tmp_path: Path, settings: Any) -> Iterator[Any]:
    from django.core.cache import cache

    from tests.portals.story.mall import open_mall
    from zhanggui.payments.models import PaymentChannel
    from zhanggui.payments.wired import adapter

    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    with running("zhanggui.rails.wechat_pay.sandbox", tmp_path / "wechat") as sandbox:
        yield open_mall(sandbox, live_server.url)
        adapter(PaymentChannel.objects.get(code="wechat")).close()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """Callbacks come from another process, and pages without scripts look again every five seconds."""
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.mark.parametrize(
    ("width", "language", "scripts"),
    [(1440, "en", True), (390, "zh-hans", False)],
    ids=["wide-en", "phone-zh-plain"],
)
def test_a_purchase_from_both_ends(
    width: int, language: str, scripts: bool, browser: Browser, live_server: Any, concern: Any, tmp_path: Path
) -> None:
    look = Look(browser, live_server.url, width, language, scripts)
    concern.speak(language)
    page = _buys(look)
    _pays(look, page)
    orders = _orders_paid(concern)
    page = look.person(keep=page.context.storage_state())
    expect_language(page, look, "/orders/")
    _is_sent(look, page, orders)
    _comes_back(look, page, concern, orders)
    _every_cent(look, concern, orders)
    _is_paid_and_reconciled(look, concern, tmp_path)


def expect_language(page: Page, look: Look, path: str) -> None:
    page.goto(path)
    assert page.locator("html").get_attribute("lang") == look.language


def _buys(look: Look) -> Page:
    """Three things of three shops into the cart, then the three steps, as somebody who has just logged in."""
    page = look.person(scripts=look.scripts)
    page.goto("/sign-in/")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", "correct-horse-9")
    page.locator("form:has([name=password]) button").last.click()
    for number, quantity in BASKET:
        page.goto(f"/goods/{number}/")
        page.locator("form[action*=cart] [name=quantity]").first.fill(str(quantity))
        page.locator("button[name=go][value=cart]").click()
        expect(page.locator("[role=status]").first).to_be_visible()
    page.goto("/cart/")
    page.locator("button[name=act][value=checkout]").click()
    expect(page.locator("section.block:has([name^=note-])")).to_have_count(3)
    page.locator("button[name=act][value=place]").click()
    return page


def _pays(look: Look, page: Page) -> None:
    """By the code on a computer, by the channel's own page on a phone; the page learns of it by the callback."""
    from zhanggui.payments.models import PaymentAttempt

    page.wait_for_url(re.compile(r"/pay/"))
    if look.width == 390:
        page.locator("a[rel=noreferrer]").click()
        page.locator("button.pay").click()
    else:
        expect(page.locator(".pay-code svg, .pay-code img")).to_be_visible()
        phone = look.person()
        phone.goto(PaymentAttempt.objects.get().invitation["value"])
        phone.locator("button.pay").click()
        phone.context.close()
    page.goto(f"/pay/{PaymentAttempt.objects.get().payment.subject}/")
    expect(page.locator(".paid h1")).to_be_visible()


def _orders_paid(concern: Any) -> list[Any]:
    from zhanggui.payments.models import Charge
    from zhanggui.trade.orders.models import Order

    orders = list(Order.objects.order_by("order_no"))
    assert len(orders) == 3 and {order.state for order in orders} == {"paid"}
    assert sum(order.due_minor for order in orders) == Charge.objects.get().amount_minor
    return orders


def _is_sent(look: Look, buyer: Page, orders: list[Any]) -> None:
    """Each shop ships its own order; the buyer follows the parcel and says that it is there."""
    from zhanggui.trade.catalogue.models import Shop

    for order in orders:
        code = Shop.objects.get(merchant_id=order.merchant_id).code
        page = look.staff(f"{code}-owner")
        page.goto("/merchant/mall-orders/")
        expect(page.get_by_text(order.order_no).first).to_be_visible()
        page.goto(f"/merchant/mall-orders/{order.order_no}/ship/")
        page.select_option("[name=carrier]", "heron")
        page.fill("[name=tracking_no]", f"HERON{order.order_no[-6:]}")
        page.locator("form.stack button.is-primary").click()
        expect(page.get_by_text(f"HERON{order.order_no[-6:]}").first).to_be_visible()
        page.context.close()
        buyer.goto(f"/orders/{order.order_no}/")
        expect(buyer.get_by_text(f"HERON{order.order_no[-6:]}")).to_be_visible()
        buyer.locator("button[value=receive]").click()
        expect(buyer.locator(".order-head.is-received")).to_be_visible()


def _comes_back(look: Look, buyer: Page, concern: Any, orders: list[Any]) -> None:
    """One of the two boxes of cakes is broken: asked, agreed, sent back, arrived, and its money is with the buyer."""
    from zhanggui.trade.returns.models import ReturnCase

    cakes = next(order for order in orders if order.lines.filter(quantity=2).exists())
    line = cakes.lines.get()
    buyer.goto(f"/orders/{cakes.order_no}/after-sale/")
    buyer.locator("[name=kind][value=return_refund]").check(force=True)
    buyer.fill(f"[name=quantity-{line.id}]", "1")
    buyer.select_option("[name=reason]", "damaged")
    buyer.fill("[name=text]", "一盒碎了 one box is broken")
    buyer.locator("form:has([name=reason]) button.is-main").click()
    buyer.wait_for_url(re.compile(r"/after-sale/\w+/$"))
    case = ReturnCase.objects.get()
    shop = look.staff("tea-owner")
    for act in ("agree", "goods_back"):
        shop.goto(f"/merchant/after-sale/{case.case_no}/")
        shop.locator(f"button[value={act}]").click()
        expect(shop.locator(f"button[value={act}]")).to_have_count(0)
        if act == "agree":
            buyer.goto(f"/after-sale/{case.case_no}/")
            buyer.fill("[name=carrier]", "heron")
            buyer.fill("[name=tracking_no]", "HBACK1")
            buyer.locator("button[value=send]").click()
            expect(buyer.locator("button[value=send]")).to_have_count(0)
    shop.context.close()
    _until_refunded(concern, case)
    buyer.goto(f"/after-sale/{case.case_no}/")
    case.refresh_from_db()
    shown = f"{(case.goods_minor + case.freight_minor) / 100:.2f}"
    expect(buyer.locator(".sum-line.is-strong")).to_contain_text(shown)


def _until_refunded(concern: Any, case: Any) -> None:
    """The channel takes the refund in, and says a moment later that it is done."""
    from zhanggui.payments.models import Refund

    for _ in range(300):
        concern.settle()
        case.refresh_from_db()
        if case.state == "refunded" and Refund.objects.get().state == "succeeded":
            return
        time.sleep(0.2)  # the channel is another process, and its call comes when it comes
    raise AssertionError(f"the refund stays {Refund.objects.get().state}, the case {case.state}")


def _every_cent(look: Look, concern: Any, orders: list[Any]) -> None:
    """The month is billed and closed: each shop sees its own statement, the platform all of them, to the cent."""
    from zhanggui.payments.models import Charge
    from zhanggui.settlement.statements.models import Statement

    concern.settle()
    concern.end_month()
    charge = Charge.objects.get()
    statements = {row.party_id: row for row in Statement.objects.exclude(net_minor=0)}
    assert set(statements) == {order.merchant_id for order in orders}
    assert sum(row.net_minor for row in statements.values()) < (charge.amount_minor - charge.refunded_minor)
    office = look.staff("office")
    for code, party in concern.fair.parties.items():
        row = statements[party.id]
        net = f"{row.net_minor / 100:,.2f}"
        page = look.staff(f"{code}-owner")
        expect_language(page, look, f"/merchant/statements/{row.id}/")
        expect(page.get_by_text(net).first).to_be_visible()
        number = next(order.order_no for order in orders if order.merchant_id == party.id)
        page.goto(f"/merchant/details/?q={number}")
        page.goto(str(page.locator("tbody a[href*='/details/']").first.get_attribute("href")))
        expect(page.locator("main")).to_contain_text(
            number
        )  # why it is this amount, and all else of its line
        page.context.close()
        office.goto(f"/platform/statements/{party.id}/{row.id}/")
        expect(office.get_by_text(net).first).to_be_visible()
    office.context.close()


def _is_paid_and_reconciled(look: Look, concern: Any, folder: Path) -> None:
    """The bank says that it arrived, and the channel's own bill agrees with every order of ours."""
    from zhanggui.settlement.payouts.models import Payout

    concern.pay_out()
    runs = concern.reconcile(folder)
    office = look.staff("office")
    for payout in Payout.objects.order_by("id"):
        office.goto(f"/platform/payouts/{payout.number}/")
        expect(office.get_by_text(f"{payout.amount_minor / 100:,.2f}").first).to_be_visible()
        assert payout.state == "paid"
    assert runs and sum(run.differing_count for run in runs) == 0
    for run in runs:
        office.goto(f"/platform/reconciliation/{run.id}/")
        expect(office.locator("main h1, main .detail-head").first).to_be_visible()
    office.context.close()
