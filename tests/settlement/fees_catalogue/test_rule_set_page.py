"""The rule set page is right: its example is read, rated, and comes to what the page says."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from zhanggui.settlement.fees.catalogue.entries import entries
from zhanggui.settlement.fees.rules.batch import LineBatch
from zhanggui.settlement.fees.rules.checks import Universe, check_rule_set
from zhanggui.settlement.fees.rules.compile import DimensionIds, compile_rules
from zhanggui.settlement.fees.rules.document import BASES, DIMENSIONS, ROLES, RuleSet
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.fees.rules.parser import parse_rule_set

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "rule-set.md"
SHANGHAI = ZoneInfo("Asia/Shanghai")
ELECTRONICS, PHONES, BOOKS = 1, 2, 3
CATEGORIES = DimensionIds({"electronics": ELECTRONICS, "books": BOOKS}, {PHONES: ELECTRONICS, BOOKS: 0})


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text("utf-8")


@pytest.fixture(scope="module")
def rule_set(page: str) -> RuleSet:
    return parse_rule_set(json.loads(page.split("```json")[1].split("```")[0]))


def table_after(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table after a text, its heading left out."""
    lines = page.split(heading, 1)[1].splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("|"))
    table = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def details_of_example(page: str, rule_set: RuleSet) -> list[list[str]]:
    """What the kernel makes of the page's order: line, fee, base, signed amount, rule."""
    lines = table_after(page, "One order of one merchant")
    number = lambda column: np.array([int(row[column]) for row in lines])  # noqa: E731
    batch = LineBatch.of(
        len(lines),
        line_id=number(0),
        order_id=np.ones(2, np.int64),
        merchant_id=np.ones(2, np.int64),
        carrier_id=np.ones(2, np.int64),
        category_id=np.array([{"phones": PHONES, "books": BOOKS}[row[1].split()[0]] for row in lines]),
        ordered_us=np.full(2, int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()) * 1_000_000),
        quantity=number(2),
        goods=number(3),
        shop_discount=number(4),
        platform_discount=number(5),
        freight=number(6),
        cumulative_before=np.array([4_900_000, 4_900_000 + 299_900 - 15_000]),
    )
    versions = {rule.code: place for place, rule in enumerate(rule_set.rules, start=1)}
    rated = rate(
        batch,
        compile_rules(
            rule_set,
            fee_ids={entry.code: entry.id for entry in entries()},
            dimensions={"category": CATEGORIES},
            rule_version_ids=versions,
            zone=SHANGHAI,
        ),
    )
    rule_codes = {0: "from the order"} | {number: code for code, number in versions.items()}
    return [
        [
            str(batch.line_id[row]),
            f"`{slot.fee}`",
            str(rated.bases[row, column]),
            f"{'−' if slot.payer == 'merchant' else '+'}{rated.amounts[row, column]}",
            rule_codes[int(rated.rule_ids[row, column])],
        ]
        for row in range(len(lines))
        for column, slot in enumerate(rated.slots)
        if rated.present[row, column]
    ]


class TestRuleSetPage:
    def test_shows_what_its_example_comes_to(self, page: str, rule_set: RuleSet) -> None:
        assert table_after(page, "comes to these details") == details_of_example(page, rule_set)

    def test_shows_a_set_without_findings(self, rule_set: RuleSet) -> None:
        known = {entry.code for entry in entries()}
        assert check_rule_set(rule_set, universe=Universe(), known_fees=known) == []

    def test_explains_every_finding(self, page: str) -> None:
        listed = (check_rule_set.__doc__ or "").split("Error codes:")[1]
        codes = re.findall(r"[a-z]+(?:_[a-z]+)+|uncovered|overlap|shadowed", listed)
        assert len(codes) >= 19
        assert [code for code in codes if f"`{code}`" not in page] == []

    def test_names_every_field_dimension_base_and_role(self, page: str) -> None:
        words = [*DIMENSIONS, *BASES, *ROLES, "order_amount"]
        assert [word for word in words if f"`{word}`" not in page] == []
        for known in ("_SET_FIELDS", "_RULE_FIELDS", "_FORMULA_FIELDS", "_REVERSE_FIELDS"):
            fields = getattr(__import__(parse_rule_set.__module__, fromlist=[known]), known)
            assert [field for field in fields if f"`{field}`" not in page] == []
