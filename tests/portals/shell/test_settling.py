"""From billed orders to a replayed, confirmed, exported statement, command by command."""

import csv
import json
import re
from pathlib import Path

import psycopg
import pyarrow.parquet

from tests.portals.shell.conftest import Home, assert_refused
from zhanggui.config import postgres
from zhanggui.portals.shell.exports.columns import Kind
from zhanggui.portals.shell.exports.tables import TABLES

AS = ("--as", "mia")
KINDS_IN_PARQUET = {
    Kind.TEXT: "string",
    Kind.WHOLE: "int64",
    Kind.MINOR: "int64",
    Kind.DAY: "date32[day]",
    Kind.TIME: "timestamp[us, tz=UTC]",
}


def numbers(shop: Home, tmp_path: Path) -> dict[str, dict[str, str]]:
    """The statements by party, as an export gives them."""
    shop.json("export", "statements", "--out", tmp_path)
    with (tmp_path / "statements.csv").open(encoding="utf-8", newline="") as file:
        return {f"{row['party']} {row['starts_on']}": row for row in csv.DictReader(file)}


def test_billing_again_finds_nothing_and_says_what_waits(shop: Home) -> None:
    told = shop.json("bill", "--as-of", "2026-03-31")
    assert (told["lines"], told["details"]) == (0, 0)
    assert told["waiting_lines"] == 0, "the cancelled order's line waits for nothing"
    assert shop.run("bill", "--as-of", "2026-03-31").stdout.startswith(
        "nothing was due by 2026-03-31T23:59:59"
    )


def test_the_statements_come_to_what_the_rules_say(shop: Home, tmp_path: Path) -> None:
    tea = numbers(shop, tmp_path)["tea-house 2026-03-01"]
    # 100.00 less 5 % commission, 6 % VAT on it, 0.6 % payment fee, 0.6 % technology fee
    assert int(tea["goods_minor"]) == 10000
    assert int(tea["fees_minor"]) == -(500 + 30 + 60 + 60)
    assert (tea["net_minor"], tea["state"], tea["invoice_mode"]) == ("9350", "confirming", "output")
    assert len(tea["hash"]) == 64 and tea["closed_at"].endswith("Z")


