"""Tax data, rates, withheld tax, ways of invoicing, issued numbers and closed months over the API."""

import base64
from typing import Any

import pytest
from django.utils import timezone

from tests.isolation.market import Market
from tests.portals.api.calling import Api, api_of
from tests.portals.invoicing import draft_of, with_invoices
from zhanggui.audit.models import AuditRecord

pytestmark = pytest.mark.django_db
PROFILE = {"entity": "ZG-CN", "effective_from": "2026-01-01", "title": "Zhanggui", "tax_number": "91310000MA1K00000X",
           "bank_account": "6217000012345678"}  # fmt: skip
TABLE = {"currency": "CNY", "effective_from": "2026-01-01", "allowance_minor": 80_000, "allowance_ppm": 200_000,
         "brackets": [{"over_minor": 0, "rate_ppm": 200_000},
                      {"over_minor": 2_000_000, "rate_ppm": 300_000, "quick_minor": 200_000}]}  # fmt: skip
PATHS = ("/tax-profiles", "/tax-treatments", "/withholding-tables", "/invoice-policies", "/tax-months")


@pytest.fixture
def finance(market: Market) -> Api:
    return api_of(market, "platform", "platform_finance")


def code_of(answer: Any) -> str:
    return str(answer["error"]["code"])


def test_tax_data_are_set_and_their_account_stands_on(finance: Api) -> None:
    first = finance.post("/tax-profiles", PROFILE, 201)
    assert (first["party"], first["entity"], first["bank_account"], first["missing"]) == (
        None, "ZG-CN", "****5678", [],
    )  # fmt: skip
    later = {name: text for name, text in PROFILE.items() if name != "bank_account"}
    second = finance.post("/tax-profiles", later | {"effective_from": "2026-07-01", "title": "Two"}, 201)
    assert second["bank_account"] == "****5678"
    emptied = finance.post(
        "/tax-profiles", PROFILE | {"effective_from": "2026-08-01", "bank_account": ""}, 201
    )
    assert emptied["bank_account"] == ""
    assert code_of(finance.post("/tax-profiles", PROFILE, 409)) == "overlapping_tax_data"
    nobodys = {name: text for name, text in PROFILE.items() if name != "entity"}
    assert code_of(finance.post("/tax-profiles", nobodys, 422)) == "tax_data_incomplete"
    finance.post("/tax-profiles", PROFILE | {"party": "nobody"}, 404)
    [held] = finance.get("/tax-profiles", on="2026-07-15")["items"]
    assert held["title"] == "Two"
    record = AuditRecord.objects.filter(action="tax_profile.set").latest("id")
    assert record.after["bank_account"] == "" and "6217" not in str(record.after)


def test_rates_are_set(finance: Api) -> None:
    body = {"direction": "output", "rate_ppm": 60_000, "effective_from": "2026-01-01", "tax_code": "3040802",
            "fee": "commission", "party": "tea", "item_zh": "佣金"}  # fmt: skip
    row = finance.post("/tax-treatments", body, 201)
    assert (row["fee"], row["party"], row["entity"], row["item"]) == (
        "commission",
        "tea",
        None,
        {"zh": "佣金"},
    )
    finance.post("/tax-treatments", body | {"fee": "none"}, 404)
    assert code_of(finance.post("/tax-treatments", body, 409)) == "overlapping_tax_data"
    assert finance.get("/tax-treatments", direction="output", party="tea")["items"] == [row]
    assert finance.get("/tax-treatments", direction="input")["items"] == []


def test_withheld_tax_is_set(finance: Api) -> None:
    row = finance.post("/withholding-tables", TABLE, 201)
    assert row["entity"] is None and row["brackets"][1] == TABLE["brackets"][1]  # type: ignore[index]
    falling = TABLE | {"brackets": [{"over_minor": 5, "rate_ppm": 1}]}
    assert code_of(finance.post("/withholding-tables", falling, 422)) == "brackets_refused"
    assert (
        code_of(finance.post("/withholding-tables", TABLE | {"currency": "XXX"}, 422)) == "unknown_currency"
    )
    finance.post("/withholding-tables", TABLE | {"brackets": [{"over_minor": 0, "rate": 1}]}, 422)
    assert finance.get("/withholding-tables", currency="CNY", entity="ZG-CN")["items"] == [row]
    record = AuditRecord.objects.get(action="withholding.set")
    assert (record.after["allowance_minor"], record.after["allowance_ppm"]) == (80_000, 200_000)


def test_ways_of_invoicing_hold_for_everyone_or_one(finance: Api) -> None:
    body = {"draft_when": "closed", "reversals": "deduction", "input_check": "after_payment",
            "verify_above_minor": 5000}  # fmt: skip
    assert finance.post("/invoice-policies", body) == body | {"entity": None, "own": True}
    general, of_one = finance.get("/invoice-policies")["items"]
    assert general["own"] and (of_one["entity"], of_one["own"], of_one["draft_when"]) == (
        "ZG-CN",
        False,
        "closed",
    )
    finance.post("/invoice-policies", body | {"entity": "ZG-CN", "verify_above_minor": None})
    assert [one["verify_above_minor"] for one in finance.get("/invoice-policies")["items"]] == [5000, None]
    finance.post("/invoice-policies", body | {"draft_when": "never"}, 422)


def test_a_file_issues_drafts_and_their_month_is_closed(market: Market, finance: Api) -> None:
    row = draft_of(with_invoices(market), "tea")
    day = timezone.localdate().replace(day=1)
    text = f"draft,number,date\n{row.number},26312000000000000001,{row.drafted_at:%Y-%m-%d}\n"
    body = {"name": "issued.csv", "content": base64.b64encode(text.encode()).decode()}
    assert finance.post("/issued-invoices", body) == {"issued": 1, "already": 0}
    assert finance.post("/issued-invoices", body) == {"issued": 0, "already": 1}
    wrong = base64.b64encode(b"draft,number,date\nOI1,1,x\n").decode()
    refused = finance.post("/issued-invoices", body | {"content": wrong}, 422)["error"]
    assert refused["code"] == "issued_file_refused" and refused["details"]["rows"][0]["row"] == 2
    assert code_of(finance.post("/issued-invoices", body | {"content": "?"}, 422)) == "issued_file_refused"
    row.refresh_from_db()
    month = {"entity": "ZG-CN", "currency": "CNY", "month": f"{row.tax_month:%Y-%m}"}
    closed = finance.post("/tax-months", month, 201)
    assert closed["figures"][0]["gross"] == row.gross_minor and closed["month"] == month["month"]
    assert code_of(finance.post("/tax-months", month, 409)) == "tax_month_closed"
    assert code_of(finance.post("/tax-months", month | {"month": f"{day:%Y-%m}"}, 409)) == "tax_month_closed"
    assert finance.get("/tax-months", entity="ZG-CN")["items"] == [closed]


def test_only_finance_sets_and_no_shop_sees(market: Market, finance: Api, tea: Api) -> None:
    auditor = api_of(market, "platform", "platform_auditor")
    for path in PATHS:
        auditor.get(path)
        tea.get(path, 403)
    auditor.post("/withholding-tables", TABLE, 403)
    auditor.post("/tax-profiles", PROFILE, 403)
    tea.post("/tax-months", {"entity": "ZG-CN", "currency": "CNY", "month": "2026-04"}, 403)
