"""The platform in a browser: accessible at both widths and in both themes, three clicks to the cent."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.isolation.market import Market
from tests.portals.platform.reading import acts, pages

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # pytest-base-url, which pytest-playwright stands on
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
AXE = Path(__file__).parents[2] / "axe" / "axe-4.14.1.min.js"
WHAT = {"resultTypes": ["violations"], "preload": False}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}} | WHAT
# The rules that look at colours: the same document in the dark differs in nothing else.
OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}} | WHAT
# Colours change over a moment: what is looked at is how they end.
AT_ONCE = "document.getAnimations().filter(one => one instanceof CSSTransition).forEach(one => one.finish())"


@pytest.fixture
def at(live_server: Any, page: Page, market: Market, client: Any) -> Any:
    client.force_login(market.person("platform", "platform_admin"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: said.append(str(e)))

    def go(path: str) -> Page:
        page.goto(f"{live_server.url}/platform/{path}")
        return page

    yield go
    assert said == []


def violations(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe finds, as `rule: place`."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("options => axe.run(document, options)", rules)["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


def test_every_screen_is_accessible_at_both_widths_by_day_and_in_the_dark(at: Any, market: Market) -> None:
    found = {}
    for path in [*pages(market), *acts(market)]:
        page = at(path)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme, rules in (("light", RULES), ("dark", OF_COLOURS)):
                page.emulate_media(color_scheme=scheme)
                page.evaluate(AT_ONCE)
                if broken := violations(page, rules):
                    found[f"{path} in {width} {scheme}"] = broken
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, f"{path} is {wider} px wider than the window at {width}"
    assert found == {}


def test_three_clicks_from_statement_to_cent(at: Any, market: Market) -> None:
    held = market.statement("tea")
    page = at(f"statements/{held.party_id}/{held.id}/")
    page.locator("a.expander", has_text="佣金").first.click()
    page.locator(".expansion:not([hidden]) a[data-drawer]").first.click()
    drawer = page.locator("#drawer")
    expect(drawer.locator(".formula")).to_contain_text("× 5%")
    expect(drawer).to_contain_text("该订单全部费用")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_statements_are_confirmed_in_bulk(at: Any, market: Market) -> None:
    page = at("statements/?tab=confirming")
    page.locator("[data-pick-page]").check()
    page.get_by_role("button", name="批量确认").click()
    expect(page.locator(".confirm-figures")).to_contain_text("3")
    page.locator(".confirm-form button").click()
    expect(page.locator(".is-done")).to_have_text("3")
    assert market.statement("tea", "confirmed").confirmed_by == "platform-platform_admin"


def test_a_statement_prints_on_paper(at: Any, market: Market) -> None:
    held = market.statement("tea")
    page = at(f"statements/{held.party_id}/{held.id}/print/")
    page.emulate_media(media="print")
    expect(page.locator(".sheet-tools")).to_be_hidden()
    expect(page.locator(".sheet-net")).to_contain_text("CNY")
