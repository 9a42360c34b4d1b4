"""No English on a Chinese screen: every page of the platform and the merchants is read word by word."""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone

from tests.portals.latin import latin_words

MOST_FORMS = 5
"""At most so many forms (tabs, filters, rows) of each page are read."""

UNREAD = {
    "rule_document": "a file", "export_file": "a file", "request_export": "leads to another page",
    "logout": "leads to another page", "picture": "a file", "set_language": "no page", "look": "no page", "columns": "no page",
    "save_view": "no page", "drop_view": "no page", "choose_shop": "no page", "run_checks": "a button",
    "statement_pdf": "a file", "invoice_pdf": "a file", "end_sessions": "a button",
    "factor_remove": "a button", "new_recovery_codes": "a button", "recovery_codes": "for those with a factor",
    "login_code": "for those with a factor", "factor": "for those with a factor",
    "back_up": "a button", "test_backup": "a button", "audit_security": "a button", "run_dunning": "a button", "demand_deposits": "a button", "release_reserves": "a button",
    "run_rebates": "a button", "draft_invoices": "a button", "run_job": "a button", "repeat_comparison": "a button", "switch_anomaly_rule": "a button",
    "invoice_write_off": "a button", "evidence_file": "a file", "difference_evidence": "a file", "invoice_file": "a file",
    "live_parts": "a part of a page", "live_stream": "no page", "refund_order": "leads to another page",
    "shop": "read in tests/mall", "split": "read in tests/mall", "split_receiver": "read in tests/mall",
    "case": "read in tests/mall", "mall_case": "read in tests/mall", "mall_refund": "read in tests/mall", "good_act": "a button",
    "goods_uploaded": "read in tests/portals/goods", "close_coupon": "a button", "close_saving": "a button",
    "close_freight": "a button",
    "note_mall_order": "a button", "track_parcel": "a button", "take_back_parcel": "a button", "lose_parcel": "a button",
    "review": "read in tests/portals/goods", "mall_review": "read in tests/portals/goods",
    "contract": "tests/portals/test_contracts.py opens it", "contract_paper": "a file",
    "application": "tests/portals/test_applications.py opens it", "application_licence": "a file",
    "question": "read in tests/portals/orders", "mall_question": "read in tests/portals/orders",
    "notice": "leads to another page", "notices_read": "a button", "bell": "a part of a page", "to_ship_file": "a file",
    "mall_orders_stream": "no page", "mall_orders_parts": "a part of a page",
    "door": "leads to another page", "login": "for those who are not in yet", "proof": "a file",
}  # fmt: skip
"""Addresses that are no page of their own."""


@pytest.fixture(autouse=True)
def exports_elsewhere(settings: Any, tmp_path: Any) -> None:
    settings.ZHANGGUI_HOME = tmp_path
    settings.DESK_BADGE_SECONDS = 600  # a menu is numbers and words that every page has


@pytest.fixture
def mall(db: None) -> Any:
    from django.core.cache import cache

    from tests.portals.mall import open_mall

    cache.clear()
    return open_mall()


@pytest.fixture
def staff(mall: Any) -> Client:
    return _entered(mall, "platform", "platform_admin")


@pytest.fixture
def owner(mall: Any) -> Client:
    return _entered(mall, "tea", "merchant_owner")


def _entered(mall: Any, party: str, role: str) -> Client:
    client = Client()
    client.force_login(mall.person(party, role))
    client.cookies["django_language"] = "zh-hans"
    return client


def english_in(response: Any, *typed: str) -> dict[str, str]:
    """What is not Chinese on a page, but for names in the data and what was `typed` and comes back."""
    from tests.portals.mall import names_in_data

    return dict(latin_words(response.content.decode(), names_in_data() | set(typed)))


class Walk:
    """Reads pages and follows what they link to."""

    def __init__(self, client: Client, area: str, seeds: list[str]) -> None:
        self.client = client
        self.area = area
        self.left = list(seeds)
        self.forms: Counter[str] = Counter()
        self.english: dict[str, str] = {}

    def read(self) -> None:
        """Every page that can be reached, a few forms of each."""
        from tests.portals.mall import english_names_of_fees, names_in_data

        names, seen = names_in_data(), set(self.left)
        while self.left:
            url = self.left.pop(0)
            name = resolve(urlsplit(url).path).url_name or ""
            if name in UNREAD or self.forms[name] >= MOST_FORMS:
                continue
            self.forms[name] += 1
            response = self.client.get(url)
            assert response.status_code == 200, (url, response.status_code)
            if "text/html" not in response["Content-Type"]:
                continue  # a paper or a file
            page = response.content.decode()
            more = english_names_of_fees() if name == "fees" else set()
            for word, text in latin_words(page, names | more):
                self.english.setdefault(word, f"{url} {text}")
            for link in _links(page, url):
                if link.startswith(self.area) and link not in seen:
                    seen.add(link)
                    self.left.append(link)


