"""Drafting: what a closed statement has to be invoiced for, by whom, at which rate, to the cent."""

import pytest

from tests.settlement.invoices.telling import (
    COMMISSION,
    PAYMENT,
    VAT,
    a_month,
    axis,
    invoicing,
    issue,
    policy,
    the_invoice,
    told,
)
from tests.settlement.story import LATE, Story, noon, rule, text
from tests.tampering import broken
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.settlement.invoices.bearing import details_of_part
from zhanggui.settlement.invoices.errors import StatementNotClosed
from zhanggui.settlement.invoices.models import Invoice, InvoicePart
from zhanggui.settlement.invoices.operations.draft_invoices import draft_invoices

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY = "2026-01-01", "2026-02-01"
ORDERS = """
    order merchant goods  day
    A1    m1       100.00 2026-01-05
    A2    m1       33.33  2026-01-06
    A3    m2       50.00  2026-01-07
"""


class TestOutputMode:
    def test_the_platform_invoices_its_fees_by_fee_and_rate(self) -> None:
        story = invoicing()
        story.orders(ORDERS)
        drafted = a_month(story)
        assert (drafted.statements, len(drafted.invoices), drafted.failed) == (2, 2, [])
        # 5% of 133.33 is 5.00 + 1.67; 6% on it 0.30 + 0.10; the payment fee 0.60 + 0.20 holds 6% of tax
        assert told() == text("""
            m1 output blue draft 7.42 0.45 7.87
            - commission 6% 6.67 0.40 7.07
            - payment_fee 6% 0.75 0.05 0.80
            m2 output blue draft 2.78 0.17 2.95
            - commission 6% 2.50 0.15 2.65
            - payment_fee 6% 0.28 0.02 0.30
        """)
        assert axis(story, "m1", JANUARY) == "to_issue"

    def test_every_line_drills_to_its_details(self) -> None:
        story = invoicing()
        story.orders(ORDERS)
        a_month(story)
        for part in InvoicePart.objects.all():
            rows = details_of_part(part)
            assert -sum(row["amount"] for row in rows) == part.gross_minor
            assert len(rows) == part.detail_count

    def test_twice_drafts_once(self) -> None:
        story = invoicing()
        story.orders(ORDERS)
        a_month(story)
        assert invoices_due(clock=story.clock, actor="again").invoices == []
        row = story.statement("m1", JANUARY)
        assert (
            draft_invoices(party_id=row.party_id, statement_id=row.id, at=story.clock(), actor="again") == []
        )
        assert Invoice.objects.count() == 2

    def test_by_setting_after_closing_already(self) -> None:
        story = invoicing()
        story.orders(ORDERS)
        story.bill()
        story.close("2026-01-31")
        assert invoices_due(clock=story.clock, actor="story").statements == 0
        policy(draft_when="closed")
        assert invoices_due(clock=story.clock, actor="story").statements == 2

    def test_an_open_statement_is_refused(self) -> None:
        story = invoicing()
        story.orders(ORDERS)
        story.bill()
        row = story.statement("m1", JANUARY)
        with pytest.raises(StatementNotClosed):
            draft_invoices(party_id=row.party_id, statement_id=row.id, at=story.clock(), actor="story")

    def test_a_fee_without_a_rate_is_named_and_the_others_go_on(self) -> None:
        story = Story(
            COMMISSION,
            VAT,
            rule("payment", "0.6%", fee="payment_fee", base="paid", when={"merchant": ["m1"]}),
            free="payment_fee",
        )
        story.orders(ORDERS)
        drafted = a_month(story)
        assert drafted.statements == 1
        [(number, why)] = drafted.failed
        assert number == story.statement("m1", JANUARY).number and "payment_fee" in why
        assert axis(story, "m1", JANUARY) == "pending"

    def test_a_fee_for_somebody_else_is_not_ours_to_invoice(self) -> None:
        story = invoicing()
        story.party("courier", "carrier")
        story.publish(
            COMMISSION, VAT, PAYMENT,
            rule("delivery", "0%", fee="delivery_fee", receiver="other:courier", granularity="order", fixed=300,
                 fixed_per="order", base="goods"),
            starts="2026-01-02",
        )  # fmt: skip
        story.orders(ORDERS)
        a_month(story)
        assert "delivery" not in told()
        assert axis(story, "courier", JANUARY) == "none"


