"""Invoices that merchants send: matched to the cent, verified by somebody else, checked off."""

import pytest
from django.db import IntegrityError, transaction

from tests.settlement.invoices.telling import (
    a_month,
    axis,
    invoicing,
    issue,
    policy,
    send,
    the_invoice,
    verify,
)
from tests.settlement.story import ZONE, Story
from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.files.errors import FileNotWhatItSays
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.input_invoice_received import input_invoice_rejected
from zhanggui.settlement.invoices.coverage import differences
from zhanggui.settlement.invoices.errors import (
    InvoiceAboveExpected,
    InvoiceAmountDiffers,
    InvoiceDecided,
    InvoiceNumberTaken,
    NotExpected,
    NotPaidYet,
    UnknownInvoice,
    UploaderIsVerifier,
)
from zhanggui.settlement.invoices.models import Invoice, ReceivedInvoice
from zhanggui.settlement.invoices.operations.write_off_invoice import write_off_invoice
from zhanggui.settlement.statements.models import Statement

pytestmark = pytest.mark.django_db
JANUARY = "2026-01-01"
WHOLE = "13% 88.50 11.50"


@pytest.fixture
def story() -> Story:
    story = invoicing(mode="input")
    story.orders("""
        order merchant goods  day
        A1    m1       100.00 2026-01-05
        A2    m2       50.00  2026-01-07
    """)
    a_month(story)
    for place, row in enumerate(Invoice.objects.filter(direction=1)):
        issue(story, row, f"2631200000000000000{place}")
    return story


def expected(story: Story, party: str = "m1") -> Invoice:
    return the_invoice(story, party, direction=2)


