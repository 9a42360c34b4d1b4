"""Invoices on the platform's screens: listed, opened, issued, taken back, received, verified, filed."""

import io
import re
from typing import Any

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.portals.invoicing import PDF, draft_of, with_invoices
from zhanggui.portals.desk.amounts import decimal_text, format_money
from zhanggui.settlement.invoices.models import Invoice
from zhanggui.settlement.invoices.tax_models import TaxMonth

pytestmark = pytest.mark.django_db
AMOUNT = re.compile(r"[-−]?\d[\d,]*\.\d\d(?!\d)")


@pytest.fixture
def mall(market: Any) -> Any:
    return with_invoices(market)


def page(name: str, *args: Any) -> str:
    return reverse(f"platform:{name}", args=args)


def issue(desk: Any, row: Invoice, number: str = "26312000000000000001") -> Any:
    return desk.post(page("invoice_issue", row.party_id, row.id), {
        "number": number, "day": f"{timezone.localdate()}", "gross": decimal_text(row.gross_minor, "CNY"),
        "file": SimpleUploadedFile("a.pdf", PDF),
    })  # fmt: skip


class TestPages:
    def test_the_list_adds_up_and_the_page_proves_it(self, mall: Any, desk: Any) -> None:
        listed = desk.get(page("invoices")).content.decode()
        total = sum(Invoice.objects.filter(direction=1).values_list("gross_minor", flat=True))
        assert format_money(total, "CNY") in listed
        row = draft_of(mall, "tea")
        opened = desk.get(page("invoice", row.party_id, row.id)).content.decode()
        assert format_money(row.gross_minor, "CNY") in opened and "add up to it exactly" in opened

    def test_a_line_drills_to_details_whose_sum_it_is(self, mall: Any, desk: Any) -> None:
        row = draft_of(mall, "tea")
        text = desk.get(page("invoice_details", row.party_id, row.id, 1)).content.decode()
        assert "details come to" in text

    @pytest.mark.parametrize("name", ["input_invoices", "write_offs", "tax_report", "tax_data", "import_issued",
                                      "set_tax_treatment"])  # fmt: skip
    def test_open_for_finance(self, mall: Any, desk: Any, name: str) -> None:
        assert desk.get(page(name)).status_code == 200

    @pytest.mark.parametrize("name", ["import_issued", "set_tax_treatment", "close_tax_month"])
    def test_acts_are_closed_to_the_auditor(self, mall: Any, as_role: Any, name: str) -> None:
        assert as_role("platform_auditor").get(page(name)).status_code == 403

    def test_the_statement_shows_its_axis(self, mall: Any, desk: Any) -> None:
        row = draft_of(mall, "tea")
        text = desk.get(page("statement", row.party_id, row.statement_id) + "?tab=invoices").content.decode()
        assert row.number in text and "To issue" in text

    def test_papers_equal_the_screen(self, mall: Any, desk: Any) -> None:
        row = draft_of(mall, "tea")
        for name, number in (("statement", row.statement_id), ("invoice", row.id)):
            answer = desk.get(page(f"{name}_pdf", row.party_id, number))
            assert answer["Content-Type"] == "application/pdf"
            text = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
            address = page(name, row.party_id, number)
            shown = "".join(desk.get(address + tab).content.decode() for tab in ("", "?tab=invoices"))
            on_paper, on_screen = (set(AMOUNT.findall(re.sub("<[^>]*>", " ", one))) for one in (text, shown))
            assert len(on_paper) >= 3 and on_paper <= on_screen, f"{name}: {on_paper - on_screen}"
            assert format_money(row.gross_minor, "CNY") in text


class TestActs:
    def test_issue_red_letter_and_draft_again(self, mall: Any, desk: Any) -> None:
        row = draft_of(mall, "tea")
        assert issue(desk, row).status_code == 302
        row.refresh_from_db()
        assert row.state == "issued"
        form = desk.get(page("invoice_red", row.party_id, row.id)).content.decode()
        assert "Take back of line 1" in form
        lines = {f"line-{one}": "0.01" if one == 1 else "0" for one in range(1, 9)}
        answer = desk.post(page("invoice_red", row.party_id, row.id), {"reason": "wrong", **lines})
        assert answer.status_code == 302
        assert Invoice.objects.get(kind="red").gross_minor == -1

    def test_issuing_twice_shows_why_not(self, mall: Any, desk: Any) -> None:
        row = draft_of(mall, "tea")
        issue(desk, row)
        answer = issue(desk, row, "26312000000000000002")
        assert answer.status_code == 422 and "only a draft can be issued" in answer.content.decode()

    def test_a_wrong_amount_is_shown_and_nothing_done(self, mall: Any, desk: Any) -> None:
        row = draft_of(mall, "tea")
        answer = desk.post(page("invoice_issue", row.party_id, row.id),
                           {"number": "26312000000000000001", "day": "2026-06-01", "gross": "1"})  # fmt: skip
        assert answer.status_code == 422
        row.refresh_from_db()
        assert row.state == "draft"

    def test_a_file_of_issued_invoices(self, mall: Any, desk: Any) -> None:
        rows = ["草稿号,发票号码,开票日期,价税合计"]
        for place, row in enumerate(Invoice.objects.filter(state="draft")):
            rows.append(
                f"{row.number},2631200000000000010{place},2026-06-18,{decimal_text(row.gross_minor, 'CNY')}"
            )
        file = SimpleUploadedFile("issued.csv", "\n".join(rows).encode("gb18030"))
        assert desk.post(page("import_issued"), {"file": file}).status_code == 302
        assert not Invoice.objects.filter(state="draft").exists()
        report = desk.get(page("tax_report") + "?month=2026-06").content.decode()
        total = sum(Invoice.objects.filter(state="issued").values_list("tax_minor", flat=True))
        assert format_money(total, "CNY") in report

    def test_a_bad_file_names_its_rows(self, mall: Any, desk: Any) -> None:
        file = SimpleUploadedFile("issued.csv", b"draft,number,date\nOI1,12345678,2026-06-18\n")
        answer = desk.post(page("import_issued"), {"file": file})
        assert answer.status_code == 422 and "OI1" in answer.content.decode()
        file = SimpleUploadedFile("issued.xlsx", b"no spreadsheet")
        assert "not what it says" in desk.post(page("import_issued"), {"file": file}).content.decode()

    @pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
    def test_the_report_as_a_file(self, mall: Any, desk: Any, ending: str) -> None:
        issue(desk, draft_of(mall, "tea"))
        answer = desk.get(page("tax_report") + f"?format={ending}")
        assert answer.status_code == 200 and answer.content

    def test_a_month_is_closed_once_typed(self, mall: Any, desk: Any) -> None:
        address = page("close_tax_month") + "?month=2026-06"
        assert desk.post(address, {"month": "2026-07"}).status_code == 422
        assert desk.post(address, {"month": "2026-06"}).status_code == 302
        assert TaxMonth.objects.get().closed_by
