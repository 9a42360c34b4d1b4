"""Adjustments, receipts, deposits, holds and debts, command by command."""

import json
from pathlib import Path

from tests.portals.shell.conftest import Home, assert_only_who_may, assert_refused

AS = ("--as", "mia")
STATEMENT = "ST26030100000001"


def test_money_that_arrived_is_claimed_and_held(shop: Home, tmp_path: Path) -> None:
    assert shop.json("receivers", "own-accounts") == {"own_accounts": []}
    file = tmp_path / "receipts.csv"
    file.write_text("reference,received_on,amount\nT1,2026-04-01,50.00\n", encoding="utf-8")
    assert_refused(shop, [(["receipts", "import", str(file), *AS], "bad_arguments")])
    assert shop.json("receipts", "list") == {"receipts": []}
    assert shop.json("debts", "list") == {"debts": []}
    assert shop.json("debts", "ageing") == {"ageing": []}
    assert shop.json("debts", "dun") == {"dunned": 0}
    assert (
        shop.json("debts", "policy", "collect", "--from", "2030-01-01", "--as", "mia")["action"] == "collect"
    )


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
            (["adjust", "request", "tea-house", "manual_credit", "0", "--reason", "x", "--as", "mia"], "adjustment_incomplete"),
            (["adjust", "request", "nobody", "manual_credit", "1", "--reason", "x", "--as", "mia"], "bad_arguments"),
            (["adjust", "reverse", "99", "--reason", "x", "--as", "mia"], "adjustment_not_reversible"),
            (["adjust", "agree", "tea-house", "--name", "g", "--tiers", "[]", "--cap", "1", "--from", "2026-03-01",
              "--as", "mia"], "unreadable_tiers"),
        ],
    )  # fmt: skip


def test_deposits_and_holds(shop: Home) -> None:
    assert (
        shop.json("deposits", "require", "80.00", "--from", "2026-03-01", "--as", "mia")["amount_minor"]
        == 8000
    )
    assert shop.json("deposits", "demand")["demanded"] == 2
    assert {row["short_minor"] for row in shop.json("deposits", "list")["deposits"]} == {8000}
    moved = shop.json(
        "deposits", "top-up", "tea-house", "5.00", "--reason", "agreed", "--currency", "CNY", *AS
    )
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
    held = shop.json("holds", "freeze", "tea-house", "7.00", "--reason", "claim", "--currency", "CNY", *AS)
    assert (held["wanted_minor"], held["state"]) == (700, "open")
    shop.json("holds", "freeze-party", "kiln", "--reason", "investigation", *AS)
    assert len(shop.json("holds", "list")["holds"]) == 2
    assert shop.json("holds", "release", str(held["id"]), "--reason", "settled", *AS)["state"] == "released"
    assert shop.json("holds", "run") == {"released": 0}
    assert shop.json("holds", "reserve", "100000", "30", "--from", "2030-01-01", "--as", "mia")["days"] == 30
    assert_refused(
        shop,
        [
            (["holds", "release", str(held["id"]), "--reason", "again", *AS], "hold_not_open"),
            (["holds", "freeze-party", "kiln", "--reason", "again", *AS], "already_frozen"),
            (["deposits", "order", "penalty", "kiln", "5.00", "--reason", "x", "--currency", "CNY", "--as", "mia"], "deposit_too_small"),
        ],
    )  # fmt: skip


def test_only_who_may_makes_and_decides(shop: Home, tmp_path: Path) -> None:
    file, why = tmp_path / "receipts.csv", ["--reason", "x"]
    file.write_text("reference,received_on,amount\nT1,2026-04-01,50.00\n", encoding="utf-8")
    tiers = json.dumps([{"from_minor": 0, "rate_ppm": 10_000}])
    assert_only_who_may(
        shop,
        ["adjust", "request", "tea-house", "manual_credit", "1", *why],
        ["adjust", "reverse", "1", *why],
        ["adjust", "agree", "kiln", "--name", "g", "--tiers", tiers, "--cap", "1", "--from", "2026-03-01"],
        ["deposits", "top-up", "kiln", "1", "--currency", "CNY", *why],
        ["deposits", "order", "penalty", "kiln", "1", "--currency", "CNY", *why],
        ["debts", "note", STATEMENT, "called"],
        ["debts", "from-deposit", STATEMENT, "1", *why],
        ["debts", "write-off", STATEMENT, "1", *why],
        ["receipts", "record", "B-1", "1", "--on", "2026-04-01"],
        ["receipts", "import", str(file)],
        ["receipts", "claim", "1", "1", "--deposit-of", "kiln"],
        ["receipts", "unclaim", "1", *why],
        ["receipts", "refund", "1", "1", *why],
        ["receipts", "withdraw", "1", *why],
        ["holds", "freeze", "kiln", "1", "--currency", "CNY", *why],
        ["holds", "freeze-party", "kiln", *why],
        ["holds", "release", "1", *why],
        ["details", "correct", "1-1-1-1", "--by", "5", *why],
        ["details", "dispute", "1-1-1-1", *why],
        ["details", "resolve", "1", "--reject", "--resolution", "x"],
        ["differences", "note", "1", "seen"],
        ["differences", "assign", "1", "mia"],
        ["differences", "settle", "1", "--way", "explain", *why],
    )
    assert shop.json("receipts", "list") == {"receipts": []}
