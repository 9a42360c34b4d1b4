"""Every screen about money that leaves, is held, invoiced or reconciled is accessible, in both portals.

One browser for all of them. A screen is seen in one of eight looks (two widths, two languages, two themes), which
take turns: the first screen of the list in the first look, the ninth in the first again. The list stands in this file
and the documents come in the same order, so a screen has the same look in every run. Neighbours in the list share
their templates (lists, documents, forms), so each kind of screen is seen in all eight. That nothing is wider than a
phone is seen of every screen.
"""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route

from tests.portals.merchant.test_pages import own_detail

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # pytest-base-url, which pytest-playwright stands on
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as instance methods"),
]
AXE = Path(__file__).parent / "axe" / "axe-4.14.1.min.js"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"], "preload": False,
}  # fmt: skip
# On a phone a row of a list has one place for its title, its amount, its badge, and what stands below the title.
HEAPED = """[...document.querySelectorAll('tbody tr')].slice(0, 3).flatMap(row =>
  ['title', 'amount', 'sub', 'badge'].filter(place => row.querySelectorAll(':scope > td.p-' + place).length > 1)
  .map(place => 'two texts in one place of a row: ' + place))"""
WIDE, PHONE = 1440, 390
LOOKS = [
    (WIDE, "zh-hans", "light"), (PHONE, "en", "dark"), (WIDE, "en", "dark"), (PHONE, "zh-hans", "light"),
    (WIDE, "en", "light"), (PHONE, "zh-hans", "dark"), (WIDE, "zh-hans", "dark"), (PHONE, "en", "light"),
]  # fmt: skip
# Lists and forms share their templates; of each kind some are here.
OF_PLATFORM = (
    "payouts", "payouts_due", "payout_batches", "receivers", "own_accounts", "approvals",
    "invoices", "input_invoices", "import_issued", "tax_report", "tax_data", "tax_profiles", "tax_treatments",
    "withholding_tables", "new_withholding_table", "tax_months", "deposits", "holds", "freeze", "debts", "dunning",
    "receipts", "new_adjustment", "bills", "bill_upload", "reconciliation_runs", "differences",
    "day_ends", "funds", "fund_balances", "order_flow", "analytics", "alerts", "anomaly_rules", "jobs", "people",
    "live", "limits", "rebate_agreements", "new_rebate_agreement", "reports",
    "payout_answers", "answer_upload", "order_holds", "hold_order", "new_party", "reconciliation_rules",
    "feeds", "pulls", "new_feed", "lines", "new_line", "fees", "new_fee",
    "security_findings", "security_audits", "backups", "keys", "new_key",
)  # fmt: skip
OF_MERCHANT = (
    "home", "statements", "details", "waiting", "flow", "payouts", "receivers", "invoices", "tax_data", "guarantees",
    "funds", "order_flow", "analytics", "report", "own_checks", "own_check_new", "staff", "new_person",
)  # fmt: skip


@pytest.fixture
def mall(db: None, settings: Any, tmp_path: Path) -> Any:
    from django.core.cache import cache
    from django.utils import timezone

    from tests.isolation.market import ZONE, open_market
    from tests.portals.documents import with_documents
    from tests.portals.feeding import with_feed
    from tests.portals.troubles import with_troubles
    from zhanggui.clockwork.audit_security import audit_security

    settings.ZHANGGUI_HOME = tmp_path
    settings.DESK_BADGE_SECONDS = 600  # nothing changes while the screens are looked at
    cache.clear()
    found = with_feed(with_troubles(with_documents(open_market(), tmp_path)))
    audit_security(clock=timezone.now, zone=ZONE, actor="tests")
    return found


