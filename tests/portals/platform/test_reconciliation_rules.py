"""The rules of reconciliation on screen, over the API and by command."""

from typing import Any

import pytest

from tests.portals.api.calling import api_of
from tests.portals.platform.test_guarded import post, shown
from tests.portals.platform.test_reconciliation import run_command
from zhanggui.audit.models import AuditRecord
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.reconciliation.errors import ReconciliationRuleRefused
from zhanggui.settlement.reconciliation.models import ReconciliationRule

pytestmark = pytest.mark.django_db
LIST, RULE = "/platform/reconciliation-rules/", "/platform/reconciliation-rules/wechat/"
TYPED = {
    "tolerance": "0.05", "fee": "0.6%", "fee_tolerance": "500", "cut_minutes": "30", "suspend_days": "2",
    "post_settlements": "yes", "post_fees": "no", "post_suspense": "yes",
}  # fmt: skip


@pytest.fixture
def account(market: Any) -> OwnAccount:
    return OwnAccount.objects.create(
        code="wechat", name={"en": "WeChat main", "zh": "微信主户"}, kind="channel", currency="CNY",
        entity=SettlementEntity.objects.get(), rail="wechat_pay",
    )  # fmt: skip


def test_a_rule_is_set_on_its_page(desk: Any, account: OwnAccount) -> None:
    page = shown(desk, LIST)
    assert "WeChat main" in page and "As the general rule" in page and "Every account without" in page
    assert post(desk, RULE, "make", **TYPED) == LIST
    row = ReconciliationRule.objects.get(own_account_id=account.id)
    assert (row.amount_tolerance_minor, row.expected_fee_ppm, row.fee_tolerance_milli) == (5, 6000, 500)
    assert (row.suspend_days, row.post_fees) == (2, False)
    post(desk, RULE, "make", **TYPED | {"tolerance": "0.02"})
    history = shown(desk, RULE)
    assert "amounts may differ by CNY 0.05" in history and "amounts may differ by CNY 0.02" in history
    post(desk, "/platform/reconciliation-rules/*/", "make", **TYPED | {"tolerance": "1"})
    page = shown(desk, LIST)
    assert "CNY 0.02" in page and "Its own rule" in page and "1 of the smallest unit" in page
    for wrong in ({"tolerance": "-0.01"}, {"tolerance": "x"}, {"fee": "101%"}, {"cut_minutes": "1441"},
                  {"suspend_days": "32"}, {"post_fees": "maybe"}):  # fmt: skip
        post(desk, RULE, "make", 422, **TYPED | wrong)
    assert desk.get("/platform/reconciliation-rules/nobody/").status_code == 404
    desk.cookies["django_language"] = "zh-hans"
    assert "对账规则" in shown(desk, LIST) and "金额容差" in shown(desk, RULE)
    answer = desk.post(RULE, {"act": "make"} | TYPED | {"tolerance": "-0.01"})
    assert answer.status_code == 422 and "须为 0 到" in answer.content.decode()


def test_who_may_not_set_it_sees_it(as_role: Any, account: OwnAccount) -> None:
    finance = as_role("platform_finance")
    assert "amounts may differ by" in shown(finance, RULE)
    post(finance, RULE, "make", 422, **TYPED)
    assert not ReconciliationRule.objects.filter(own_account_id=account.id).exists()


def test_a_rule_is_set_over_the_api(market: Any, account: OwnAccount) -> None:
    admin = api_of(market, "platform", "platform_admin")
    body = {"account": "wechat", "amount_tolerance_minor": 3}
    first = admin.post("/reconciliation-rules", body, key="once")
    assert (first["own"], first["amount_tolerance_minor"], first["fee_tolerance_milli"]) == (True, 3, 1000)
    assert admin.post("/reconciliation-rules", body, key="once") == first
    assert AuditRecord.objects.filter(action="reconciliation.rule_set").count() == 1
    admin.post("/reconciliation-rules", body | {"amount_tolerance_minor": -1}, 422)
    found = admin.post("/reconciliation-rules", body | {"account": "nobody"}, 404)
    assert found["error"]["code"] == "unknown_own_account"
    items = admin.get("/reconciliation-rules")["items"]
    assert [(one["account"], one["own"]) for one in items] == [("*", True), ("wechat", True)]
    api_of(market, "platform", "platform_finance").post("/reconciliation-rules", body, 403)
    api_of(market, "tea", "merchant_owner").get("/reconciliation-rules", 403)


def test_a_rule_is_set_by_command(market: Any, account: OwnAccount) -> None:
    boss = market.person("platform", "platform_admin").username
    _, told = run_command(
        "reconciliation-rules",
        "set",
        "wechat",
        "--tolerance",
        "7",
        "--fee",
        "0.6%",
        "--post-fees",
        "no",
        "--as",
        boss,
    )
    assert (told["amount_tolerance_minor"], told["expected_fee_ppm"], told["post_fees"]) == (7, 6000, False)
    _, told = run_command("reconciliation-rules", "set", "wechat", "--suspend-days", "3", "--as", boss)
    assert (told["amount_tolerance_minor"], told["suspend_days"]) == (7, 3), "what is not named stays"
    _, listed = run_command("reconciliation-rules", "list")
    assert [one["account"] for one in listed["rules"]] == ["*", "wechat"]
    with pytest.raises(ReconciliationRuleRefused, match="amount_tolerance_minor"):
        run_command("reconciliation-rules", "set", "*", "--tolerance", "-1", "--as", boss)
    with pytest.raises(BadArguments):
        run_command(
            "reconciliation-rules", "set", "*", "--as", market.person("platform", "platform_finance").username
        )
