"""Invoices, bills and differences over the API: what each side may see and do, and the way of a document."""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.isolation.market import Market, open_market
from tests.portals.api.calling import Api, api_of
from tests.portals.documents import with_documents
from zhanggui.parties.models import Role
from zhanggui.settlement.invoices.models import Direction, Invoice

pytestmark = pytest.mark.django_db
DAY = "2026-06-20"


@pytest.fixture
def market(db: None, settings: Any, tmp_path: Path) -> Market:
    settings.ZHANGGUI_HOME = tmp_path
    return with_documents(open_market(), tmp_path)


@pytest.fixture
def kiln(market: Market) -> Api:
    return api_of(market, "kiln", Role.MERCHANT_OWNER)


@pytest.fixture
def finance(market: Market) -> Api:
    return api_of(market, "platform", Role.PLATFORM_FINANCE)


def of(market: Market, code: str, direction: Direction) -> Invoice:
    return Invoice.objects.filter(party_id=market.party(code).id, direction=direction).latest("id")


class TestWhoSeesInvoices:
    def test_a_shop_lists_its_own(self, market: Market, tea: Api, platform: Api) -> None:
        mine = tea.get("/invoices")["items"]
        assert mine and {one["party"] for one in mine} == {"tea"}
        everything = {one["id"] for one in platform.get("/invoices", limit=200)["items"]}
        assert {one["id"] for one in mine} < everything | {0}

    def test_asking_for_another_shop_gives_ones_own(self, market: Market, tea: Api) -> None:
        assert {one["party"] for one in tea.get("/invoices", party="kiln")["items"]} <= {"tea"}

    @pytest.mark.parametrize("tail", ["", "/details?position=1"])
    def test_another_shops_is_not_there(self, market: Market, kiln: Api, tea: Api, tail: str) -> None:
        one = of(market, "tea", Direction.OUTPUT)
        assert tea.get(f"/invoices/{one.id}{tail}")
        kiln.get(f"/invoices/{one.id}{tail}", 404)

    def test_the_details_of_a_line_sum_to_it(self, market: Market, tea: Api) -> None:
        found = tea.get(f"/invoices/{of(market, 'tea', Direction.OUTPUT).id}")
        for line in found["lines"]:
            details = tea.get(f"/invoices/{found['id']}/details", position=line["position"])
            assert (
                details["sum_minor"]
                == line["gross_minor"]
                == sum(one["amount_minor"] for one in details["items"])
            )
        assert tea.get(f"/invoices/{found['id']}/details", 404, position=9_999)


class TestWhoActs:
    """A shop may send its own invoices and do nothing else here."""

    def acts(self, market: Market) -> list[tuple[str, dict[str, Any]]]:
        one, row = of(market, "tea", Direction.OUTPUT), market.statement("tea", "confirmed")
        issue = {"tax_number": "24117000000009", "issued_on": DAY, "gross_minor": one.gross_minor}
        return [
            (f"/statements/{row.id}/invoices", {}),
            (f"/invoices/{one.id}/issue", issue),
            (f"/invoices/{one.id}/red-letter", {"reason": "x"}),
            (f"/invoices/{one.id}/void", {"reason": "x"}),
            (f"/invoices/{one.id}/write-off", {}),
            ("/received-invoices/1/verification", {"verified": True}),
            ("/bills", {"channel": "wechat", "name": "x", "content": "eA=="}),
            ("/bills/1/runs", {}),
            ("/differences/1/resolution", {"way": "explain", "reason": "x"}),
            ("/differences/1/notes", {"text": "x"}),
            ("/differences/1/assignee", {"assigned_to": ""}),
        ]

    def test_a_shop_may_not(self, market: Market, tea: Api) -> None:
        for path, body in self.acts(market):
            assert tea.post(path, body, 403)["error"]["code"] == "not_allowed", path

    def test_nor_look_at_the_platforms_reconciliation(self, tea: Api) -> None:
        for path in ("/bills", "/reconciliation-runs", "/differences"):
            tea.get(path, 403)
        tea.get("/tax-report", 403, entity="ZG-CN", currency="CNY", month="2026-05")

    def test_nor_send_towards_anothers_expected_invoice(self, market: Market, kiln: Api) -> None:
        expected = of(market, "tea", Direction.INPUT)
        body = {
            "number": "24117000000007",
            "issued_on": DAY,
            "by_rate": [{"rate_ppm": 0, "net_minor": 1, "tax_minor": 0}],
        }
        kiln.post(f"/invoices/{expected.id}/documents", body, 404)


class TestTheWayOfAnInvoice:
    def test_issued_once_and_never_voided_after(self, market: Market, finance: Api) -> None:
        one = of(market, "tea", Direction.OUTPUT)
        assert one.state == "draft"
        body = {"tax_number": "24117000000001", "issued_on": DAY, "gross_minor": one.gross_minor + 1}
        finance.post(f"/invoices/{one.id}/issue", body, 422)
        told = finance.post(f"/invoices/{one.id}/issue", body | {"gross_minor": one.gross_minor})
        assert (told["state"], told["tax_number"]) == ("issued", "24117000000001")
        assert finance.post(f"/invoices/{one.id}/void", {"reason": "x"}, 409)
        red = finance.post(f"/invoices/{one.id}/red-letter", {"reason": "sent back"}, 201)
        assert red["gross_minor"] == -one.gross_minor

    def test_a_statement_is_drafted_once(self, market: Market, finance: Api) -> None:
        row = market.statement("tea", "confirmed")
        count = Invoice.objects.filter(statement_id=row.id, party_id=market.party("tea").id).count()
        assert finance.post(f"/statements/{row.id}/invoices", {}, 201) == {"items": []}
        assert Invoice.objects.filter(statement_id=row.id, party_id=market.party("tea").id).count() == count

    def test_nobody_verifies_what_is_not_there(self, finance: Api) -> None:
        assert finance.post("/received-invoices/999999/verification", {"verified": True}, 404)


class TestBills:
    def test_what_is_no_bill_is_refused_and_nothing_is_kept(self, market: Market, finance: Api) -> None:
        before = finance.get("/bills")["items"]
        for content in ("***", base64.b64encode(b"not a bill").decode()):
            body = {"channel": "bank", "account": "bank-1", "name": "x.csv", "content": content}
            assert finance.post("/bills", body, 422)["error"]["code"]
        assert finance.get("/bills")["items"] == before

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/bills/999999/runs", {}),
            ("/differences/999999/notes", {"text": "x"}),
            ("/differences/999999/assignee", {"assigned_to": ""}),
            ("/differences/999999/resolution", {"way": "explain", "reason": "x"}),
        ],
    )
    def test_what_is_not_there_is_not_found(self, finance: Api, path: str, body: dict[str, Any]) -> None:
        finance.post(path, body, 404)
