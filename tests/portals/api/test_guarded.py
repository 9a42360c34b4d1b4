"""Adjustments, deposits, holds, debts and receipts over the API."""

from typing import Any

import pytest

from tests.isolation.market import Market
from tests.portals.api.calling import Api, api_of
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(market: Any) -> OwnAccount:
    return OwnAccount.objects.create(
        code="bank",
        name={},
        kind="bank",
        entity=SettlementEntity.objects.first(),
        currency="CNY",
        rail="bank_file",
    )


RECEIPT = {"own_account": "bank", "bank_reference": "B-1", "amount_minor": 8000, "received_on": "2026-05-20",
           "payer": "Tea House", "payer_account": "6222020200012345678"}  # fmt: skip


def test_an_adjustment_waits_for_another_person(market: Market, platform: Api, tea: Api) -> None:
    body = {
        "business_line": "market",
        "party": "tea",
        "fee": "manual_credit",
        "amount_minor": 1234,
        "reason": "x",
    }
    made = platform.post("/adjustments", body, 201)
    assert (made["state"], made["line_id"]) == ("pending", 0)
    assert tea.get("/adjustments")["items"] == []
    waiting = platform.get("/approvals")["items"][0]
    assert waiting["subject"] == made["number"]
    controller = api_of(market, "platform", "platform_controller")
    controller.post(f"/approvals/{waiting['id']}/decision", {"approve": True, "amount_minor": 1234})
    [seen] = tea.get("/adjustments")["items"]
    assert seen["state"] == "approved" and seen["line_id"] > 0
    back = platform.post(f"/adjustments/{made['id']}/reversal", {"reason": "wrong shop"}, 201)
    assert (back["amount_minor"], back["reverses"]) == (-1234, made["number"])
    assert platform.get("/rebates")["items"] == []
    bad = platform.post("/adjustments", body | {"amount_minor": 0}, 422)
    assert bad["error"]["code"] == "adjustment_incomplete"
    tea.post("/adjustments", body, 403)


def test_a_receipt_is_claimed_once(platform: Api, tea: Api, bank: OwnAccount) -> None:
    row = platform.post("/receipts", RECEIPT, 201)
    assert row["payer_account"] == "****5678"
    assert platform.post("/receipts", RECEIPT, 201)["id"] == row["id"]
    assert (
        platform.post("/receipts", RECEIPT | {"amount_minor": 1}, 409)["error"]["code"] == "receipt_conflict"
    )
    claim = {"party": "tea", "target": "deposit", "amount_minor": 5000}
    made = platform.post(f"/receipts/{row['id']}/claims", claim, 201)
    above = platform.post(f"/receipts/{row['id']}/claims", claim, 409)
    assert above["error"]["code"] == "claim_above_receipt"
    [deposit] = tea.get("/deposits")["items"]
    assert (deposit["held_minor"], deposit["party"]) == (5000, "tea")
    order = {"use": "penalty", "amount_minor": 1000, "reason": "late"}
    assert platform.post(f"/deposits/{deposit['id']}/orders", order, 201)["state"] == "pending"
    assert (
        platform.post(f"/deposits/{deposit['id']}/top-up", {"amount_minor": 7, "reason": "x"})["held_minor"]
        == 5007
    )
    assert (
        platform.post(f"/claims/{made['id']}/reversal", {"reason": "no"}, 409)["error"]["code"]
        == "deposit_too_small"
    )
    asked = platform.post(f"/receipts/{row['id']}/refund", {"amount_minor": 3000, "reason": "mistake"}, 201)
    assert asked["state"] == "pending"
    assert (
        platform.post(f"/receipts/{row['id']}/withdrawal", {"reason": "x"}, 409)["error"]["code"]
        == "receipt_claimed"
    )
    assert platform.get("/receipts")["items"][0]["rest_minor"] == 0
    tea.get("/receipts", 403)


def test_money_is_frozen_and_released(platform: Api, tea: Api) -> None:
    entity = SettlementEntity.objects.get().code
    body = {"party": "tea", "entity": entity, "currency": "CNY", "amount_minor": 700, "reason": "claim"}
    row = platform.post("/holds", body, 201)
    assert (row["wanted_minor"], row["state"]) == (700, "open")
    whole = platform.post("/holds", {"party": "tea", "reason": "investigation"}, 201)
    assert (
        platform.post("/holds", {"party": "tea", "reason": "again"}, 409)["error"]["code"] == "already_frozen"
    )
    assert [one["kind"] for one in tea.get("/holds")["items"]] == ["amount", "party"]
    assert platform.post(f"/holds/{whole['id']}/release", {"reason": "done"})["state"] == "released"
    assert platform.post("/holds", {"party": "tea", "amount_minor": 1, "reason": "x"}, 422)
    assert platform.get("/debts")["items"] == []
    platform.post("/debts/1/write-off", {"amount_minor": 1, "reason": "x"}, 404)
    platform.post("/debts/1/notes", {"note": "x"}, 404)