def test_bad_input_is_one_line(shop: Home, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no JSON")
    out, file = str(tmp_path / "out"), str(tmp_path / "file")
    assert_refused(
        shop,
        [
            (["bill", "--as-of", "2999-01-01"], "bad_arguments"),
            (["bill", "--as-of", "yesterday"], "bad_arguments"),
            (["bill", "--business-line", "none"], "unknown_business_line"),
            (["close-period", "--through", "2999-01-01"], "cut_off_in_the_future"),
            (["close-period", "--through", "31.03.2026"], "bad_arguments"),
            (["close-period"], "bad_arguments"),
            (["confirm-statements"], "bad_arguments"),
            (["confirm-statements", "ST1"], "unknown_statement"),
            (["explain", "nothing-of-this-name"], "unknown_order"),
            (["explain", "1-2-3-4"], "unknown_detail"),
            (["replay"], "bad_arguments"),
            (["replay", "ST1"], "unknown_statement"),
            (["export", "secrets", "--out", out], "bad_arguments"),
            (["export", "orders", "--out", file], "file_refused"),
            (["business-line", "open", file], "file_refused"),
        ],
    )
    assert not (tmp_path / "out").exists()


def test_a_detail_a_statement_and_an_order_explain_themselves(shop: Home, tmp_path: Path) -> None:
    shop.json("export", "details", "--out", tmp_path)
    with (tmp_path / "details.csv").open(encoding="utf-8", newline="") as file:
        commission = next(row for row in csv.DictReader(file) if row["fee"] == "commission")
    told = shop.json("explain", commission["detail"])
    assert told["amount_minor"] == -500 and told["statement"]["number"] == commission["statement"]
    assert "5%" in told["text"]
    chinese = shop.run("explain", commission["detail"], "--language", "zh")
    assert "佣金" in chinese.stdout and "结算" not in chinese.stderr

    statement = shop.json("explain", commission["statement"])
    assert statement["net_minor"] == sum(part["amount_minor"] for part in statement["parts"]) == 9350

    order = shop.json("explain", "A-1")
    assert [line["merchant"] for line in order["lines"]] == ["tea-house", "kiln"]
    for entry in order["entries"]:
        assert sum(leg["amount_minor"] for leg in entry["postings"]) == 0
    assert "9350" not in shop.run("explain", "A-1").stdout, "people read 93.50"


ENGLISH = {
    "entry", "statement", "to", "before", "net", "due", "of", "it", "carried", "later", "hash", "open", "ordered",
    "paid", "by", "the", "buyer", "line", "received", "sale", "platform",
}  # fmt: skip


def test_in_chinese_the_frame_is_chinese_too(shop: Home, tmp_path: Path) -> None:
    shop.json("export", "details", "--out", tmp_path)
    with (tmp_path / "details.csv").open(encoding="utf-8", newline="") as file:
        one = next(row for row in csv.DictReader(file) if row["fee"] == "commission")
    for target, said in ((one["detail"], "凭证"), (one["statement"], "应付日"), ("A-1", "买家实付")):
        told = shop.run("explain", target, "--language", "zh").stdout
        assert said in told
        assert set(re.findall(r"[a-z]+", told.replace("tea-house", ""))) & ENGLISH == set(), told


def test_the_books_balance_and_replay(shop: Home) -> None:
    audit = shop.json("audit")
    assert audit["violations"] == 0
    assert set(audit["invariants"].values()) == {0} and len(audit["invariants"]) >= 20
    assert shop.run("audit").stdout.rstrip().endswith("the books balance: no violation")

    replay = shop.json("replay", "--all")
    assert replay["statements"] == replay["equal"] == 2 and replay["different"] == 0


def test_a_changed_row_is_found_by_audit_and_by_replay(shop: Home) -> None:
    address = postgres.ensure_running(shop.path)
    change = "update settlement_billed_line set amounts[1] = amounts[1] + %s where event_id = 0 and kind = 1"
    with psycopg.connect(address) as connection:
        connection.execute("alter table settlement_billed_line disable trigger billed_line_append_only")
        connection.execute(change, [1])
    try:
        audit = shop.json("audit", code=1)
        assert audit["invariants"]["leaf_changed"] == 2
        assert audit["violations"] >= 2 and "leaf_changed" in audit["offending"]
        replay = shop.json("replay", "--all", code=1)
        assert replay["different"] == 2 and replay["differences"]
    finally:
        with psycopg.connect(address) as connection:
            connection.execute(change, [-1])
            connection.execute("alter table settlement_billed_line enable trigger billed_line_append_only")


def test_exports_have_the_documented_columns_in_both_formats(shop: Home, tmp_path: Path) -> None:
    told = shop.json("export", *TABLES, "--out", tmp_path)
    shop.json("export", *TABLES, "--out", tmp_path, "--format", "parquet")

    assert len(list(tmp_path.iterdir())) == 2 * len(TABLES)
    for table in TABLES.values():
        with (tmp_path / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        packed = pyarrow.parquet.read_table(tmp_path / f"{table.name}.parquet")
        assert packed.column_names == [column.name for column in table.columns]
        types = [str(field.type) for field in packed.schema]
        assert types == [KINDS_IN_PARQUET[column.kind] for column in table.columns]
        assert packed.num_rows == len(rows) == told["files"][table.name]["rows"]
        for column in table.columns if rows else ():
            assert column.name in rows[0]
            if column.kind in (Kind.MINOR, Kind.WHOLE):
                found = [int(row[column.name]) if row[column.name] else None for row in rows]
                assert found == packed[column.name].to_pylist()


def test_a_late_refund_waits_for_its_own_period_and_confirming_makes_money_available(
    shop: Home, tmp_path: Path
) -> None:
    before = numbers(shop, tmp_path)["tea-house 2026-03-01"]
    shop.json("bill")
    shop.json("close-period", "--through", "2026-04-30")
    april = numbers(shop, tmp_path)["tea-house 2026-04-01"]
    # half of everything comes back, but for the payment fee, which the channel keeps
    assert int(april["refunds_minor"]) == -(5000 - 250 - 15 - 30)
    assert numbers(shop, tmp_path)["tea-house 2026-03-01"] == before, "a closed statement never changes"
    assert april["state"] == "carried" and april["carried_minor"] == april["net_minor"]

    done = shop.json("confirm-statements", before["number"], "--reason", "checked")
    assert done == {"confirmed": 1, "amount_minor": {"CNY": 9350}, "failed": []}
    again = shop.json("confirm-statements", before["number"], code=1)
    assert again["failed"] and shop.json("audit")["violations"] == 0
    assert json.dumps(shop.json("replay", "--all")["different"]) == "0"


def test_a_what_if_is_told_kept_and_changes_nothing(shop: Home, tmp_path: Path) -> None:
    document = shop.json("rules", "export", "tea-market")
    [commission] = [one for one in document["rules"] if one["fee"] == "commission"]
    commission["formula"]["rate"] = "6%"
    path = tmp_path / "dearer.json"
    path.write_text(json.dumps(document), "utf-8")
    told = shop.json("rules", "what-if", path)
    assert (told["state"], told["losing"], told["gaining"]) == ("done", 2, 0)
    assert told["difference_minor"] == sum(one["difference_minor"] for one in told["by_merchant"]) < 0
    assert told["difference_minor"] == sum(one["difference_minor"] for one in told["by_fee"])
    assert "2 merchants lose" in shop.run("rules", "what-if", str(path)).stdout
    assert shop.json("bill", "--as-of", "2026-03-31")["lines"] == 0
    commission["fee"] = "no_such_fee"
    path.write_text(json.dumps(document), "utf-8")
    assert "unknown_fee" in shop.refused("rules", "what-if", str(path))


def test_a_detail_is_disputed_resolved_and_corrected(shop: Home, tmp_path: Path) -> None:
    shop.json("export", "details", "--out", tmp_path)
    with (tmp_path / "details.csv").open(encoding="utf-8", newline="") as file:
        fees = {(row["party"], row["fee"]): row for row in csv.DictReader(file) if row["kind"] == "sale"}
    key = fees["kiln", "commission"]["detail"]
    opened = shop.json("details", "dispute", key, "--reason", "3 % agreed", *AS)
    assert (opened["state"], opened["amount_minor"]) == (
        "open",
        int(fees["kiln", "commission"]["amount_minor"]),
    )
    assert [one["dispute"] for one in shop.json("details", "disputes", "--state", "open")["disputes"]] == [
        opened["dispute"]
    ]
    number = str(opened["dispute"])
    settled = shop.json(
        "details", "resolve", number, "--uphold", "--by", "100", "--resolution", "as agreed", *AS
    )
    assert settled["state"] == "upheld"
    made = shop.json(
        "details", "correct", fees["kiln", "payment_fee"]["detail"], "--by", "-7", "--reason", "late", *AS
    )
    assert made["amount_minor"] == -7
    assert_refused(
        shop,
        [
            (["details", "resolve", number, "--reject", "--resolution", "again", *AS], "dispute_not_open"),
            (["details", "correct", "1-1-1-1", "--by", "5", "--reason", "x", *AS], "unknown_detail"),
            (["details", "dispute", "soup", "--reason", "x", *AS], "unknown_detail"),
        ],
    )
    assert shop.json("audit")["violations"] == 0
