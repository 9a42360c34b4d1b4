"""Receipts are recorded once, claimed in parts, given back, withdrawn."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from tests.settlement.guarded import Guarded, settled
from tests.settlement.story import ZONE, text
from tests.tampering import broken, tamper
from zhanggui.journeys.receipt_recorded import (
    claim_reversed,
    receipt_recorded,
    receipt_refund_requested,
    receipt_reversed,
    receipts_imported,
)
from zhanggui.settlement.collections.errors import (
    AboveDebt,
    ClaimAboveReceipt,
    CollectionIncomplete,
    OtherBooks,
    ReceiptClaimed,
    ReceiptConflict,
    ReceiptReversed,
    ReceiptRowRefused,
    UnknownDebt,
    UnknownReceipt,
)
from zhanggui.settlement.collections.models import Claim, Receipt
from zhanggui.settlement.collections.states import receipt_state
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.guarantees.errors import DepositTooSmall
from zhanggui.settlement.guarantees.models import Deposit

pytestmark = pytest.mark.django_db


def test_a_receipt_is_unclaimed_until_somebody_claims_it() -> None:
    story = Guarded()
    row = story.receipt("80.00")
    assert story.entry(16) == text("""
        1002 - 80.00
        2241.08 - -80.00
    """)
    assert (row.rest_minor, receipt_state(row)) == (8000, "unclaimed")


def test_the_bank_reference_is_the_key() -> None:
    story = Guarded()
    first, again = story.receipt("80.00"), story.receipt("80.00")
    assert first.id == again.id
    assert Receipt.objects.count() == 1
    with pytest.raises(ReceiptConflict):
        story.receipt("80.01")
    with pytest.raises(ReceiptConflict):
        story.receipt("80.00", day="2026-02-06")


def test_a_receipt_needs_a_reference_an_amount_and_a_bank_account_of_ours() -> None:
    story = Guarded()
    with pytest.raises(CollectionIncomplete):
        story.receipt("0.00")
    with pytest.raises(CollectionIncomplete):
        story.receipt("1.00", reference="  ")
    channel = OwnAccount.objects.create(
        code="channel", name={}, kind="channel", entity=story.entity(), currency="CNY", rail="wechat"
    )
    with pytest.raises(CollectionIncomplete):
        receipt_recorded(
            own_account=channel, bank_reference="x", amount_minor=1, received_on=date(2026, 1, 1),
            at=story.clock(), actor="a",
        )  # fmt: skip


class TestClaims:
    def test_part_pays_a_debt_part_a_deposit_and_the_rest_stays(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        receipt = story.receipt("80.00")
        claim = story.claim(receipt, "30.00", debt=debt)
        story.claim(receipt, "20.00")
        receipt.refresh_from_db()
        assert (receipt.rest_minor, receipt_state(receipt)) == (3000, "partly")
        assert story.entry(17, key_a=claim.id) == text("""
            1122 m1 -30.00
            2241.08 - 30.00
        """)
        assert story.statement("m1", "2026-01-01").state == "collected"
        assert Deposit.objects.get().held_minor == 2000
        assert "2241.01 m1 -20.00" in story.balances()

    def test_one_receipt_pays_two_statements(self) -> None:
        story = Guarded()
        story.collecting()
        first, second = story.owing("30.00", "m1"), None
        story.charges("""
            charge party fee            amount day
            P2     m2    breach_penalty -10.00 2026-02-10
        """)
        story.bill("2026-02-28")
        story.close("2026-02-28")
        second = type(first).objects.exclude(party_id=first.party_id).get()
        receipt = story.receipt("40.00")
        story.claim(receipt, "30.00", debt=first)
        story.claim(receipt, "10.00", "m2", debt=second)
        receipt.refresh_from_db()
        assert receipt_state(receipt) == "claimed"

    def test_above_the_receipt_is_refused(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("300.00")
        receipt = story.receipt("80.00")
        story.claim(receipt, "50.00", debt=debt)
        with pytest.raises(ClaimAboveReceipt, match=r"30.00"):
            story.claim(receipt, "30.01", debt=debt)
        assert Claim.objects.count() == 1

    def test_above_the_debt_is_refused(self) -> None:
        story = Guarded()
        story.collecting()
        debt, receipt = story.owing("30.00"), story.receipt("80.00")
        with pytest.raises(AboveDebt), transaction.atomic():
            story.claim(receipt, "30.01", debt=debt)
        with pytest.raises(UnknownReceipt):
            story.claim(Receipt(id=10**6), "1.00", debt=debt)
        debt.statement_id = 10**6
        with pytest.raises(UnknownDebt), transaction.atomic():
            story.claim(receipt, "1.00", debt=debt)

    def test_another_entity_is_refused(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        other = SettlementEntity.objects.create(code="e2", name={})
        bank = OwnAccount.objects.create(
            code="b2", name={}, kind="bank", entity=other, currency="CNY", rail="bank_file"
        )
        receipt = receipt_recorded(
            own_account=bank, bank_reference="x", amount_minor=3000, received_on=date(2026, 1, 1),
            at=story.clock(), actor="a",
        )  # fmt: skip
        with pytest.raises(OtherBooks), transaction.atomic():
            story.claim(receipt, "30.00", debt=debt)

    def test_a_reversal_opens_the_debt_again(self) -> None:
        story = Guarded()
        story.collecting()
        debt = story.owing("30.00")
        receipt = story.receipt("30.00")
        claim = story.claim(receipt, "30.00", debt=debt)
        claim_reversed(
            claim_id=claim.id, reason="another shop's money", at=story.clock(), zone=ZONE, actor="c"
        )
        assert story.entry(17, key_a=claim.id, key_b=1) == text("""
            1122 m1 30.00
            2241.08 - -30.00
        """)
        receipt.refresh_from_db()
        assert receipt_state(receipt) == "unclaimed"
        assert story.statement("m1", "2026-01-01").state == "collecting"
        with pytest.raises(ReceiptReversed):
            claim_reversed(claim_id=claim.id, reason="again", at=story.clock(), zone=ZONE, actor="c")

    def test_a_deposit_already_used_cannot_be_unpaid(self) -> None:
        story = Guarded()
        story.collecting(deposit_agreed=True)
        debt = story.owing("30.00")
        claim = story.claim(story.receipt("30.00"), "30.00")
        from zhanggui.journeys.debt_collected import deposit_asked

        deposit_asked(
            party_id=debt.party_id, statement_id=debt.statement_id, amount_minor=3000, reason="r",
            at=story.clock(), zone=ZONE, actor="m",
        )  # fmt: skip
        with pytest.raises(DepositTooSmall), transaction.atomic():
            claim_reversed(claim_id=claim.id, reason="r", at=story.clock(), zone=ZONE, actor="c")


class TestGivenBack:
    def test_an_approved_refund_waits_for_a_payout(self) -> None:
        story = Guarded()
        receipt = story.receipt("80.00")
        receipt_refund_requested(
            receipt_id=receipt.id,
            amount_minor=8000,
            reason="paid by mistake",
            at=story.clock(),
            maker="maker",
        )
        with pytest.raises(ClaimAboveReceipt):
            story.claim(receipt, "0.01")
        story.decide("receipt_refund")
        receipt.refresh_from_db()
        assert receipt_state(receipt) == "refunded"
        assert story.balances() == text("1002 - 80.00\n2241.10 - -80.00")

    def test_a_rejected_refund_can_be_claimed_again(self) -> None:
        story = Guarded()
        receipt = story.receipt("80.00")
        receipt_refund_requested(
            receipt_id=receipt.id,
            amount_minor=8000,
            reason="paid by mistake",
            at=story.clock(),
            maker="maker",
        )
        story.decide("receipt_refund", approve=False)
        story.claim(receipt, "80.00")

    def test_a_receipt_recorded_wrongly_is_withdrawn_by_a_new_entry(self) -> None:
        story = Guarded()
        receipt = story.receipt("80.00")
        row = receipt_reversed(
            receipt_id=receipt.id, reason="typed wrongly", at=story.clock(), zone=ZONE, actor="c"
        )
        assert (receipt_state(row), row.rest_minor) == ("reversed", 0)
        with pytest.raises(ReceiptReversed):
            receipt_reversed(receipt_id=receipt.id, reason="again", at=story.clock(), zone=ZONE, actor="c")
        with pytest.raises(ClaimAboveReceipt):
            story.claim(receipt, "1.00")

    def test_a_claimed_one_is_not(self) -> None:
        story = Guarded()
        receipt = story.receipt("80.00")
        story.claim(receipt, "1.00")
        with pytest.raises(ReceiptClaimed):
            receipt_reversed(receipt_id=receipt.id, reason="r", at=story.clock(), zone=ZONE, actor="c")


class TestFiles:
    def take(self, story: Guarded, content: str | bytes) -> tuple[int, int, int]:
        data = content if isinstance(content, bytes) else content.encode()
        found = receipts_imported(own_account=story.bank(), content=data, at=story.clock(), actor="cashier")
        return found.recorded, found.known, found.amount_minor

    def test_a_file_is_taken_once(self) -> None:
        story = Guarded()
        file = (
            "\ufeffreference,received_on,amount,payer,payer_account,memo\n"
            "T1,2026-02-01,12.34,茶舍,6222020200012345678,货款\nT2,2026-02-02,1.00,,,\n"
        )
        assert self.take(story, file) == (2, 0, 1334)
        assert self.take(story, file) == (0, 2, 0)
        first = Receipt.objects.get(bank_reference="T1")
        assert (first.payer, first.payer_account) == ("茶舍", "****5678")

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("reference,received_on,amount\nT1,2026-02-01,1.00\nT2,2026-02-30,1.00\n", "row 3"),
            ("reference,received_on,amount\nT1,2026-02-01,1.00\nT2,2026-02-03,1.001\n", "row 3"),
            ("reference,received_on,amount\nT1,2026-02-01,1.00\nT2,2026-02-03,-1\n", "row 3"),
            ("reference,received_on,amount\nT1,2026-02-01,1.00\nT2\n", "row 3"),
            ("reference,amount\nT1,1.00\n", "no column received_on"),
            ("reference,received_on,amount\n茶,2026-02-01,1.00\n".encode("gbk"), "UTF-8"),
        ],
    )
    def test_a_bad_row_refuses_the_whole_file(self, content: str | bytes, words: str) -> None:
        story = Guarded()
        with pytest.raises(ReceiptRowRefused, match=words), transaction.atomic():
            self.take(story, content)
        assert not Receipt.objects.exists()


def test_what_a_receipt_says_never_changes() -> None:
    story = Guarded()
    story.receipt("80.00")
    for change in ("amount_minor = 1", "bank_reference = 'x'", "received_on = received_on + 1"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"update settlement_receipt set {change}")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from settlement_receipt")


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    "act",
    ["update settlement_receipt set claimed_minor = claimed_minor + 1",
     "update settlement_receipt set amount_minor = amount_minor + 1",
     "update settlement_receipt set refunded_minor = 5"],
)  # fmt: skip
def test_the_audit_finds_who_tampers(act: str) -> None:
    story = Guarded()
    story.claim(story.receipt("80.00"), "10.00")
    settled()
    assert tamper(act) == 1
    assert "receipt_differs_from_ledger" in broken()
