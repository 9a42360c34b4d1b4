"""Our accounts, limits of approval, requirements, policies and rebate agreements: listed, set, refused."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from tests.isolation.market import ZONE
from tests.portals.platform.test_guarded import approve, post, shown
from zhanggui.approvals.models import Approval, ApprovalLimit
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.audit.models import AuditRecord
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.parties.models import Membership, Party, User
from zhanggui.settlement.adjustments.models import RebateAgreement
from zhanggui.settlement.collections.models import CollectionPolicy
from zhanggui.settlement.entities.models import Dimension, OwnAccount, SettlementEntity
from zhanggui.settlement.guarantees.models import DepositRequirement, ReservePolicy

pytestmark = pytest.mark.django_db

ACCOUNT = {
    "code": "icbc-main", "kind": "bank", "zh": "工行基本户", "en": "Main account", "entity": "ZG-CN",
    "currency": "CNY", "holder": "Zhanggui Ltd", "number": "6222020200012345678", "rail": "iso20022",
    "bic": "ICBKCNBJ",
}  # fmt: skip
PAGES = ("own-accounts/", "own-accounts/new/", "own-accounts/icbc-main/", "limits/", "limits/set/", "requirements/",
         "requirements/new/", "reserve-policies/", "reserve-policies/new/", "debt-policies/", "debt-policies/new/",
         "rebate-agreements/", "rebate-agreements/new/", "rebate-agreements/1/")  # fmt: skip


def test_an_account_is_opened_closed_and_opened_again(desk: Any) -> None:
    where = post(desk, "/platform/own-accounts/new/", "make", **ACCOUNT)
    page = shown(desk, where)
    assert "****5678" in page and "6222020200012345678" not in page and "ICBKCNBJ" in page
    assert "Main account" in shown(desk, "/platform/own-accounts/")
    post(desk, "/platform/own-accounts/new/", "make", 422, **ACCOUNT)
    post(desk, "/platform/own-accounts/new/", "make", 422, **ACCOUNT | {"code": "a b"})
    post(desk, "/platform/own-accounts/new/", "make", 422, **ACCOUNT | {"code": "b", "number": ""})
    post(desk, "/platform/own-accounts/new/", "make", 422, **ACCOUNT | {"code": "b", "rail": "pigeon"})
    post(desk, where, "close", reason="moved to another bank")
    assert not OwnAccount.objects.get().active
    post(desk, where, "close", 422, reason="again")
    assert "moved to another bank" in shown(desk, where)
    assert "Main account" in shown(desk, "/platform/own-accounts/?tab=closed")
    post(desk, where, "reopen", reason="needed after all")
    assert OwnAccount.objects.get().active


def another_admin() -> str:
    user = User.objects.create_user("second")
    Membership.objects.create(user=user, party=Party.objects.get(code="platform"), role="platform_admin")
    return user.username


def test_a_limit_is_set_and_its_history_kept(desk: Any) -> None:
    values = {"role": "platform_controller", "kind": "adjustment", "currency": "CNY"}
    post(desk, "/platform/limits/set/", "make", most="500.00", two_above="100.00", **values)
    where = post(desk, "/platform/limits/set/", "make", most="900.00", **values)
    row = ApprovalLimit.objects.get(kind="adjustment")
    assert (row.max_minor, row.checks_needed_above_minor) == (50_000, 10_000), (
        "more waits for a second person"
    )
    assert "Higher limit of approval" in shown(desk, where)
    approval_decided(
        approval_id=Approval.objects.get(kind="approval_limit").id, approve=True, checker=another_admin(),
        roles={"platform_admin"}, proof=Proof(second_factor=True), at=timezone.now(), zone=ZONE,
    )  # fmt: skip
    row = ApprovalLimit.objects.get(kind="adjustment")
    assert (row.max_minor, row.checks_needed_above_minor) == (90_000, None)
    assert "CNY 900.00" in shown(desk, "/platform/limits/")
    history = shown(desk, "/platform/limits/set/")
    assert "500.00" in history and "two people above CNY 100.00" in history
    record = AuditRecord.objects.filter(action="approval.limit_set").latest("id")
    assert (record.before["max_minor"], record.after["max_minor"]) == (50_000, 90_000)
    post(desk, "/platform/limits/set/", "make", 422, most="1.00", **values | {"currency": "*"})
    post(desk, "/platform/limits/set/", "make", 422, most="-1.00", **values)
    post(desk, "/platform/limits/set/", "make", 422, most="1.00", **values | {"role": "platform_auditor"})
    post(desk, "/platform/limits/set/", "make", 422, most="1.00", **values | {"kind": "holiday"})


def test_what_must_be_deposited_is_set(desk: Any) -> None:
    tea = Dimension.objects.create(kind="category", code="tea", name={"en": "Tea", "zh": "茶"})
    values = {"line": "market", "rule": "largest", "amount": "1000.00", "from": "2026-06-01"}
    post(desk, "/platform/requirements/new/", "make", category=str(tea.id), **values)
    post(desk, "/platform/requirements/new/", "make", party="kiln", **values | {"rule": "added"})
    post(desk, "/platform/requirements/new/", "make", 422, category=str(tea.id), **values)
    post(desk, "/platform/requirements/new/", "make", 422, category="99999", **values)
    post(desk, "/platform/requirements/new/", "make", 422, party="nobody", **values)
    page = shown(desk, "/platform/requirements/")
    assert "1,000.00" in page and "Tea" in page and "Every merchant" in page and "The kiln" in page
    assert DepositRequirement.objects.count() == 2


def test_what_is_reserved_and_how_debts_are_dealt_with_is_set(desk: Any) -> None:
    reserve = {"entity": "ZG-CN", "rate": "10%", "days": "30", "from": "2026-06-01"}
    post(desk, "/platform/reserve-policies/new/", "make", **reserve)
    post(desk, "/platform/reserve-policies/new/", "make", 422, **reserve)
    post(
        desk,
        "/platform/reserve-policies/new/",
        "make",
        422,
        **reserve | {"rate": "ten", "from": "2026-07-01"},
    )
    post(
        desk,
        "/platform/reserve-policies/new/",
        "make",
        422,
        **reserve | {"rate": "101%", "from": "2026-07-01"},
    )
    post(
        desk, "/platform/reserve-policies/new/", "make", 422, **reserve | {"days": "x", "from": "2026-07-01"}
    )
    assert ReservePolicy.objects.get().rate_ppm == 100_000
    assert "10%" in shown(desk, "/platform/reserve-policies/")
    debts = {"entity": "ZG-CN", "action": "collect", "carry_max": "3", "while_selling": "no", "due_days": "10",
             "set_off": "yes", "deposit_agreed": "no", "from": "2026-06-01", "party": "tea"}  # fmt: skip
    post(desk, "/platform/debt-policies/new/", "make", **debts)
    post(
        desk,
        "/platform/debt-policies/new/",
        "make",
        422,
        **debts | {"action": "forget", "from": "2026-07-01"},
    )
    row = CollectionPolicy.objects.get()
    assert (row.carry_max, row.set_off, row.deposit_agreed) == (3, True, False)
    assert "Tea house" in shown(desk, "/platform/debt-policies/")


def test_a_rebate_is_agreed_and_approved(desk: Any) -> None:
    values = {"line": "market", "party": "tea", "name": "2026", "method": "graduated", "cycle": "month:1", "cap": "500.00",
              "from": "2026-06-01", "from_1": "0", "rate_1": "1%", "from_2": "1000.00", "rate_2": "2%"}  # fmt: skip
    where = post(desk, "/platform/rebate-agreements/new/", "make", **values)
    page = shown(desk, where)
    assert "To approve" in page and "1,000.00" in page and "2%" in page
    approve()
    assert RebateAgreement.objects.get().state == "approved"
    assert "Approved" in shown(desk, where) and "500.00" in shown(desk, "/platform/rebate-agreements/")
    for wrong in ({"rate_2": ""}, {"from_2": "0"}, {"rate_1": "200%"}, {"cap": "0"}, {"method": "magic"},
                  {"cycle": "document"}, {"before": "2026-05-01"}, {"party": "nobody"}):  # fmt: skip
        post(desk, "/platform/rebate-agreements/new/", "make", 422, **values | wrong)


def test_who_may_not_change_them_sees_them(as_role: Any) -> None:
    OwnAccount.objects.create(code="icbc-main", name={}, kind="bank", entity=SettlementEntity.objects.get(),
                              currency="CNY", rail="iso20022")  # fmt: skip
    auditor = as_role("platform_auditor")
    for page in ("own-accounts/", "limits/", "requirements/", "reserve-policies/", "debt-policies/",
                 "rebate-agreements/", "own-accounts/icbc-main/", "limits/set/"):  # fmt: skip
        shown(auditor, f"/platform/{page}")
    for page in ("own-accounts/new/", "requirements/new/", "reserve-policies/new/", "debt-policies/new/",
                 "rebate-agreements/new/"):  # fmt: skip
        assert auditor.get(f"/platform/{page}").status_code == 403
    post(auditor, "/platform/limits/set/", "make", 422, role="platform_admin", kind="*", currency="*")
    post(auditor, "/platform/own-accounts/icbc-main/", "close", 422, reason="x")
    finance = as_role("platform_finance")
    post(finance, "/platform/limits/set/", "make", 422, role="platform_admin", kind="*", currency="*")


def test_every_page_is_there_in_chinese(desk: Any) -> None:
    from zhanggui.journeys.rebate_agreed import rebate_agreed
    from zhanggui.parties.models import Party
    from zhanggui.settlement.entities.models import BusinessLine

    post(desk, "/platform/own-accounts/new/", "make", **ACCOUNT)
    row = rebate_agreed(
        party=Party.objects.get(code="tea"), business_line=BusinessLine.objects.get(), name="2026", method="whole",
        tiers=[{"from_minor": 0, "rate_ppm": 10_000}], cycle="month:1", cap_minor=100,
        effective_from=date(2026, 6, 1), at=timezone.now(), maker="mia",
    )  # fmt: skip
    desk.cookies["django_language"] = "zh-hans"
    for page in PAGES[:-1]:
        shown(desk, f"/platform/{page}")
    shown(desk, f"/platform/rebate-agreements/{row.id}/")


CHANNEL = {
    "code": "up-main", "zh": "银联主户", "en": "UnionPay main", "entity": "ZG-CN", "currency": "CNY",
    "channel": "unionpay", "merchant_number": "898100000000001", "payment_methods": "card, qr",
    "business_lines": "market", "settles_to": "icbc-main", "zone": "Asia/Shanghai", "cut_hour": "23",
    "csv_template": "time=Booked, amount=Sum",
}  # fmt: skip
DETAILS = {
    "channel": "unionpay", "merchant_number": "898100000000001", "payment_methods": ["card", "qr"],
    "business_lines": ["market"], "settles_to": "icbc-main", "zone": "Asia/Shanghai", "cut_hour": 23,
    "csv_template": {"columns": {"time": "Booked", "amount": "Sum"}},
}  # fmt: skip


@pytest.fixture
def methods(market: Any) -> None:
    for code in ("card", "qr"):
        Dimension.objects.get_or_create(kind="payment_method", code=code)


def test_an_account_at_a_channel_is_opened_and_its_details_change(desk: Any, methods: None) -> None:
    post(desk, "/platform/own-accounts/new/", "make", **ACCOUNT)
    where = post(desk, "/platform/own-accounts/new/", "channel", **CHANNEL)
    assert OwnAccount.objects.get(code="up-main").details == DETAILS
    page = shown(desk, where)
    assert "card, qr" in page and 'value="23"' in page and "time=Booked, amount=Sum" in page
    typed = {name: CHANNEL[name] for name in DETAILS}
    post(desk, where, "change", **typed | {"cut_hour": "", "payment_methods": "card"})
    row = OwnAccount.objects.get(code="up-main")
    assert "cut_hour" not in row.details and row.details["payment_methods"] == ["card"]
    assert "Methods of payment: card, qr" in shown(desk, where), "the history says what it was"
    for wrong in ({"cut_hour": "24"}, {"zone": "Asia/Peking"}, {"payment_methods": "cash"}, {"settles_to": "x"},
                  {"business_lines": "shop"}, {"merchant_number": ""}, {"csv_template": "Booked"}):  # fmt: skip
        post(desk, where, "change", 422, **typed | wrong)
        post(desk, "/platform/own-accounts/new/", "channel", 422, **CHANNEL | {"code": "other"} | wrong)
    desk.cookies["django_language"] = "zh-hans"
    answer = desk.post(where, {"act": "change"} | typed | {"cut_hour": "24"})
    assert answer.status_code == 422 and "0 到 23 的整点" in answer.content.decode()


def test_who_may_not_change_details_is_refused(as_role: Any, methods: None) -> None:
    OwnAccount.objects.create(code="up-main", name={}, kind="channel", entity=SettlementEntity.objects.get(),
                              currency="CNY", rail="", details=DETAILS)  # fmt: skip
    post(as_role("platform_finance"), "/platform/own-accounts/up-main/", "change", 422, merchant_number="1")
    assert OwnAccount.objects.get().details == DETAILS


def test_an_account_at_a_channel_is_opened_by_command(market: Any, methods: None) -> None:
    import json

    from tests.portals.platform.test_reconciliation import run_command
    from zhanggui.portals.shell.errors import BadArguments
    from zhanggui.settlement.entities.errors import AccountDetailsRefused

    boss = market.person("platform", "platform_admin").username
    run_command("receivers", "own-account", "icbc-main", "--entity", "ZG-CN", "--currency", "CNY", "--rail", "iso20022",
                "--holder", "Zhanggui", "--number", "6222020200012345678", "--as", boss)  # fmt: skip
    opened = ("receivers", "own-account", "up-main", "--kind", "channel", "--entity", "ZG-CN", "--currency", "CNY",
              "--name-en", "UnionPay", "--as", boss, "--details")  # fmt: skip
    with pytest.raises(AccountDetailsRefused, match="payment_methods"):
        run_command(*opened, json.dumps(DETAILS | {"payment_methods": "card"}))
    with pytest.raises(BadArguments):
        run_command(*opened, "[]")
    _, told = run_command(*opened, json.dumps(DETAILS))
    assert (told["kind"], told["rail"], told["details"]) == ("channel", "", DETAILS)
    changed = DETAILS | {"cut_hour": 22}
    _, told = run_command(
        "receivers", "own-account-details", "up-main", "--details", json.dumps(changed), "--as", boss
    )
    assert told["details"] == changed and OwnAccount.objects.get(code="up-main").details == changed