def _links(page: str, at: str) -> Iterator[str]:
    for found in re.findall(r'href="([^"]+)"', page):
        link = html.unescape(found).partition("#")[0]
        if link.startswith("?"):
            link = urlsplit(at).path + link
        if link.startswith("/"):
            yield link


def names_of(portal: str) -> set[str]:
    """The URL names of a portal."""
    patterns = get_resolver(f"zhanggui.portals.{portal}.urls").url_patterns
    return {pattern.name for pattern in patterns if pattern.name}  # type: ignore[union-attr]


def put_up_for_approval() -> None:
    from zhanggui.approvals.operations.request_approval import request_approval

    request_approval(
        kind="adjustment", subject="TZ-1", title="补偿", amount_minor=1_000, currency="CNY", maker="mia",
        payload={"parts": [{"fee": "goodwill", "amount": 1_000}]}, at=timezone.now(),
    )  # fmt: skip


def put_in_guarded_documents(mall: Any, folder: Any) -> None:
    """An adjustment, a deposit that is short, a statement of the bank."""
    from tests.isolation.market import NOW, ZONE, clock
    from tests.settlement.monitoring.watching import publish
    from zhanggui.journeys.adjustment_requested import adjustment_requested
    from zhanggui.journeys.bill_received import bill_received
    from zhanggui.journeys.deposit_changed import deposits_demanded, requirement_set
    from zhanggui.journeys.money_frozen import amount_frozen
    from zhanggui.journeys.rebate_agreed import rebate_agreed
    from zhanggui.journeys.receipt_recorded import receipt_recorded
    from zhanggui.journeys.tax_arranged import withholding_table_set
    from zhanggui.settlement.entities.models import OwnAccount

    adjustment_requested(
        party=mall.party("tea"), business_line=mall.line, fee="manual_credit", amount_minor=500, reason="补偿",
        evidence="", at=NOW, zone=ZONE, maker="mia",
    )  # fmt: skip
    requirement_set(
        business_line=mall.line,
        category_id=0,
        amount_minor=100_000,
        effective_from=date(2026, 3, 1),
        at=NOW,
        actor="mia",
    )
    deposits_demanded(clock=clock, zone=ZONE, actor="mia")
    withholding_table_set(
        currency="CNY", effective_from=date(2026, 3, 1), brackets=[{"over_minor": 0, "rate_ppm": 200_000}], at=NOW,
        actor="mia",
    )  # fmt: skip
    bank = OwnAccount.objects.get(code="bank-1")
    receipt_recorded(
        own_account=bank, bank_reference="B-2", amount_minor=900, received_on=date(2026, 6, 2), payer="茶铺",
        memo="补缴", at=NOW, actor="mia",
    )  # fmt: skip
    amount_frozen(
        party_id=mall.party("tea").id, entity=bank.entity, currency="CNY", amount_minor=100, reason="核查", at=NOW,
        zone=ZONE, actor="mia",
    )  # fmt: skip
    rebate_agreed(
        party=mall.party("tea"), business_line=mall.line, name="增长", method="graduated",
        tiers=[{"from_minor": 0, "rate_ppm": 5_000}], cycle="month:1", cap_minor=50_000,
        effective_from=date(2026, 7, 1), at=NOW, maker="mia",
    )  # fmt: skip
    publish("慢", "ageing", what="statement", threshold=1)
    path = folder / "bank.csv"
    path.write_text("交易日期,收入金额,支出金额,凭证号,摘要\n2026-06-01,12.00,,B-1,入账\n", "utf-8")
    bill_received(own_account=bank, channel="bank", path=path, clock=clock, actor="mia")


