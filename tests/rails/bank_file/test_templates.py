"""Every shipped template: written, read back from the bank's result, and what does not fit is refused."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from zhanggui.rails.bank_file.errors import ResultFileRefused, TemplateCannotSay, TemplateInvalid
from zhanggui.rails.bank_file.reading import read_results
from zhanggui.rails.bank_file.template import shipped, template_of
from zhanggui.rails.bank_file.writing import written_file
from zhanggui.settlement.payouts.rail import Instruction, Message, Outcome, Side

NUMBERS = ("PO1-1", "PO2-1")


def message(holder: str = "掌柜茶行", purpose: str = "ST1") -> Message:
    to = Side(holder, "6217001234567890123", bank="中国工商银行", details={"cnaps": "102100099996"})
    return Message(
        "PB1", "bank-1", datetime(2027, 1, 4, tzinfo=UTC), date(2027, 1, 5), Side("商城", "6222020000000001"),
        [Instruction(number, 9500 + place, "CNY", to, purpose) for place, number in enumerate(NUMBERS)],
    )  # fmt: skip


def result(name: str, states: tuple[str, str], *, amounts: tuple[str, str]) -> bytes:
    """A result file as the bank of a template would write it."""
    template = shipped()[name]
    amount = "amount_minor" if "amount_minor" in template.result else "amount"
    titles = [
        template.result["end_to_end"],
        template.result[amount],
        template.result["state"],
        template.result["reason"],
    ]
    rows = [
        ["批次 PB1"],
        titles,
        *([one, sum_, state, "户名不符"] for one, sum_, state in zip(NUMBERS, amounts, states, strict=True)),
    ]
    if template.format == "xlsx":
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out)
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
        book.close()
        return out.getvalue()
    text = io.StringIO()
    csv.writer(text, delimiter="\t" if template.format == "fixed" else template.delimiter).writerows(rows)
    return text.getvalue().encode(template.encoding)


class TestEveryTemplate:
    def test_there_are_some(self) -> None:
        assert sorted(shipped()) == ["fixed-gbk", "gbk-csv", "pipe-txt", "xlsx"]

    @pytest.mark.parametrize("name", ["gbk-csv", "pipe-txt", "fixed-gbk"])
    def test_text_says_all_of_it(self, name: str) -> None:
        template = shipped()[name]
        lines = written_file(message(), template).content.decode(template.encoding).splitlines()
        assert len(lines) == 2 + template.header
        amount = "95.00" if name == "gbk-csv" else "9500"
        for part in ("PO1-1", "6217001234567890123", "掌柜茶行", "102100099996", amount):
            assert part in lines[-2]

    def test_fixed_columns_have_their_bytes(self) -> None:
        template = shipped()["fixed-gbk"]
        for line in written_file(message(), template).content.split(b"\r\n")[:-1]:
            assert len(line) == sum(column.width for column in template.columns)

    def test_a_spreadsheet_keeps_numbers_as_text(self) -> None:
        content = written_file(message(), shipped()["xlsx"]).content
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert rows[0][2:4] == ["收款账号", "收款户名"]
        assert rows[1][2] == "6217001234567890123" and rows[1][8] == "95.00"

    @pytest.mark.parametrize("name", sorted(shipped()))
    def test_results_are_read_back(self, name: str) -> None:
        words = {outcome: word for word, outcome in reversed(shipped()[name].states.items())}
        amounts = ("9500", "9501") if "amount_minor" in shipped()[name].result else ("95.00", "95.01")
        content = result(name, (words[Outcome.EXECUTED], words[Outcome.REJECTED]), amounts=amounts)
        found = read_results(content, shipped()[name], name="r").answers
        assert [(one.end_to_end, one.outcome, one.amount_minor) for one in found] == [
            ("PO1-1", Outcome.EXECUTED, 9500), ("PO2-1", Outcome.REJECTED, 9501),
        ]  # fmt: skip
        assert found[1].reason == "户名不符"


class TestRefusing:
    @pytest.mark.parametrize(("name", "holder"), [
        ("pipe-txt", "a|b"), ("gbk-csv", "=HYPERLINK(1)"), ("xlsx", "@x"), ("fixed-gbk", "长" * 41), ("gbk-csv", "a\nb"),
    ])  # fmt: skip
    def test_what_would_not_arrive(self, name: str, holder: str) -> None:
        with pytest.raises(TemplateCannotSay):
            written_file(message(holder), shipped()[name])

    @pytest.mark.parametrize("content", [
        b"", "没有标题\n1,2".encode("gb18030"), b"\xff\xff\xff",
        result("gbk-csv", ("成功", "不知道"), amounts=("95.00", "95.01")),
        result("gbk-csv", ("成功", "失败"), amounts=("95.00", "95.001")),
    ])  # fmt: skip
    def test_results_that_are_none(self, content: bytes) -> None:
        with pytest.raises(ResultFileRefused):
            read_results(content, shipped()["gbk-csv"], name="r")

    def test_a_text_is_no_spreadsheet(self) -> None:
        with pytest.raises(ResultFileRefused):
            read_results(b"no", shipped()["xlsx"], name="r")

    @pytest.mark.parametrize("document", [
        {}, {"name": "x", "title": {}, "format": "csv", "encoding": "nope", "columns": [], "result": {"columns": {}, "states": {}}},
        {"name": "x", "title": {}, "format": "csv", "encoding": "utf-8", "columns": [{"title": "a", "value": "colour"}],
         "result": {"columns": {"end_to_end": "a", "state": "b"}, "states": {}}},
    ])  # fmt: skip
    def test_templates_that_are_none(self, document: dict[str, object]) -> None:
        with pytest.raises(TemplateInvalid):
            template_of(document)
