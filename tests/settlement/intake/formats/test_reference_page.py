"""The reference page is executed: its examples are read, its words are the program's words."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.settlement.intake.formats.readings import orders, put, read, refunds, refused_rows
from zhanggui.settlement.intake import formats
from zhanggui.settlement.intake.formats import errors
from zhanggui.settlement.intake.formats.olist.reading import STATUSES
from zhanggui.settlement.intake.formats.zhanggui.columns import COLUMNS
from zhanggui.settlement.intake.records import OrderRecord, Record, RefundRecord

DOCS = Path(__file__).parents[4] / "docs" / "reference"
PAGES = ("import-formats.md", "import-formats.zh.md")


def example(page: str, kind: str) -> str:
    found = re.search(
        rf"<!-- example: {kind} -->\n```{'csv' if kind == 'csv' else 'json'}\n(.*?)```", page, re.DOTALL
    )
    assert found is not None
    return found[1]


def records_of(tmp_path: Path, page: str, kind: str) -> list[Record]:
    text = example((DOCS / page).read_text(encoding="utf-8"), kind)
    return read("zhanggui", put(tmp_path / f"example.{kind}", text), currency="CNY")


@pytest.mark.parametrize("name", PAGES)
def test_the_examples_say_the_same_in_both_forms(tmp_path: Path, name: str) -> None:
    def comparable(record: Record) -> Record:
        return replace(record, row=0) if isinstance(record, OrderRecord | RefundRecord) else record

    table, lines = (records_of(tmp_path, name, kind) for kind in ("csv", "jsonl"))
    assert refused_rows(table) == refused_rows(lines) == []
    assert list(map(comparable, table)) == list(map(comparable, lines))


def test_the_example_adds_up(tmp_path: Path) -> None:
    records = records_of(tmp_path, PAGES[0], "csv")
    for order in orders(records):
        due = sum(
            line.goods - line.shop_discount - line.platform_discount - line.points_discount + line.freight
            for line in order.lines
        )
        assert due == sum(payment.amount for payment in order.payments)
    partial, unmatched = refunds(records)
    first = orders(records)[0].lines[0]
    assert partial.goods * first.quantity == first.goods - first.shop_discount - first.platform_discount
    assert (unmatched.kind, unmatched.merchant) == ("unmatched", "kiln")


@pytest.mark.parametrize("name", PAGES)
def test_every_column_and_code_is_on_the_page(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    words = set(re.findall(r"`([^`\n]+)`", text))
    source_codes = {
        value.code
        for value in vars(errors).values()
        if isinstance(value, type) and value.__module__ == errors.__name__
    } - {"source_refused"}
    assert set(COLUMNS) - words == set()
    assert row_codes() - words == set()
    assert source_codes - words == set()
    assert set(STATUSES) - words == set()
    assert set(formats.FORMATS) - words == set()


def row_codes() -> set[str]:
    """The codes of refused rows of our own format, as the source has them."""
    found = {"row_unreadable", "order_has_refused_rows"}
    folder = Path(formats.__file__).parent / "zhanggui"
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RowRefused":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found | {"money_not_integer", "count_refused", "status_refused", "kind_refused", "flag_refused"}


def test_both_pages_state_the_same_figures() -> None:
    figures = [set(re.findall(r"\d[\d,]{3,}", (DOCS / page).read_text(encoding="utf-8"))) for page in PAGES]
    assert figures[0] == figures[1]
