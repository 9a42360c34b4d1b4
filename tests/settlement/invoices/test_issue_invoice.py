"""Issuing, red letters by hand, voiding: numbers once, amounts to the cent, then never changed."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.settlement.invoices.telling import (
    PDF,
    a_month,
    axis,
    invoicing,
    issue,
    the_invoice,
    told,
)
from tests.settlement.story import ZONE, Story
from zhanggui.audit.models import AuditRecord
from zhanggui.files.errors import HandedFileRefused
from zhanggui.journeys.invoice_issued import issued_imported
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.settlement.invoices.errors import (
    InvoiceAmountDiffers,
    InvoiceFileRefused,
    InvoiceNotDraft,
    InvoiceNumberTaken,
    IssuedFileRefused,
    NotInvoiced,
    RedAboveOriginal,
    TaxDataIncomplete,
)
from zhanggui.settlement.invoices.files import Attachment
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.issued_file import IssuedRow
from zhanggui.settlement.invoices.models import Invoice, InvoiceEvent, InvoiceLine
from zhanggui.settlement.invoices.operations.draft_red_letter import draft_red_letter
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.void_draft import void_draft

pytestmark = pytest.mark.django_db
JANUARY = "2026-01-01"
NUMBER = "26312000000000000001"


@pytest.fixture
def story() -> Story:
    story = invoicing()
    story.orders("""
        order merchant goods  day
        A1    m1       100.00 2026-01-05
        A2    m2       50.00  2026-01-07
    """)
    a_month(story)
    return story


def red(story: Story, row: Invoice, **more: object) -> Invoice:
    given = {"reason": "wrong title", "at": story.clock(), "actor": "anna"} | more
    return draft_red_letter(party_id=row.party_id, invoice_id=row.id, **given)  # type: ignore[arg-type]


class TestIssueInvoice:
    def test_gives_it_number_day_month_and_both_parties(self, story: Story) -> None:
        row = issue(story, the_invoice(story, "m1"), attachment=Attachment("a.pdf", PDF))
        row.refresh_from_db()
        assert (row.state, row.tax_number, row.tax_month) == ("issued", NUMBER, date(2027, 1, 1))
        assert (row.seller["title"], row.buyer["bank_account_masked"]) == ("掌柜结算有限公司", "****3333")
        assert "62170000" not in str(row.buyer)
        assert axis(story, "m1", JANUARY) == "issued"
        assert [one.after for one in InvoiceEvent.objects.filter(invoice_id=row.id)] == ["draft", "issued"]
        assert AuditRecord.objects.get(action="invoice.issued").after["tax_number"] == NUMBER

    def test_by_two_people_happens_once(self, story: Story) -> None:
        row = the_invoice(story, "m1")
        issue(story, row)
        with pytest.raises(InvoiceNotDraft, match=NUMBER):
            issue(story, row, "26312000000000000002", actor="boris")

    def test_a_number_is_taken_once(self, story: Story) -> None:
        issue(story, the_invoice(story, "m1"))
        with pytest.raises(InvoiceNumberTaken):
            issue(story, the_invoice(story, "m2"))
        with pytest.raises(InvoiceNumberTaken):
            issue(story, the_invoice(story, "m2"), "12 34")

    def test_a_cent_off_is_refused(self, story: Story) -> None:
        row = the_invoice(story, "m1")
        for more in ({"gross_minor": row.gross_minor + 1}, {"tax_minor": row.tax_minor - 1}):
            with pytest.raises(InvoiceAmountDiffers):
                issue(story, row, **more)

    def test_a_day_to_come_is_refused(self, story: Story) -> None:
        with pytest.raises(InvoiceAmountDiffers):
            issue(
                story,
                the_invoice(story, "m1"),
                issued_on=story.now.astimezone(ZONE).date() + timedelta(days=2),
            )

    @pytest.mark.parametrize(("name", "content"), [
        ("a.pdf", b"<html>no</html>"), ("a.xml", PDF), ("a.pdf", b"%PDF-1.7 cut off"), ("a.exe", b"MZ"), ("a.pdf", b""),
        ("a.xml", b"<?xml version='1.0'?><Invoice><InvoiceNumber>99999999</InvoiceNumber></Invoice>"),
        ("a.xml", b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>"),
    ])  # fmt: skip
    def test_a_file_that_is_not_what_it_says_is_refused(
        self, story: Story, name: str, content: bytes
    ) -> None:
        row = the_invoice(story, "m1")
        with pytest.raises((InvoiceFileRefused, HandedFileRefused)):
            issue(story, row, attachment=Attachment(name, content))
        row.refresh_from_db()
        assert row.state == "draft"

    def test_a_buyer_without_tax_data_is_refused_with_what_lacks(self) -> None:
        story = invoicing(data=False)
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
        """)
        a_month(story)
        row = the_invoice(story, "m1")
        with pytest.raises(TaxDataIncomplete, match="seller"):
            issue(story, row)
        given = {"effective_from": date(2026, 1, 1), "at": story.clock(), "actor": "anna", "title": "x"}
        set_tax_profile(party_id=0, tax_number="9131000000", **given)
        set_tax_profile(party_id=row.party_id, **given)
        with pytest.raises(
            TaxDataIncomplete, match=r"buyer's tax data of .* lack tax_number, address, bank_name"
        ):
            issue(story, row)

    @pytest.mark.parametrize("change", [
        {"gross_minor": 1}, {"tax_number": "1"}, {"state": "draft"}, {"buyer": {}}, {"statement_id": 7},
    ])  # fmt: skip
    def test_an_issued_one_never_changes(self, story: Story, change: dict[str, object]) -> None:
        row = issue(story, the_invoice(story, "m1"))
        for act in (
            lambda: Invoice.objects.filter(id=row.id).update(**change),
            lambda: Invoice.objects.filter(id=row.id).delete(),
            lambda: InvoiceLine.objects.filter(invoice_id=row.id).update(
                gross_minor=0, net_minor=0, tax_minor=0
            ),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                act()


class TestRedLetter:
    def test_of_everything_lets_the_details_be_invoiced_anew(self, story: Story) -> None:
        row = issue(story, the_invoice(story, "m1"))
        letter = red(story, row)
        assert letter.gross_minor == -row.gross_minor and axis(story, "m1", JANUARY) == "to_issue"
        issue(story, letter, "26312000000000000002")
        assert axis(story, "m1", JANUARY) == "pending"
        [again] = invoices_due(clock=story.clock, actor="story").invoices
        assert (again.kind, again.gross_minor, again.tax_minor) == ("blue", row.gross_minor, row.tax_minor)
        issue(story, again, "26312000000000000003")
        assert axis(story, "m1", JANUARY) == "issued"

    def test_in_parts_takes_back_all_and_no_cent_more(self, story: Story) -> None:
        row = issue(story, the_invoice(story, "m1"))
        for place, amount in enumerate((177, 177), start=2):
            issue(story, red(story, row, amounts={1: amount}), f"2631200000000000000{place}")
        with pytest.raises(RedAboveOriginal):
            red(story, row, amounts={1: 177})
        last = red(story, row, amounts={1: 176})
        assert [one.tax_minor for one in Invoice.objects.filter(kind="red").order_by("id")] == [-10, -10, -10]
        with pytest.raises(RedAboveOriginal):
            red(story, row, amounts={1: 1})
        assert last.gross_minor == -176

    def test_above_the_original_is_refused(self, story: Story) -> None:
        row = issue(story, the_invoice(story, "m1"))
        for amounts in ({1: 531}, {9: 1}, {1: -1}):
            with pytest.raises(RedAboveOriginal):
                red(story, row, amounts=amounts)

    def test_of_a_draft_or_a_red_letter_is_refused(self, story: Story) -> None:
        row = the_invoice(story, "m1")
        with pytest.raises(NotInvoiced):
            red(story, row)
        issue(story, row)
        letter = issue(story, red(story, row), "26312000000000000002")
        with pytest.raises(NotInvoiced):
            red(story, letter)


class TestVoidDraft:
    def test_lets_it_be_drafted_again(self, story: Story) -> None:
        row = the_invoice(story, "m1")
        before = told()
        void_draft(
            party_id=row.party_id, invoice_id=row.id, reason="wrong code", at=story.clock(), actor="anna"
        )
        assert axis(story, "m1", JANUARY) == "pending"
        invoices_due(clock=story.clock, actor="story")
        assert sorted(told().splitlines()) == sorted(before.splitlines())
        with pytest.raises(InvoiceNotDraft):
            void_draft(party_id=row.party_id, invoice_id=row.id, reason="x", at=story.clock(), actor="anna")


class TestImportIssued:
    def rows(self, story: Story, *, off: int = 0) -> list[IssuedRow]:
        today = story.now.astimezone(ZONE).date()
        return [
            IssuedRow(
                place,
                row.number,
                Issued(f"2631200000000000010{place}", today, gross_minor=row.gross_minor + off),
            )
            for place, row in enumerate(Invoice.objects.filter(kind="blue").order_by("id"), start=1)
        ]

    def test_issues_all_and_again_nothing(self, story: Story) -> None:
        rows = self.rows(story)
        done = issued_imported(rows=rows, at=story.clock(), zone=ZONE, actor="anna")
        assert (done.issued, done.already) == (2, 0)
        done = issued_imported(rows=rows, at=story.clock(), zone=ZONE, actor="anna")
        assert (done.issued, done.already) == (0, 2)

    def test_one_wrong_row_and_nothing_is_issued(self, story: Story) -> None:
        good, bad = self.rows(story)[0], self.rows(story, off=1)[1]
        unknown = IssuedRow(3, "OI26010", good.issued)
        with pytest.raises(IssuedFileRefused) as refused:
            issued_imported(rows=[good, bad, unknown], at=story.clock(), zone=ZONE, actor="anna")
        faults = [(one["row"], one["code"]) for one in refused.value.details["rows"]]
        assert faults == [(2, "invoice_amount_differs"), (3, "unknown_invoice")]
        assert not Invoice.objects.filter(state="issued").exists()
