"""Our accounts, limits, requirements, policies and rebate agreements over the API."""

import pytest

from tests.isolation.market import Market
from tests.portals.api.calling import Api, api_of

pytestmark = pytest.mark.django_db
ACCOUNT = {"code": "icbc", "zh": "工行", "en": "ICBC", "entity": "ZG-CN", "currency": "CNY", "holder": "Zhanggui",
           "number": "6222020200012345678", "rail": "iso20022", "details": {"bic": "ICBKCNBJ"}}  # fmt: skip


@pytest.fixture
def admin(market: Market) -> Api:
    return api_of(market, "platform", "platform_admin")


def test_an_account_is_opened_and_closed(admin: Api, tea: Api) -> None:
    made = admin.post("/own-accounts", ACCOUNT, 201)
    assert (made["number"], made["ledger_minor"], made["stated_minor"]) == ("****5678", 0, None)
    assert admin.post("/own-accounts", ACCOUNT, 409)["error"]["code"] == "own_account_exists"
    admin.post("/own-accounts", ACCOUNT | {"code": "b", "entity": "nobody"}, 404)
    assert admin.post("/own-accounts/icbc/closing", {"reason": "x"})["active"] is False
    again = admin.post("/own-accounts/icbc/closing", {"reason": "y"}, 409)
    assert again["error"]["code"] == "own_account_not_in_state"
    assert admin.post("/own-accounts/icbc/reopening", {"reason": "x"})["active"] is True
    assert admin.post("/own-accounts/none/closing", {"reason": "x"}, 404)["error"]["code"] == "no_own_account"
    assert [one["code"] for one in admin.get("/own-accounts")["items"]] == ["icbc"]
    tea.get("/own-accounts", 403)


def test_limits_are_set_by_administrators_alone(admin: Api, market: Market) -> None:
    body = {"role": "platform_controller", "kind": "write_off", "currency": "CNY", "max_minor": 1000}
    assert admin.post("/approval-limits", body)["in_force"]
    lower = admin.post("/approval-limits", body | {"max_minor": 5})
    assert (lower["max_minor"], lower["in_force"], lower["approval_id"]) == (5, True, None)
    higher = admin.post("/approval-limits", body | {"max_minor": 6})
    assert not higher["in_force"] and higher["approval_id"]
    other = admin.post("/approval-limits", body | {"max_minor": 7}, 409)
    assert other["error"]["code"] == "approval_already_requested"
    mine = admin.post(
        f"/approvals/{higher['approval_id']}/decision", {"approve": True, "amount_minor": 6}, 403
    )
    assert mine["error"]["code"] == "maker_is_checker"
    assert (
        admin.post("/approval-limits", body | {"currency": "*"}, 422)["error"]["code"] == "limit_incomplete"
    )
    api_of(market, "platform", "platform_finance").post("/approval-limits", body, 403)
    found = [one for one in admin.get("/approval-limits")["items"] if one["kind"] == "write_off"]
    assert [one["max_minor"] for one in found] == [5]


def test_what_holds_from_a_day_on_is_set(admin: Api, tea: Api) -> None:
    needed = {"business_line": "market", "party": "tea", "amount_minor": 5000, "effective_from": "2026-07-01"}
    row = admin.post("/deposit-requirements", needed, 201)
    assert (row["party"], row["category"], row["currency"]) == ("tea", None, "CNY")
    admin.post("/deposit-requirements", needed | {"category": "ink"}, 404)
    assert admin.post("/deposit-requirements", needed, 422)["error"]["code"] == "guarantee_incomplete"
    reserve = {"entity": "ZG-CN", "rate_ppm": 50_000, "days": 30, "effective_from": "2026-07-01"}
    assert admin.post("/reserve-policies", reserve, 201)["party"] is None
    debts = {"entity": "ZG-CN", "party": "tea", "action": "collect", "effective_from": "2026-07-01"}
    assert admin.post("/debt-policies", debts, 201)["due_days"] == 15
    for path in ("/deposit-requirements", "/reserve-policies", "/debt-policies"):
        assert len(admin.get(path)["items"]) == 1
        tea.get(path, 403)


def test_a_rebate_is_agreed(admin: Api) -> None:
    body = {"business_line": "market", "party": "tea", "name": "2026", "method": "whole", "cap_minor": 1000,
            "tiers": [{"from_minor": 0, "rate_ppm": 10_000}], "effective_from": "2026-07-01"}  # fmt: skip
    row = admin.post("/rebate-agreements", body, 201)
    assert (row["state"], row["cycle"]) == ("pending", "month:1") and row["approval_id"]
    assert admin.get("/rebate-agreements")["items"] == [row]
    falling = body | {"tiers": [{"from_minor": 5, "rate_ppm": 1}, {"from_minor": 5, "rate_ppm": 1}]}
    assert admin.post("/rebate-agreements", falling, 422)["error"]["code"] == "unreadable_tiers"


def test_an_account_at_a_channel_is_opened_and_its_details_change(admin: Api, market: Market) -> None:
    admin.post("/own-accounts", ACCOUNT, 201)
    details = {"channel": "unionpay", "merchant_number": "898", "settles_to": "icbc", "cut_hour": 23,
               "business_lines": ["market"]}  # fmt: skip
    body = {
        "code": "up",
        "zh": "银联",
        "en": "UnionPay",
        "kind": "channel",
        "entity": "ZG-CN",
        "currency": "CNY",
    }
    assert admin.post("/own-accounts", body | {"details": details}, 201)["details"] == details
    for wrong in ({"payment_methods": "alipay"}, {"cut_hour": "23"}, {"cut_hour": 24}, {"zone": "Moon"},
                  {"bic": "ICBKCNBJ"}, {"business_lines": ["nothing"]}, {"settles_to": "nobody"}):  # fmt: skip
        for path, sent in (("/own-accounts", body | {"code": "b"}), ("/own-accounts/up/details", {})):
            found = admin.post(path, sent | {"details": details | wrong}, 422)["error"]
            assert found["code"] == "account_details_refused" and found["details"]["key"] in wrong
    changed = details | {"cut_hour": 22}
    first = admin.post("/own-accounts/up/details", {"details": changed}, key="once")
    assert first["details"] == changed
    assert admin.post("/own-accounts/up/details", {"details": changed}, key="once") == first
    assert [one["details"] for one in admin.get("/own-accounts")["items"]] == [{"bic": "ICBKCNBJ"}, changed]
    assert admin.post("/own-accounts/no/details", {"details": {}}, 404)["error"]["code"] == "no_own_account"
    api_of(market, "platform", "platform_finance").post("/own-accounts/up/details", {"details": changed}, 403)