class TestReceiveInvoice:
    def test_to_the_cent_it_waits_for_verification(self, story: Story) -> None:
        assert axis(story, "m1", JANUARY) == "to_receive"
        send(story, expected(story), "88880001", WHOLE)
        assert (expected(story).state, axis(story, "m1", JANUARY)) == ("received", "received")

    @pytest.mark.parametrize(
        "amounts", ["13% 88.50 11.51", "13% 88.51 11.49", "13% 88.51 11.50", "13% 88.50 11.49"]
    )
    def test_a_cent_off_is_refused(self, story: Story, amounts: str) -> None:
        with pytest.raises(InvoiceAboveExpected):
            send(story, expected(story), "88880001", amounts)
        assert not ReceivedInvoice.objects.exists()

    def test_in_parts_says_what_is_left(self, story: Story) -> None:
        row = expected(story)
        send(story, row, "88880001", "13% 50.00 6.50")
        assert differences(row.party_id, row.id) == [
            {"rate_ppm": 130_000, "expected_net": 8850, "expected_tax": 1150, "net": 5000, "tax": 650,
             "net_left": 3850, "tax_left": 500}
        ]  # fmt: skip
        assert axis(story, "m1", JANUARY) == "to_receive"
        with pytest.raises(InvoiceAboveExpected, match="net 3850 and tax 500 are left"):
            send(story, row, "88880002", "13% 38.51 5.00")
        send(story, row, "88880002", "13% 38.50 5.00")
        assert expected(story).state == "received"
        with pytest.raises(NotExpected):
            send(story, row, "88880003", "13% 1.00 0.13")

    def test_a_number_is_taken_once_by_anyone(self, story: Story) -> None:
        send(story, expected(story), "88880001", "13% 50.00 6.50")
        with pytest.raises(InvoiceNumberTaken):
            send(story, expected(story), "88880001", "13% 10.00 1.30")
        with pytest.raises(InvoiceNumberTaken):
            send(story, expected(story, "m2"), "88880001", "13% 44.25 5.75")

    @pytest.mark.parametrize("amounts", ["9% 88.50 11.50", "13% -88.50 -11.50", "13% 0.00 11.50",
                                         "13% 44.25 5.75;13% 44.25 5.75"])  # fmt: skip
    def test_another_rate_sign_or_form_is_refused(self, story: Story, amounts: str) -> None:
        with pytest.raises(InvoiceAmountDiffers):
            send(story, expected(story), "88880001", amounts)

    def test_towards_an_invoice_of_another_party_is_refused(self, story: Story) -> None:
        with pytest.raises(UnknownInvoice):
            send(story, expected(story), "88880001", WHOLE, party=story.party("m2"))

    def test_a_file_that_is_not_what_it_says_is_refused(self, story: Story) -> None:
        with pytest.raises(FileNotWhatItSays):
            send(story, expected(story), "88880001", WHOLE, file=b"MZ program")
        assert not ReceivedInvoice.objects.exists()

    def test_what_was_sent_never_changes(self, story: Story) -> None:
        row = send(story, expected(story), "88880001", WHOLE)
        for act in (
            lambda: ReceivedInvoice.objects.filter(id=row.id).update(number="1"),
            lambda: ReceivedInvoice.objects.filter(id=row.id).delete(),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                act()


class TestVerify:
    def test_before_paying_it_is_checked_off_at_once(self, story: Story) -> None:
        row = verify(story, send(story, expected(story), "88880001", WHOLE))
        assert (row.state, row.decided_by, f"{row.tax_month}") == ("verified", "anna", "2027-01-01")
        assert (expected(story).state, axis(story, "m1", JANUARY)) == ("written_off", "written_off")

    def test_after_paying_it_waits_for_the_money(self, story: Story) -> None:
        policy(input_check="after_payment")
        verify(story, send(story, expected(story), "88880001", WHOLE))
        row = expected(story)
        assert axis(story, "m1", JANUARY) == "verified"
        with pytest.raises(NotPaidYet):
            write_off_invoice(party_id=row.party_id, invoice_id=row.id, at=story.clock(), actor="anna")

    def test_by_who_entered_it_is_refused(self, story: Story) -> None:
        row = send(story, expected(story), "88880001", WHOLE, actor="anna")
        with pytest.raises(UploaderIsVerifier):
            verify(story, row)

    def test_twice_is_refused(self, story: Story) -> None:
        row = verify(story, send(story, expected(story), "88880001", WHOLE))
        with pytest.raises(InvoiceDecided):
            verify(story, row)

    def test_a_part_leaves_the_rest_expected(self, story: Story) -> None:
        verify(story, send(story, expected(story), "88880001", "13% 50.00 6.50"))
        assert axis(story, "m1", JANUARY) == "to_receive"
        verify(story, send(story, expected(story), "88880002", "13% 38.50 5.00"))
        assert axis(story, "m1", JANUARY) == "written_off"

    def test_above_the_limit_somebody_else_approves(self, story: Story) -> None:
        policy(verify_above_minor=9_999)
        row = verify(story, send(story, expected(story), "88880001", WHOLE))
        assert row.state == "verifying"
        approval = Approval.objects.get(kind="invoice_verification")
        given = {"approval_id": approval.id, "checker": "carl", "roles": ["platform_controller"],
                 "zone": ZONE, "proof": Proof(retyped_minor=10_000)}  # fmt: skip
        approval_decided(approve=True, at=story.clock(), **given)
        assert axis(story, "m1", JANUARY) == "written_off"

    def test_an_approval_refused_lets_it_wait_again(self, story: Story) -> None:
        policy(verify_above_minor=0)
        row = verify(story, send(story, expected(story), "88880001", WHOLE))
        approval_decided(
            approval_id=Approval.objects.get().id, approve=False, checker="carl", roles=["platform_controller"],
            proof=Proof(), at=story.clock(), zone=ZONE, reason="ask again",
        )  # fmt: skip
        row.refresh_from_db()
        assert row.state == "received"


class TestReject:
    def test_frees_number_and_amount(self, story: Story) -> None:
        row = send(story, expected(story), "88880001", WHOLE)
        done = input_invoice_rejected(
            party_id=row.party_id,
            received_id=row.id,
            reason="stamp missing",
            at=story.clock(),
            checker="anna",
        )
        assert (done.state, done.reason, axis(story, "m1", JANUARY)) == (
            "rejected",
            "stamp missing",
            "to_receive",
        )
        send(story, expected(story), "88880001", WHOLE)


class TestRedFromTheMerchant:
    def test_a_return_makes_a_red_invoice_expected(self, story: Story) -> None:
        verify(story, send(story, expected(story), "88880001", WHOLE))
        story.refunds("""
            refund order goods day
            R1     A1    40.00 2026-02-03
        """)
        a_month(story, through="2026-02-28")
        letter = the_invoice(story, "m1", direction=2, kind="red")
        assert (letter.state, letter.gross_minor, letter.tax_minor) == ("expected", -4000, -460)
        verify(story, send(story, letter, "88880002", "13% -35.40 -4.60"))
        letter.refresh_from_db()
        assert letter.state == "written_off"
        assert Statement.objects.get(id=letter.statement_id).invoice_axis in ("to_issue", "written_off")
