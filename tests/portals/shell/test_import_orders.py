"""zhanggui import-orders as its user meets it."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from tests.portals.shell.conftest import ORDERS, Home, assert_refused

BROKEN = '{"record": "order", "currency": "CNY", "order_no": "A-3", "ordered_at": "2026-03-02 12:00:00"}\n'


@pytest.fixture(scope="module")
def line(make_home: Any, with_tables: Path, line_file: Path) -> Home:
    home = make_home(with_tables)
    assert isinstance(home, Home)
    home.json("business-line", "open", line_file)
    return home


def test_every_row_and_every_cent_is_accounted_for(line: Home, orders_file: Path) -> None:
    told = line.json("import-orders", "--format", "zhanggui", orders_file)

    assert told["business_line"] == "tea"
    assert told["orders"]["by_status"] == {"received": 1, "cancelled": 1}
    assert told["orders"]["of_several_merchants"] == 1
    assert (told["lines"]["lines"], told["lines"]["goods_minor"], told["lines"]["freight_minor"]) == (
        3,
        20000,
        800,
    )
    assert told["payments"] == {"payments": 2, "listed_minor": 20800}
    assert told["rows"]["rejected"] == 0 and told["rows"]["refunds_accepted"] == 1
    money = told["money_minor"]
    assert money["gateway"] == 20800
    assert money["refunds_payable"] == 5000 + 5000, "the cancelled order and the refund"
    assert money["merchants_pending"] == 10800
    assert money["gateway"] == money["refunds_payable"] + money["merchants_pending"]

    again = line.json("import-orders", "--format", "zhanggui", orders_file)
    assert again["already_imported"] is True
    assert again["orders"] == told["orders"] and again["import"] == told["import"]


def test_rejected_rows_are_written_with_their_reason_and_the_exit_code_says_so(
    line: Home, tmp_path: Path
) -> None:
    source, rejects = tmp_path / "more.jsonl", tmp_path / "rejects.csv"
    source.write_text(BROKEN.replace("A-3", "A-4").replace('"currency": "CNY", ', "") + ORDERS, "utf-8")

    done = line.run("import-orders", "--format", "zhanggui", source, "--rejects", rejects)

    assert done.returncode == 1, done.stderr
    assert "rejected" in done.stdout
    rows = list(csv.reader(rejects.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["row", "code", "message", "raw"]
    assert [row[0] for row in rows[1:]] == ["1"]
    assert rows[1][1] == "value_missing"


def test_a_source_that_breaks_off_is_refused_and_what_came_before_stays(line: Home, tmp_path: Path) -> None:
    lines = [BROKEN.replace("A-3", f"B-{n}").replace('"}', '", "status": "created"}') for n in range(3_000)]
    whole = gzip.compress("".join(lines).encode())
    source = tmp_path / "cut.jsonl.gz"
    source.write_bytes(whole[: len(whole) // 2])

    said = line.refused(
        "import-orders", "--format", "zhanggui", source, "--rejects", tmp_path / "rejects.csv"
    )

    assert said.startswith("zhanggui: source_truncated: ")


def test_bad_input_is_one_line_and_opens_no_business_line(
    line: Home, orders_file: Path, tmp_path: Path
) -> None:
    file, folder = str(orders_file), str(orders_file.parent)
    (tmp_path / "empty.csv").touch()
    assert_refused(
        line,
        [
            (["import-orders", "--format", "zhanggui", "nowhere.csv"], "source_not_found"),
            (["import-orders", "--format", "sap", file], "unknown_format"),
            (["import-orders", "--format", "olist", "--currency", "EUR", folder], "option_refused"),
            (
                ["import-orders", "--format", "zhanggui", "--business-line", "none", file],
                "unknown_business_line",
            ),
            (["import-orders", "--format", "zhanggui", "--currency", "EUR", file], "bad_arguments"),
            (["import-orders", "--format", "online-retail", file], "header_refused"),
            (["import-orders", "--format", "olist", folder], "source_not_found"),
            (["import-orders", "--format", "zhanggui", folder], "source_unreadable"),
            (["import-orders", "--format", "zhanggui", str(tmp_path / "empty.csv")], "source_empty"),
            (["import-orders", "--format", "zhanggui"], "bad_arguments"),
        ],
    )
    assert [one["code"] for one in line.json("business-line", "list")["business_lines"]] == ["tea"]


def test_without_a_business_line_it_says_how_to_open_one(empty: Home, orders_file: Path) -> None:
    said = empty.refused("import-orders", "--format", "zhanggui", orders_file)
    assert "business-line open" in said