def test_every_page_of_the_platform(mall: Any, staff: Client, tmp_path: Any) -> None:
    from tests.isolation.market import NOW
    from tests.portals.documents import with_documents
    from tests.portals.feeding import with_feed
    from tests.portals.mall import key_of, upload
    from tests.portals.orders.people import with_orders
    from tests.portals.promoting import with_promotions
    from tests.portals.troubles import with_troubles
    from zhanggui.parties.operations.issue_key import issue_key
    from zhanggui.settlement.payouts.models import Receiver
    from zhanggui.trade.catalogue.models import Brand

    staff.post("/platform/imports/new/", {"line": mall.line.id, "file": upload()})
    staff.post("/platform/checks/run/")
    staff.post("/platform/security-audit/now/")
    put_up_for_approval()
    with_feed(mall)
    statement, key = mall.statement("tea"), key_of(mall, "glass")
    here = f"/platform/statements/{statement.party_id}/{statement.id}/"
    seeds = [
        "/platform/", f"{here}confirm/", f"{here}check/", f"{here}print/",
        f"/platform/details/{key}/correct/", "/platform/periods/close/?through=2026-06-10",
        "/platform/periods/close/progress/?through=2026-05-31&of=3",
        f"/platform/parties/{statement.party_id}/terms/", "/platform/rules/publish/",
        "/platform/what-if/new/",
        "/platform/charges/?tab=rejected", "/platform/imports/rejects/",
    ]  # fmt: skip
    walk = Walk(staff, "/platform/", seeds)
    walk.read()
    # what is there to confirm is seen; now it is confirmed, invoiced and paid, and there is more
    with_documents(mall, tmp_path)
    with_orders()
    with_promotions(0, NOW)
    Brand.objects.create(code="lamp-bay", name={"zh": "灯湾"})
    put_in_guarded_documents(mall, tmp_path)
    with_troubles(mall)
    boss = mall.person("platform", "platform_admin")
    issue_key(user=boss, party=mall.party("platform"), role="platform_admin", label="夜间同步", at=NOW)
    lists = (
        "payouts", "payout_batches", "receivers", "invoices", "input_invoices", "adjustments", "deposits", "bills",
        "receipts", "holds", "rebate_agreements", "anomaly_rules", "alerts", "import_issued", "tax_documents",
        "keys", "what_if", "debts", "mall_orders", "payout_answers", "order_holds", "withholding_tables",
        "coupons", "savings", "brands",
    )  # fmt: skip
    walk.left = [reverse(f"platform:{name}") + "?view=all" for name in lists]
    walk.left += [
        f"/platform/receivers/{one}/number/" for one in Receiver.objects.values_list("id", flat=True)
    ]
    walk.forms = Counter(dict.fromkeys(walk.forms, MOST_FORMS - 2))
    walk.read()
    assert walk.english == {}
    assert sorted(names_of("platform") - set(walk.forms) - set(UNREAD)) == []


def test_every_page_of_a_merchant(mall: Any, owner: Client, tmp_path: Any) -> None:
    from tests.portals.documents import with_documents
    from tests.portals.mall import key_of
    from tests.portals.orders.people import with_orders
    from tests.portals.promoting import with_promotions
    from zhanggui.settlement.payouts.models import Payout

    here = f"/merchant/statements/{mall.statement('tea').id}/"
    seeds = [
        f"{here}confirm/",
        f"/merchant/details/{key_of(mall, 'tea', 1)}/dispute/",
        reverse("merchant:tax_data"),
    ]
    walk = Walk(owner, "nowhere", seeds)
    walk.read()
    # what is there to confirm and to dispute is seen; now it is confirmed, invoiced and paid
    with_documents(mall, tmp_path)
    with_orders()
    with_promotions(mall.party("tea").id, timezone.now())
    paid = Payout.objects.filter(party_id=mall.party("tea").id).latest("id")
    walk.area = "/merchant/"
    walk.left = ["/merchant/", reverse("merchant:take_payout", args=[paid.number])]
    walk.read()
    assert walk.english == {}
    assert names_of("merchant") - set(walk.forms) - set(UNREAD) == set()


def test_every_page_of_the_desk(mall: Any, staff: Client) -> None:
    scope = signing.dumps({}, salt=f"desk.scope.{mall.person('platform', 'platform_admin').pk}")
    wanted = {"list": "platform.statements", "query": "", "format": "csv", "scope": scope}
    staff.post("/exports/new/", wanted)
    staff.post("/views/", {"list": "platform.statements", "query": "", "name": "五月"})
    walk = Walk(
        staff,
        "/",
        ["/password/", "/password/done/", "/exports/", "/find?q=没有", "/security/", "/security/factor/new/"],
    )
    walk.area = "/exports/"
    walk.read()
    assert walk.english == {}
    assert names_of("desk") - set(walk.forms) - set(UNREAD) == set()


