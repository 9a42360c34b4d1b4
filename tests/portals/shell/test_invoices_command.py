"""Invoices by command: from tax data to a filed month, and papers; bad input is one line."""

import json
from pathlib import Path

from tests.portals.shell.conftest import Home, assert_only_who_may, assert_refused

ENTITY = "ZG-CN"
AS = ("--as", "mia")
PROFILE = ("--tax-number", "91310000MA1K00000X", "--address", "Shanghai", "--bank-name", "Bank of Shanghai",
           "--bank-account", "6217000012345678", "--from", "2026-01-01", *AS)  # fmt: skip


def test_a_month_is_invoiced_filed_and_closed(shop: Home, tmp_path: Path) -> None:
    assert shop.json("invoices", "due")["due"] == [], "nothing is confirmed yet"
    shop.json("invoices", "policy", "--draft-when", "closed", *AS)
    refused = shop.json("invoices", "draft", code=1)
    assert "no tax rate is set for" in refused["failed"][0]["reason"]
    shop.json(
        "invoices", "treatment", "output", "--rate", "6%", "--code", "3040802", "--from", "2026-01-01", *AS
    )
    shop.json("invoices", "profile", "--entity", ENTITY, "--title", "Zhanggui", *PROFILE)
    shop.json("invoices", "profile", "--party", "tea-house", "--title", "Tea house", *PROFILE)
    drafted = shop.json("invoices", "draft")["invoices"]
    [draft] = [one for one in drafted if one["party"] == "tea-house"]
    # commission 5.00 with VAT 0.30; payment and technology fees of 0.60 each with 6% inside
    assert (draft["gross_minor"], draft["state"]) == (650, "draft")
    paper = tmp_path / "draft.pdf"
    shop.json("statement-pdf", draft["number"], "--invoice", "--out", paper)
    shop.json("statement-pdf", draft["statement"], "--language", "en", "--out", tmp_path / "statement.pdf")
    assert paper.read_bytes().startswith(b"%PDF-")
    shown = shop.json("invoices", "show", draft["number"])
    assert sum(line["gross_minor"] for line in shown["lines"]) == 650
    file = tmp_path / "issued.csv"
    file.write_text(f"draft,number,date,gross\n{draft['number']},26312000000000000001,2026-04-05,6.50\n")
    assert shop.json("invoices", "import-issued", file, *AS) == {"issued": 1, "already": 0}
    assert shop.json("invoices", "import-issued", file, *AS) == {"issued": 0, "already": 1}
    report = shop.json(
        "invoices", "report", "--entity", ENTITY, "--month", "2026-04", "--out", tmp_path / "t.xlsx"
    )
    assert [(one["kind"], one["gross"]) for one in report["figures"]] == [("output", 650)]
    assert [one["unexplained_minor"] for one in report["proof"]] == [0, 0] and (tmp_path / "t.xlsx").is_file()
    red = shop.json("invoices", "red", draft["number"], "--reason", "wrong title", "--line", "1:0.53", *AS)
    assert red["gross_minor"] == -53
    shop.json("invoices", "close-month", "--entity", ENTITY, "--month", "2026-04", *AS)
    [closed] = shop.json("invoices", "months", "--entity", ENTITY)["months"]
    assert (closed["month"], closed["closed_by"]) == ("2026-04", "mia")
    assert [(one["kind"], one["gross"]) for one in closed["figures"]] == [("output", 650)]
    late = shop.json("invoices", "issue", red["number"], "26312000000000000002", "--on", "2026-04-20", *AS)
    assert late["tax_month"] == "2026-05-01"


def test_bad_input_is_one_line(shop: Home, tmp_path: Path) -> None:
    bad, table = tmp_path / "bad.csv", tmp_path / "table.json"
    bad.write_text("number,date\n1,2\n")
    table.write_text(json.dumps({"currency": "CNY"}))
    typo = tmp_path / "typo.json"
    typo.write_text(
        json.dumps(
            {
                "currency": "CNY",
                "effective_from": "2026-01-01",
                "brackets": [{"over_minor": 0, "rate_ppm": 1, "quick": 5}],
            }
        )
    )
    assert_refused(
        shop,
        [
            (["invoices", "show", "OI1"], "unknown_invoice"),
            (["invoices", "draft", "ST1"], "unknown_statement"),
            (["invoices", "import-issued", str(bad), *AS], "issued_file_refused"),
            (["invoices", "report", "--entity", "none", "--month", "2026-04"], "bad_arguments"),
            (["invoices", "report", "--entity", ENTITY, "--month", "April"], "bad_arguments"),
            (["invoices", "profile", "--title", "x", "--from", "2026-01-01", *AS], "bad_arguments"),
            (["invoices", "treatment", "output", "--rate", "6", "--from", "2026-01-01", *AS], "invalid_rate"),
            (["invoices", "policy", "--verify-above", "much"], "bad_arguments"),
            (["invoices", "policy", "--draft-when", "closed"], "bad_arguments"),
            (["invoices", "withholding", str(table), *AS], "file_refused"),
            (["invoices", "withholding", str(tmp_path / "none.json"), *AS], "file_refused"),
            (["invoices", "withholding", str(typo), *AS], "brackets_refused"),
            (["statement-pdf", "ST1"], "unknown_statement"),
        ],
    )


def test_only_who_may_makes_and_decides(shop: Home, tmp_path: Path) -> None:
    file = tmp_path / "issued.csv"
    file.write_text("draft,number,date,gross\n")
    assert_only_who_may(
        shop,
        ["invoices", "issue", "OI1", "2631", "--on", "2026-04-01"],
        ["invoices", "import-issued", str(file)],
        ["invoices", "red", "OI1", "--reason", "x"],
        ["invoices", "void", "OI1", "--reason", "x"],
        ["invoices", "receive", "II1", "2631", "--on", "2026-04-01", "--amount", "13%:1.00:0.13"],
        ["invoices", "verify", "II1", "2631"],
        ["invoices", "reject", "II1", "2631", "--reason", "x"],
        ["invoices", "write-off", "II1"],
        ["invoices", "close-month", "--entity", ENTITY, "--month", "2026-04"],
        ["invoices", "profile", "--entity", ENTITY, "--title", "x", "--from", "2026-01-01"],
        ["invoices", "treatment", "output", "--rate", "6%", "--from", "2026-01-01"],
        ["invoices", "policy", "--draft-when", "closed"],
        ["invoices", "withholding", str(file)],
    )
