"""On a phone in a browser: the reason opens at the side, a confirmation is sent once, nothing sticks out."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.portals.merchant.test_pages import own_detail

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # pytest-base-url, which pytest-playwright stands on
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(live_server: Any, page: Page, shop: Any) -> Any:
    page.set_viewport_size(PHONE)
    for name in ("sessionid", "django_language"):
        page.context.add_cookies([{"name": name, "value": shop.cookies[name].value, "url": live_server.url}])
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: said.append(str(e)))

    def go(path: str) -> Page:
        page.goto(f"{live_server.url}/merchant/{path}")
        return page

    yield go
    assert said == []


def test_no_page_is_wider_than_the_phone(phone: Any, market: Any) -> None:
    statement = f"statements/{market.statement('tea').id}/"
    for path in ("", "statements/", statement, f"{statement}lines/", f"{statement}confirm/", "details/",
                 f"details/{own_detail(market)}/", "waiting/", "account/"):  # fmt: skip
        page = phone(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def test_an_amount_opens_its_reason(phone: Any) -> None:
    page = phone("details/?q=S-1")
    page.locator("a[data-drawer]").first.click()
    expect(page.locator("dialog#drawer")).to_contain_text("Why this amount")
    page.keyboard.press("Escape")
    expect(page.locator("dialog#drawer")).not_to_be_visible()


def test_a_statement_is_confirmed_with_one_look_more(phone: Any, market: Any) -> None:
    row = market.statement("tea")
    page = phone(f"statements/{row.id}/")
    page.get_by_role("link", name="Confirm", exact=True).click()
    page.locator("form.confirm-form button.is-primary").dblclick()
    expect(page.locator(".badge").first).to_have_text("Confirmed")
    row.refresh_from_db()
    assert row.state == "confirmed"
