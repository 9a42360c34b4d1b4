"""The reference pages say what the data says, and the two glossaries say the same in two languages."""

import re
import runpy
from pathlib import Path

import pytest

from zhanggui.ledger.chart import CHART
from zhanggui.settlement.fees.catalogue.entries import entries

ROOT = Path(__file__).resolve().parents[3]
REFERENCE = ROOT / "docs" / "reference"
#: Words that the naming rules of the project define.
DEFINED = """
Money, Ledger account, Journal entry, Posting, Payment, Charge, Refund, Dispute, Channel, Rail,
Settlement entity, Receiver, Split, Share, Fee, Commission, Rule set, Rate, Hold, Release, Statement, Period,
Adjustment, Payout, Payout attempt, Payout return, External record, Match, Break, Write-off, Billing,
Billing detail, Invoice mode, Billing node, General billing interface, Double insurance, Replay
"""


def rows(page: str) -> list[list[str]]:
    """The cells of every table row, headings left out."""
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in ("term", "用语", "id", "code")]


class TestReferencePages:
    def test_are_as_the_data_says(self) -> None:
        pages = runpy.run_path(str(ROOT / "tools" / "reference_pages.py"))["PAGES"]
        stale = [name for name, page in pages.items() if (REFERENCE / name).read_text("utf-8") != page()]
        assert stale == [], "run uv run python tools/reference_pages.py"

    def test_list_every_fee_type_and_account_once(self) -> None:
        fees = [row[1].strip("`") for row in rows((REFERENCE / "fee-catalogue.md").read_text("utf-8"))]
        accounts = [row[0] for row in rows((REFERENCE / "chart-of-accounts.md").read_text("utf-8"))]
        assert fees == [entry.code for entry in entries()]
        assert accounts == [purpose.code for purpose in CHART]


class TestGlossary:
    @pytest.fixture
    def english(self) -> list[list[str]]:
        return rows((REFERENCE / "glossary.md").read_text("utf-8"))

    @pytest.fixture
    def chinese(self) -> list[list[str]]:
        return rows((REFERENCE / "glossary.zh.md").read_text("utf-8"))

    def test_pairs_the_same_words_in_both_languages(
        self, english: list[list[str]], chinese: list[list[str]]
    ) -> None:
        assert [(row[0], row[1]) for row in english] == [(row[1], row[0]) for row in chinese]

    def test_gives_a_word_one_meaning(self, english: list[list[str]]) -> None:
        for column in (0, 1):
            words = [row[column] for row in english]
            assert sorted({word for word in words if words.count(word) > 1}) == []

    def test_has_every_word_the_naming_rules_define(self, english: list[list[str]]) -> None:
        assert {word.strip() for word in DEFINED.split(",")} <= {row[0] for row in english}

    def test_explains_each_in_its_own_language(
        self, english: list[list[str]], chinese: list[list[str]]
    ) -> None:
        assert all(re.match(r"[A-Z]", row[2]) for row in english)
        assert all(re.search(r"[一-鿿]", row[2]) for row in chinese)
