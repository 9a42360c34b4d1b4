"""A browser without scripts logs in by WeChat's QR page and binds Weibo to the same buyer."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rails.sandboxes import Sandbox
from zhanggui.trade.buyers.models import Buyer, Identity

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # pytest-base-url, which pytest-playwright stands on
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    yield context.new_page()
    context.close()


def test_qr_log_in_and_binding_weibo(page: Any, live_server: Any, elsewhere: Sandbox) -> None:
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page.goto(f"{live_server.url}/sign-in/?next=/me/account/")
    page.get_by_role("button", name="Log in with WeChat").click()
    assert page.url.startswith(f"{elsewhere.address}/connect/qrconnect?")
    page.get_by_role("button", name="林小满").click()
    page.wait_for_url(f"{live_server.url}/me/account/**")
    assert "Welcome to the mall, 林小满." in page.content()
    page.get_by_role("button", name="Bind Weibo").click()
    assert page.url.startswith(f"{elsewhere.address}/oauth2/authorize?")
    page.get_by_role("button", name="林小满").click()
    page.wait_for_url(f"{live_server.url}/me/account/**")
    assert "You can log in with Weibo from now on." in page.content()
    buyer = Buyer.objects.get()
    assert sorted(Identity.objects.values_list("buyer_id", "provider")) == [
        (buyer.id, "weibo"), (buyer.id, "weixin"),
    ]  # fmt: skip
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{live_server.url}/sign-in/?next=/me/account/")
    page.get_by_role("button", name="Log in with Weibo").click()
    page.get_by_role("button", name="林小满").click()
    page.wait_for_url(f"{live_server.url}/me/account/**")
    assert buyer.number in page.content() and Buyer.objects.count() == 1
