"""What was agreed beforehand, listed by the command: with what held before, filtered, for people and programs."""

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.isolation.market import Market, open_market
from tests.portals.shell.running import run_command
from tests.portals.shell.test_master_data import refused
from zhanggui.journeys.approval_limit_set import approval_limit_set
from zhanggui.journeys.debt_collected import collection_policy_set
from zhanggui.journeys.deposit_changed import requirement_set
from zhanggui.journeys.money_frozen import reserve_set
from zhanggui.journeys.rebate_agreed import rebate_agreed
from zhanggui.portals.shell.commands import policies
from zhanggui.settlement.entities.models import SettlementEntity

pytestmark = pytest.mark.django_db
AT = {"at": datetime(2026, 6, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))}
JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


@pytest.fixture(autouse=True)
def market() -> Market:
    return open_market()


def listed(act: str, *arguments: str) -> list[dict[str, Any]]:
    [(_name, rows)] = run_command(policies, act, *arguments)[1].items()
    return list(rows)


def test_deposits_required_with_what_held_before(market: Market) -> None:
    assert listed("deposits") == []
    common = {"business_line": market.line, "actor": "mia"} | AT
    for amount, starts in ((8000, JULY), (9000, AUGUST)):
        requirement_set(
            **common, category_id=0, amount_minor=amount, effective_from=starts, rule="largest", party_id=0
        )
    requirement_set(**common, category_id=0, amount_minor=500, effective_from=JULY, rule="added",
                    party_id=market.party("tea").id)  # fmt: skip
    everyones = [
        (row["amount_minor"], row["effective_before"]) for row in listed("deposits") if not row["party"]
    ]
    assert everyones == [(8000, "2026-08-01"), (9000, None)]
    assert [row["amount_minor"] for row in listed("deposits", "--on", "2026-07-15")] == [8000, 500]
    assert [row["amount_minor"] for row in listed("deposits", "--party", "kiln")] == [8000, 9000]
    assert len(listed("deposits", "--party", "tea", "--business-line", "market")) == 3
    text = run_command(policies, "deposits", "--on", "2026-07-15")[2]
    assert "everyone" in text and "CNY 80.00 (the largest applies), from 2026-07-01 before 2026-08-01" in text
    assert "tea" in text and "CNY 5.00 (on top), from 2026-07-01" in text


def test_reserves_and_debts_of_an_entity(market: Market) -> None:
    assert (listed("reserves"), listed("debts")) == ([], [])
    entity = SettlementEntity.objects.get(code="ZG-CN")
    reserve_set(entity=entity, rate_ppm=50_000, days=30, effective_from=JULY, party_id=0, actor="mia", **AT)
    collection_policy_set(
        entity=entity, party_id=market.party("tea").id, action="carry", carry_max=2, while_selling=True, due_days=15,
        set_off=True, deposit_agreed=True, effective_from=JULY, actor="mia", **AT,
    )  # fmt: skip
    [row] = listed("reserves", "--entity", "ZG-CN")
    assert (row["party"], row["rate_ppm"], row["days"]) == (None, 50_000, 30)
    assert run_command(policies, "reserves")[2] == "everyone         ZG-CN: 5% for 30 days, from 2026-07-01"
    [row] = listed("debts", "--party", "tea")
    assert (row["carry_max"], row["while_selling"], row["effective_before"]) == (2, True, None)
    assert run_command(policies, "debts")[2] == (
        "tea              ZG-CN: carried at most 2 times, only while it sells, due in 15 days, set off, from the"
        " deposit, from 2026-07-01"
    )
    assert listed("debts", "--party", "kiln") == listed("reserves", "--on", "2026-06-30") == []


def test_limits_by_role_kind_and_currency() -> None:
    approval_limit_set(role="platform_controller", kind="write_off", currency="CNY", max_minor=100_000,
                       two_above_minor=50_000, actor="mia", **AT)  # fmt: skip
    [row] = listed("limits", "--role", "platform_controller", "--kind", "write_off", "--currency", "CNY")
    assert (row["max_minor"], row["two_above_minor"]) == (100_000, 50_000)
    text = run_command(policies, "limits", "--kind", "write_off")[2]
    assert text.endswith("CNY: 1,000.00, two people above 500.00")
    assert listed("limits", "--role", "merchant_viewer") == []


def test_rebate_agreements_by_state_party_and_day(market: Market) -> None:
    assert run_command(policies, "rebates")[2] == "no rebate agreement"
    made = rebate_agreed(
        party=market.party("tea"), business_line=market.line, name="growth", method="graduated",
        tiers=[{"from_minor": 0, "rate_ppm": 10_000}, {"from_minor": 100_000, "rate_ppm": 15_000}], cycle="month:1",
        cap_minor=50_000, effective_from=JULY, effective_before=None, maker="mia", **AT,
    )  # fmt: skip
    [row] = listed("rebates", "--state", "pending", "--party", "tea", "--on", "2026-07-01")
    assert (row["number"], row["state"], row["cap_minor"]) == (made.number, "pending", 50_000)
    assert json.dumps(row), "a program can read it"
    text = run_command(policies, "rebates")[2]
    assert "growth: 1% from 0.00, 1.5% from 1,000.00 (graduated, month:1), at most CNY 500.00" in text
    for nothing in (("--state", "approved"), ("--party", "kiln"), ("--on", "2026-06-30")):
        assert listed("rebates", *nothing) == []


def test_names_nobody_knows_are_refused() -> None:
    assert refused(policies, "reserves", "--party", "nobody") == "bad_arguments"
    assert refused(policies, "debts", "--entity", "nobody") == "bad_arguments"
    assert refused(policies, "deposits", "--business-line", "nowhere") == "unknown_business_line"