class TestRefusals:
    """What a page says after it was asked for what cannot be."""

    def test_of_an_unsound_rule_set(self, mall: Any, staff: Client) -> None:
        from tests.portals.mall import unsound_rules

        documents = [
            json.dumps(unsound_rules()), "{", "[]", "{}", json.dumps(unsound_rules() | {"currency": "yuan"}),
            json.dumps(unsound_rules() | {"rules": [{"code": "a"}]}),
        ]  # fmt: skip
        for document in documents:
            for path in ("rules/publish/", "what-if/new/"):
                sent = {"document": document, "publish": "1", "line": mall.line.id}
                response = staff.post(f"/platform/{path}", sent)
                codes = {one["code"] for one in unsound_rules()["rules"]} | {
                    "nothing",
                    "yuan",
                    "schema",
                    "payer",
                    "currency",
                }
                assert (response.status_code, english_in(response, *codes)) == (422, {}), document

    def test_of_what_was_done_already(self, mall: Any, staff: Client, owner: Client) -> None:
        from tests.portals.mall import key_of

        statement, key = mall.statement("glass"), key_of(mall, "glass")
        here = f"/platform/statements/{statement.party_id}/{statement.id}/confirm/"
        assert staff.post(here).status_code == 302
        again = staff.post(here)
        assert (again.status_code, english_in(again)) == (409, {})
        disputed = key_of(mall, "tea")
        response = owner.post(f"/merchant/details/{disputed}/dispute/", {"reason": "不对"})
        assert (response.status_code, english_in(response)) == (422, {})
        typed = {"amount": "1", "retyped": "2", "reason": ""}
        assert english_in(staff.post(f"/platform/details/{key}/correct/", typed)) == {}

    def test_of_files(self, mall: Any, staff: Client) -> None:
        from tests.portals.mall import upload

        for text, name in [
            ("", "空.csv"), ("a,b\n1,2\n", "外来.csv"), ("PK\x03\x04", "簿.csv"), ("x", "簿.xlsx"),
            ("无", "甲.parquet"), ("record,record\n", "重复.csv"),
        ]:  # fmt: skip
            response = staff.post(
                "/platform/imports/new/", {"line": mall.line.id, "file": upload(text, name)}
            )
            if response.status_code == 302:  # read by a job: its page says what was wrong
                response = staff.get(response.url)
            assert english_in(response) == {}, name

    def test_of_bulk_confirmations(self, mall: Any, staff: Client) -> None:
        staff.post("/platform/statements/", {"action": "confirm", "everything": "1"})
        response = staff.post("/platform/statements/", {"action": "confirm", "everything": "1"})
        assert english_in(response) == {}
        sent = {
            name: response.context[name] for name in ("seen_count", "seen_total") if name in response.context
        }
        done = staff.post(
            "/platform/statements/",
            {"action": "confirm", "everything": "1", "confirmed": "1", "key": "a"} | sent,
        )
        assert english_in(done) == {}

    def test_of_terms_and_periods(self, mall: Any, staff: Client) -> None:
        party = mall.party("tea").id
        for typed in (
            {"cycle": "often"},
            {"due_rule": "soon"},
            {"effective_from": "soon"},
            {"hold_days": "x"},
        ):
            response = staff.post(f"/platform/parties/{party}/terms/", typed)
            assert (response.status_code, english_in(response, "document", "day", *typed.values())) == (
                422,
                {},
            ), typed
        for day in ("2099-01-01", "soon"):
            response = staff.post("/platform/periods/close/", {"through": day, "confirmed": "1"})
            assert (response.status_code, english_in(response, day)) == (422, {})

    def test_of_addresses(self, mall: Any, staff: Client, owner: Client) -> None:
        for client, path in [
            (staff, "/platform/statements/1/1/"), (staff, "/platform/details/x/"),
            (staff, "/platform/details/1-1-1-1/"), (staff, "/platform/rules/none/1/"),
            (staff, "/platform/rules/versions/99999/"), (staff, "/merchant/"), (owner, "/platform/"),
            (owner, "/merchant/details/1-1-1-1/"), (owner, "/nowhere/"),
        ]:  # fmt: skip
            response = client.get(path)
            assert response.status_code in (403, 404), path
            assert english_in(response) == {}, path