def documents(mall: Any) -> tuple[list[str], list[str]]:
    """The pages of single documents, of the platform and of the tea house."""
    from zhanggui.approvals.models import Approval
    from zhanggui.settlement.billing.models import Comparison
    from zhanggui.settlement.collections.models import Debt
    from zhanggui.settlement.intake.models import OrderHold
    from zhanggui.settlement.invoices.models import Invoice, ReceivedInvoice
    from zhanggui.settlement.monitoring.models import Alert
    from zhanggui.settlement.payouts.models import Payout, PayoutBatch, PayoutFile, Receiver
    from zhanggui.settlement.reconciliation.models import OwnCheck

    payout, batch, tea = Payout.objects.get(), PayoutBatch.objects.get(), mall.party("tea").id
    expected = Invoice.objects.get(party_id=tea, direction=2)
    draft = Invoice.objects.filter(party_id=tea, direction=1).latest("id")
    april = mall.statement("tea", "confirmed")
    debt, alert, what_if = Debt.objects.get(), Alert.objects.get(label="tea"), Comparison.objects.get().id
    issued, red = Invoice.objects.get(kind="blue", state="issued"), Invoice.objects.get(kind="red")
    received = ReceivedInvoice.objects.get()
    ours = [
        ("payout", payout.number), ("payout_batch", batch.number), ("receiver", Receiver.objects.latest("id").id),
        ("approval", Approval.objects.get().id), ("own_account", "bank-1"), ("invoice", tea, draft.id),
        ("invoice", tea, expected.id), ("invoice_issue", tea, draft.id), ("invoice_receive", tea, expected.id),
        ("statement", tea, april.id), ("fund_flow", tea), ("debt", debt.party_id, debt.statement_id),
        ("alert", alert.id), ("alert_rows", alert.id), ("comparison", what_if), ("compared_merchants", what_if),
        ("compared_merchant", what_if, tea), ("invoice", issued.party_id, issued.id), ("invoice", red.party_id, red.id),
        ("invoice_red", issued.party_id, issued.id), ("received_invoice", received.party_id, received.id),
        ("answer_file", PayoutFile.objects.get(direction="in").id), ("order_hold", OrderHold.objects.get().id),
        ("party_classes", tea), ("feed", "wms"), ("line", "market"),
    ]  # fmt: skip
    theirs = [
        ("payout", payout.number), ("invoice", draft.id), ("invoice", expected.id), ("invoice_upload", expected.id),
        ("own_check", OwnCheck.objects.get().id), ("own_check_rows", OwnCheck.objects.get().id),
        ("statement", april.id), ("statement_lines", april.id), ("confirm", mall.statement("tea").id),
        ("why", own_detail(mall)), ("dispute", own_detail(mall)),
    ]  # fmt: skip
    return (
        [reverse(f"platform:{name}", args=args) for name, *args in ours],
        [reverse(f"merchant:{name}", args=args) for name, *args in theirs],
    )


def answers_with_the_parts(page: Page) -> None:
    """The stream of the live page brings the parts once and is over: the server of tests cannot leave one open."""
    from zhanggui.portals.platform.monitoring.live import event_of

    def answer(route: Route) -> None:
        parts = route.fetch(url=route.request.url.replace("/stream/", "/parts/"))
        route.fulfill(body=event_of(parts.text()), content_type="text/event-stream")

    page.route("**/platform/live/stream/", answer)


def test_every_screen_of_money_is_accessible(live_server: Any, page: Page, mall: Any, client: Any) -> None:
    ours, theirs = documents(mall)
    ours += [reverse(f"platform:{name}") for name in OF_PLATFORM]
    theirs += [reverse(f"merchant:{name}") for name in OF_MERCHANT]
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: said.append(str(e)))
    page.context.add_init_script(AXE.read_text())
    answers_with_the_parts(page)
    found: dict[str, list[str]] = {}
    for path, look in (("/login/", LOOKS[0]), ("/login/", LOOKS[1])):
        if broken := seen(page, live_server.url, path, look):
            found[f"{path} in {look}"] = broken
    for party, role, paths in (
        ("platform", "platform_admin", [*ours, "/security/", "/exports/", "/password/"]),
        ("tea", "merchant_owner", theirs),
    ):
        client.force_login(mall.person(party, role))
        enter(page, live_server.url, sessionid=client.cookies["sessionid"].value)
        for place, path in enumerate(paths):
            look = LOOKS[place % len(LOOKS)]
            if broken := seen(page, live_server.url, path, look):
                found[f"{path} in {look}"] = broken
    assert found == {}
    assert said == []


def seen(page: Page, url: str, path: str, look: tuple[int, str, Any]) -> list[str]:
    """What is wrong with a page in one look."""
    width, language, scheme = look
    enter(page, url, django_language=language)
    page.emulate_media(color_scheme=scheme)
    return wrong_with(page, url + path, width)


def enter(page: Page, url: str, **cookies: str) -> None:
    """Give the browser cookies."""
    page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])


def wrong_with(page: Page, url: str, width: int) -> list[str]:
    """What axe finds on a page at a width, and how much of it a phone does not show."""
    page.set_viewport_size({"width": width, "height": 900})
    answer = page.goto(url, wait_until="domcontentloaded")
    assert answer is not None and answer.status == 200, url
    if url.endswith("/live/"):
        page.wait_for_selector("[data-live] .figures")
    wrong = page.evaluate("options => axe.run(document, options)", RULES)["violations"]
    broken = [f"{one['id']}: {node['target']}" for one in wrong for node in one["nodes"]]
    page.set_viewport_size({"width": PHONE, "height": 900})
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    heaped = page.evaluate(HEAPED)
    return broken + heaped + ([f"{wider} px wider than a phone"] if wider > 0 else [])