class TestReversals:
    def sold_and_issued(self) -> Story:
        story = invoicing()
        story.orders(ORDERS)
        a_month(story)
        issue(story, the_invoice(story, "m1"))
        return story

    def test_become_a_red_letter_against_the_issued_invoice(self) -> None:
        story = self.sold_and_issued()
        story.refunds("""
            refund order goods day
            R1     A1    40.00 2026-02-03
        """)
        story.orders("""
            order merchant goods  day
            B1    m1       200.00 2026-02-05
        """)
        a_month(story, through="2026-02-28")
        assert (
            told().splitlines()[6:]
            == text("""
            m1 output red draft -2.00 -0.12 -2.12
            - commission 6% -2.00 -0.12 -2.12
            m1 output blue draft 11.13 0.67 11.80
            - commission 6% 10.00 0.60 10.60
            - payment_fee 6% 1.13 0.07 1.20
        """).splitlines()
        )
        red = the_invoice(story, "m1", kind="red")
        assert red.original_id == Invoice.objects.get(state="issued").id

    def test_are_deducted_from_the_next_invoice_by_setting(self) -> None:
        story = self.sold_and_issued()
        policy(reversals="deduction")
        story.refunds("""
            refund order goods day
            R1     A1    40.00 2026-02-03
        """)
        story.orders("""
            order merchant goods  day
            B1    m1       200.00 2026-02-05
        """)
        a_month(story, through="2026-02-28")
        assert (
            told().splitlines()[6:]
            == text("""
            m1 output blue draft 9.13 0.55 9.68
            - commission 6% -2.00 -0.12 -2.12
            - commission 6% 10.00 0.60 10.60
            - payment_fee 6% 1.13 0.07 1.20
        """).splitlines()
        )

    def test_may_be_more_of_one_fee_than_the_invoice_charges_of_it(self) -> None:
        """Seed 713723989 of the simulated office: the audit took such a deduction for a red letter."""
        story = self.sold_and_issued()
        policy(reversals="deduction")
        story.orders("""
            order merchant goods  day
            B1    m1       200.00 2026-02-05
        """)
        story.now = noon("2026-02-10")
        story.correct(story.detail("m1", "A1", "commission"), "10.80")
        story.now = LATE
        a_month(story, through="2026-02-28")
        assert (
            "- commission 6% -10.19 -0.61 -10.80" in told() and "- commission 6% 10.00 0.60 10.60" in told()
        )
        assert broken() == set()

    def test_wait_for_the_next_invoice_when_there_is_too_little_to_deduct_from(self) -> None:
        story = self.sold_and_issued()
        policy(reversals="deduction")
        story.refunds("""
            refund order goods  day
            R1     A1    100.00 2026-02-03
        """)
        a_month(story, through="2026-02-28")
        assert len(told().splitlines()) == 6 and axis(story, "m1", FEBRUARY) == "none"
        story.orders("""
            order merchant goods  day
            C1    m1       400.00 2026-03-05
        """)
        a_month(story, through="2026-03-31")
        assert (
            told().splitlines()[6:]
            == text("""
            m1 output blue draft 17.26 1.04 18.30
            - commission 6% -5.00 -0.30 -5.30
            - commission 6% 20.00 1.20 21.20
            - payment_fee 6% 2.26 0.14 2.40
        """).splitlines()
        )

    def test_against_a_draft_are_left_out_of_the_next_invoice(self) -> None:
        story = invoicing()
        story.orders(ORDERS)
        a_month(story)
        story.refunds("""
            refund order goods day
            R1     A1    40.00 2026-02-03
        """)
        a_month(story, through="2026-02-28")
        assert "red" not in told()

    def test_a_return_in_many_steps_takes_back_just_what_was_charged(self) -> None:
        story = self.sold_and_issued()
        for month, goods in ((2, "33.33"), (3, "33.33"), (4, "33.34")):
            story.refunds(f"""
                refund order goods    day
                R{month} A1  {goods}  2026-0{month}-03
            """)
            a_month(
                story,
                through=f"2026-0{month}-28"
                if month == 2
                else f"2026-0{month}-30"
                if month == 4
                else "2026-03-31",
            )
            for row in Invoice.objects.filter(state="draft", kind="red"):
                issue(story, row, f"2631200000000000010{month}")
        reds = Invoice.objects.filter(kind="red")
        assert (reds.count(), sum(row.gross_minor for row in reds)) == (3, -530)


class TestInputMode:
    def test_the_merchant_invoices_its_goods_and_we_our_fees(self) -> None:
        story = invoicing(mode="input")
        story.orders(ORDERS)
        a_month(story)
        assert told() == text("""
            m1 output blue draft 7.42 0.45 7.87
            - commission 6% 6.67 0.40 7.07
            - payment_fee 6% 0.75 0.05 0.80
            m1 input blue expected 117.99 15.34 133.33
            - goods_amount 13% 117.99 15.34 133.33
            m2 output blue draft 2.78 0.17 2.95
            - commission 6% 2.50 0.15 2.65
            - payment_fee 6% 0.28 0.02 0.30
            m2 input blue expected 44.25 5.75 50.00
            - goods_amount 13% 44.25 5.75 50.00
        """)
        assert axis(story, "m1", JANUARY) == "to_issue"

    def test_a_mode_changed_between_sale_and_return_takes_back_in_the_original_mode(self) -> None:
        story = invoicing()
        story.orders(ORDERS)
        a_month(story)
        issue(story, the_invoice(story, "m1"))
        story.terms("m1", "2026-02-01", invoice_mode="input", node="completed")
        story.orders("""
            order merchant goods  day
            B1    m1       200.00 2026-02-05
        """)
        story.refunds("""
            refund order goods day
            R1     A1    40.00 2026-02-03
        """)
        a_month(story, through="2026-02-28")
        assert (
            told().splitlines()[6:]
            == text("""
            m1 output red draft -2.00 -0.12 -2.12
            - commission 6% -2.00 -0.12 -2.12
            m1 output blue draft 11.13 0.67 11.80
            - commission 6% 10.00 0.60 10.60
            - payment_fee 6% 1.13 0.07 1.20
            m1 input blue expected 176.99 23.01 200.00
            - goods_amount 13% 176.99 23.01 200.00
        """).splitlines()
        )
        assert (the_invoice(story, "m1", kind="red").mode, axis(story, "m1", FEBRUARY, mode=1)) == (
            1,
            "to_issue",
        )


class TestNoInvoiceMode:
    def test_nothing_is_drafted(self) -> None:
        story = invoicing(mode="none")
        story.orders(ORDERS)
        a_month(story)
        assert (told(), axis(story, "m1", JANUARY)) == ("", "none")
