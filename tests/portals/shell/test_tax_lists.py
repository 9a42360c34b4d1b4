"""How tax is charged, set and listed by command: with what held before, for people and programs."""

import json
from pathlib import Path

import pytest

from tests.isolation.market import Market, open_market
from tests.portals.shell.running import run_command
from zhanggui.portals.shell.commands import invoices
from zhanggui.settlement.invoices.errors import OverlappingTaxData
from zhanggui.settlement.invoices.operations.set_withholding_table import BracketsRefused

pytestmark = pytest.mark.django_db
ENTITY = ("--entity", "ZG-CN")
BRACKETS = {"currency": "CNY", "effective_from": "2026-01-01", "allowance_minor": 80_000, "allowance_ppm": 200_000,
            "brackets": [{"over_minor": 0, "rate_ppm": 200_000},
                         {"over_minor": 2_000_000, "rate_ppm": 300_000, "quick_minor": 200_000}]}  # fmt: skip


@pytest.fixture
def finance(db: None) -> tuple[str, str]:
    market: Market = open_market()
    return ("--as", market.person("platform", "platform_finance").get_username())


def test_tax_data_keep_their_bank_account_when_asked(finance: tuple[str, str]) -> None:
    run_command(invoices, "profile", *ENTITY, "--title", "Zhanggui", "--tax-number", "91310000MA1K00000X",
                "--bank-account", "6217000012345678", "--from", "2026-01-01", *finance)  # fmt: skip
    run_command(invoices, "profile", *ENTITY, "--title", "Zhanggui two", "--from", "2026-07-01", "--keep-account",
                *finance)  # fmt: skip
    code, document, text = run_command(invoices, "profiles")
    first, second = document["profiles"]
    assert (code, first["title"], first["effective_before"]) == (0, "Zhanggui", "2026-07-01")
    assert (first["bank_account"], second["bank_account"]) == ("****5678", "****5678")
    assert (first["missing"], second["missing"]) == ([], ["tax_number"])
    assert "from 2026-01-01 before 2026-07-01 Zhanggui" in text and "lacks tax_number" in text
    assert run_command(invoices, "profiles", "--on", "2026-03-01").document["profiles"] == [first]
    assert run_command(invoices, "profiles", "--party", "tea").document["profiles"] == []


def test_rates_are_listed(finance: tuple[str, str]) -> None:
    assert run_command(invoices, "treatments").text == "no treatment is set"
    run_command(invoices, "treatment", "output", "--rate", "6%", "--fee", "commission", "--party", "tea",
                "--from", "2026-01-01", *finance)  # fmt: skip
    _, document, text = run_command(invoices, "treatments", "--party", "tea")
    [row] = document["treatments"]
    assert (row["direction"], row["fee"], row["party"], row["rate_ppm"]) == (
        "output",
        "commission",
        "tea",
        60_000,
    )
    assert "commission" in text and "6%" in text
    assert run_command(invoices, "treatments", "--party", "kiln").document["treatments"] == []


def test_withheld_tax_is_set_and_listed(finance: tuple[str, str], tmp_path: Path) -> None:
    table = tmp_path / "table.json"
    table.write_text(json.dumps(BRACKETS))
    run_command(invoices, "withholding", str(table), *finance)
    _, document, text = run_command(invoices, "withholding-tables", *ENTITY)
    [found] = document["tables"]
    assert (found["allowance_ppm"], [one["quick_minor"] for one in found["brackets"]]) == (
        200_000,
        [0, 200_000],
    )
    assert "allowance 800.00 or 20%" in text and "above      20,000.00:     30% less 2,000.00" in text
    with pytest.raises(OverlappingTaxData):
        run_command(invoices, "withholding", str(table), *finance)
    table.write_text(json.dumps(BRACKETS | {"brackets": [{"over_minor": 0, "rate_ppm": 1, "quick": 5}]}))
    with pytest.raises(BracketsRefused, match="a bracket has no quick"):
        run_command(invoices, "withholding", str(table), *finance)
    assert run_command(invoices, "months").text == "no month is closed yet"
