"""In a browser: keyboard, drawer, selection, paging, phone, and no message on the console."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # pytest-base-url, which pytest-playwright stands on
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]


@pytest.fixture
def at(live_server: Any, page: Page, person: Any, client: Any) -> Any:
    client.force_login(person)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.said = []
    page.on("console", lambda m: page.said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: page.said.append(str(e)))

    def go(path: str) -> Page:
        page.goto(live_server.url + path)
        return page

    yield go
    assert page.said == []


def test_keys_move_select_and_open(at: Any) -> None:
    page = at("/demo/statements/")
    for key in "jjxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "find-box"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()


def test_the_drawer_gives_the_focus_back(at: Any) -> None:
    page = at("/demo/statements/")
    link = page.locator("a[data-drawer]").nth(2)
    link.click()
    expect(page.locator("#drawer .formula")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#drawer')"
        )
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('a[data-drawer]')")


def test_turning_the_page_keeps_the_frame_and_moves_the_address(at: Any) -> None:
    page = at("/demo/statements/")
    page.evaluate("window.kept = true")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".pager")).to_contain_text("51–100")
    assert "after=" in page.url and page.evaluate("window.kept")
    page.go_back()
    expect(page.locator(".pager")).to_contain_text("1–50")


def test_a_filter_is_short_in_the_address(at: Any) -> None:
    page = at("/demo/statements/")
    page.fill("[data-search-box]", "青禾")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".pager")).to_contain_text("285")
    assert page.url.endswith("/demo/statements/?q=%E9%9D%92%E7%A6%BE")


def test_everything_works_without_scripts(browser: Any, live_server: Any, person: Any, client: Any) -> None:
    client.force_login(person)
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(live_server.url + "/demo/statements/")
    page.check("input[name=pick] >> nth=0")
    page.get_by_role("button", name="批量确认").click()
    expect(page.locator(".confirm-figures")).to_contain_text("516.08")
    page.go_back()
    page.locator("a[data-drawer]").first.click()
    expect(page.locator(".formula")).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    "path", ["/demo/", "/demo/statements/", "/demo/statements/3/", "/exports/", "/login/"]
)
def test_nothing_is_wider_than_a_phone(at: Any, page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    at(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
