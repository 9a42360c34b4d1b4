"""Adjustments, receipts, deposits, holds and debts, command by command."""

import json
from pathlib import Path

from tests.portals.shell.conftest import Home, assert_refused


def test_money_that_arrived_is_claimed_and_held(shop: Home, tmp_path: Path) -> None:
    assert shop.json("receivers", "own-accounts") == {"own_accounts": []}
    file = tmp_path / "receipts.csv"
    file.write_text("reference,received_on,amount\nT1,2026-04-01,50.00\n", encoding="utf-8")
    assert_refused(shop, [(["receipts", "import", str(file)], "bad_arguments")])
    assert shop.json("receipts", "list") == {"receipts": []}
    assert shop.json("debts", "list") == {"debts": []}
    assert shop.json("debts", "ageing") == {"ageing": []}
    assert shop.json("debts", "dun") == {"dunned": 0}
    assert shop.json("debts", "policy", "collect", "--from", "2030-01-01")["action"] == "collect"


def test_an_adjustment_is_asked_for(shop: Home) -> None:
    made = shop.json(
        "adjust", "request", "tea-house", "manual_credit", "12.50", "--reason", "by phone", "--as", "mia"
    )
    assert (made["amount_minor"], made["state"]) == (1250, "pending")
    assert made["number"] in shop.run("adjust", "list", "--state", "pending").stdout
    tiers = json.dumps([{"from_minor": 0, "rate_ppm": 10_000}])
    agreed = shop.json(
        "adjust", "agree", "tea-house", "--name", "growth", "--tiers", tiers, "--cap", "100.00", "--from",
        "2026-03-01", "--as", "mia",
    )  # fmt: skip
    assert agreed["state"] == "pending"
    assert shop.json("adjust", "rebates") == {"rebates": 0}
    assert_refused(
        shop,
        [
            (["adjust", "request", "tea-house", "manual_credit", "0", "--reason", "x", "--as", "m"], "adjustment_incomplete"),
            (["adjust", "request", "nobody", "manual_credit", "1", "--reason", "x", "--as", "m"], "bad_arguments"),
            (["adjust", "reverse", "99", "--reason", "x", "--as", "m"], "adjustment_not_reversible"),
            (["adjust", "agree", "tea-house", "--name", "g", "--tiers", "[]", "--cap", "1", "--from", "2026-03-01",
              "--as", "m"], "unreadable_tiers"),
        ],
    )  # fmt: skip


def test_deposits_and_holds(shop: Home) -> None:
    assert shop.json("deposits", "require", "80.00", "--from", "2026-03-01")["amount_minor"] == 8000
    assert shop.json("deposits", "demand")["demanded"] == 2
    assert {row["short_minor"] for row in shop.json("deposits", "list")["deposits"]} == {8000}
    moved = shop.json("deposits", "top-up", "tea-house", "5.00", "--reason", "agreed", "--currency", "CNY")
    assert moved["held_minor"] == 500
    order = shop.json(
        "deposits",
        "order",
        "penalty",
        "tea-house",
        "5.00",
        "--reason",
        "late",
        "--currency",
        "CNY",
        "--as",
        "mia",
    )
    assert order["state"] == "pending"
    held = shop.json("holds", "freeze", "tea-house", "7.00", "--reason", "claim", "--currency", "CNY")
    assert (held["wanted_minor"], held["state"]) == (700, "open")
    shop.json("holds", "freeze-party", "kiln", "--reason", "investigation")
    assert len(shop.json("holds", "list")["holds"]) == 2
    assert shop.json("holds", "release", str(held["id"]), "--reason", "settled")["state"] == "released"
    assert shop.json("holds", "run") == {"released": 0}
    assert shop.json("holds", "reserve", "100000", "30", "--from", "2030-01-01")["days"] == 30
    assert_refused(
        shop,
        [
            (["holds", "release", str(held["id"]), "--reason", "again"], "hold_not_open"),
            (["holds", "freeze-party", "kiln", "--reason", "again"], "already_frozen"),
            (["deposits", "order", "penalty", "kiln", "5.00", "--reason", "x", "--currency", "CNY", "--as", "m"], "deposit_too_small"),
        ],
    )  # fmt: skip
