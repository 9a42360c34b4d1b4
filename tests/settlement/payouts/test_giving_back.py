"""What is given back (a deposit, a receipt nobody claimed) leaves by a payout: approved, sent, answered, returned."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.settlement.guarded import settled
from tests.settlement.payouts.story import ROLES, ZONE, PayoutStory
from tests.settlement.story import fen
from tests.tampering import broken, tamper
from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.deposit_changed import deposit_order_requested
from zhanggui.journeys.money_frozen import hold_released, party_frozen
from zhanggui.journeys.payout_evidenced import payout_evidenced
from zhanggui.journeys.receipt_recorded import receipt_claimed, receipt_recorded, receipt_refund_requested
from zhanggui.journeys.receiver_proposed import receiver_proposed_for_receipt
from zhanggui.settlement.collections.models import Receipt
from zhanggui.settlement.guarantees.models import Deposit, DepositOrder
from zhanggui.settlement.payouts.models import Payout, Receiver
from zhanggui.settlement.payouts.operations.settle_by_evidence import Evidence
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.payouts.queries import due_documents
from zhanggui.settlement.payouts.rail import Outcome

pytestmark = pytest.mark.django_db


class Giving(PayoutStory):
    """A story in which money came in and is given back."""

    def receipt(self, amount: str, reference: str = "B-1") -> Receipt:
        """Money that arrived."""
        return receipt_recorded(
            own_account=self.own, bank_reference=reference, amount_minor=fen(amount), received_on=date(2026, 2, 5),
            at=self.clock(), actor="cashier", payer="M1 Ltd",
        )  # fmt: skip

    def decided(self, kind: str, *, approve: bool = True) -> None:
        """The one waiting request of a kind is decided."""
        row = Approval.objects.get(kind=kind, state="pending")
        approval_decided(
            approval_id=row.id, approve=approve, checker="checker", roles=ROLES,
            proof=Proof(retyped_minor=row.amount_minor), at=self.clock(), zone=ZONE,
        )  # fmt: skip

    def deposit_back(self, amount: str = "20.00") -> Deposit:
        """m1 has 50.00 deposited; some of it is given back, approved."""
        receipt_claimed(
            receipt_id=self.receipt("50.00").id, party_id=self.party("m1"), target="deposit", amount_minor=5000,
            at=self.clock(), zone=ZONE, actor="cashier",
        )  # fmt: skip
        deposit = Deposit.objects.get()
        deposit_order_requested(
            deposit_id=deposit.id, use="bank", amount_minor=fen(amount), reason="left us", at=self.clock(),
            maker="maker", own_account=self.own,
        )  # fmt: skip
        self.decided("deposit_deduction")
        return deposit

    def receipt_back(self, *, receiver: bool = True) -> Receipt:
        """30.00 of 80.00 that nobody claimed are given back, approved."""
        row = self.receipt("80.00", "B-2")
        receipt_refund_requested(
            receipt_id=row.id, amount_minor=3000, reason="paid twice", at=self.clock(), maker="maker"
        )
        self.decided("receipt_refund")
        if receiver:
            self.payer(row)
        return row

    def payer(self, row: Receipt, number: str = "6217003333333333333") -> Receiver:
        """Where the receipt came from, verified."""
        found = receiver_proposed_for_receipt(
            receipt_id=row.id, currency=row.currency, holder="A stranger", number=number, at=self.clock(),
            actor="cashier",
        )  # fmt: skip
        with transaction.atomic():
            return verify_receiver(
                receiver_id=found.id, at=self.clock(), cool_down=timedelta(0), actor="finance"
            )

    def told(self) -> list[tuple[str, str, int]]:
        """Every payout as (cause, state, amount)."""
        rows = Payout.objects.order_by("id")
        return [(row.cause, row.state, row.amount_minor) for row in rows]


class TestDeposits:
    def test_an_approved_refund_waits_for_its_payout_and_arrives(self) -> None:
        story = Giving()
        story.deposit_back()
        assert "2241.10 m1 -20.00" in story.balances() and "1002 - 50.00" in story.balances()
        [due] = due_documents(now=story.now)
        order = DepositOrder.objects.get().number
        assert (due.number, due.amount_minor, due.obstacle) == (order, 2000, "no_receiver")
        story.receiver("m1")
        batch = story.batch()
        assert story.told() == [("deposit", "proposed", 2000)]
        assert story.propose().batches == []
        story.send(story.approve(batch))
        assert "2241.11 m1 -20.00" in story.balances() and "2241.10" not in story.balances()
        assert story.rail.written_messages[0].instructions[0].purpose == due.number
        story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
        assert story.told() == [("deposit", "paid", 2000)]
        assert "2241.11" not in story.balances() and "1002 - 30.00" in story.balances()
        assert due_documents(now=story.now) == [] and broken() == set()

    def test_one_that_came_back_is_paid_again_and_never_twice(self) -> None:
        story = Giving()
        story.deposit_back()
        story.receiver("m1")
        story.sent_batch()
        paid = story.payout("m1")
        story.answers(story.says(paid, Outcome.EXECUTED))
        story.answers(story.says(paid, Outcome.RETURNED, reason_code="AC04"))
        assert "2241.10 m1 -20.00" in story.balances() and "1002 - 50.00" in story.balances()
        assert story.propose().batches == [], "what came back is paid again on purpose alone"
        [again] = story.retry(paid.number)
        story.send(story.approve(again))
        story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
        assert story.told() == [("deposit", "returned", 2000), ("deposit", "paid", 2000)]
        assert "1002 - 30.00" in story.balances() and broken() == set()

    def test_a_part_that_came_back_is_due_again_and_the_rest_stays_given(self) -> None:
        story = Giving()
        story.deposit_back()
        story.receiver("m1")
        story.sent_batch()
        story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
        paper = Evidence(
            "returned", "B-9", story.now.date(), "a.txt", b"letter", "by letter", amount_minor=501
        )
        payout_evidenced(
            number=story.payout("m1").number, evidence=paper, at=story.clock(), zone=ZONE, maker="cashier"
        )
        story.decided("payout_evidence")
        assert "2241.10 m1 -5.01" in story.balances() and "1002 - 35.01" in story.balances()
        [due] = due_documents(now=story.now)
        assert (due.amount_minor, due.obstacle) == (501, "")
        story.sent_batch()
        assert story.propose().batches == [] and broken() == set()
        story.answers(story.says(story.payout("m1"), Outcome.REJECTED))
        assert story.propose().batches == [], "what failed is paid again on purpose alone"
        story.send(story.approve(story.retry(story.payout("m1").number)[0]))
        story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
        assert "1002 - 30.00" in story.balances() and broken() == set()

    def test_a_rejected_batch_frees_it_for_another(self) -> None:
        story = Giving()
        story.deposit_back()
        story.receiver("m1")
        story.approve(story.batch(), approve=False)
        assert story.batch().total_minor == 2000

    def test_a_frozen_party_gets_nothing_back(self) -> None:
        story = Giving()
        story.deposit_back()
        story.receiver("m1")
        batch = story.approve(story.batch())
        hold = party_frozen(party_id=story.party("m1"), reason="fraud", at=story.clock(), actor="risk")
        assert story.send(batch).refused == 1
        row = story.payout("m1")
        assert (row.state, row.reason_code) == ("failed", "held")
        hold_released(hold_id=hold.id, reason="cleared", at=story.clock(), zone=ZONE, actor="risk")
        [again] = story.retry(row.number)
        assert story.send(story.approve(again)).sent == 1

    def test_a_document_has_one_payout_alive_whatever_the_code_says(self) -> None:
        story = Giving()
        story.deposit_back()
        story.receiver("m1")
        story.batch()
        row = story.payout("m1")
        row.pk, row.number = row.pk + 1000, "PO-again"
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


class TestReceipts:
    def test_what_nobody_claimed_goes_back_to_who_paid_it(self) -> None:
        story = Giving()
        row = story.receipt_back(receiver=False)
        assert "2241.08 - -50.00" in story.balances() and "2241.10 - -30.00" in story.balances()
        assert [due.obstacle for due in due_documents(now=story.now)] == ["no_receiver"]
        story.payer(row)
        story.sent_batch()
        instruction = story.rail.written_messages[0].instructions[0]
        assert (instruction.to.holder, instruction.to.number) == ("A stranger", "6217003333333333333")
        story.answers(story.says(Payout.objects.get(), Outcome.EXECUTED))
        assert story.told() == [("receipt", "paid", 3000)]
        assert "1002 - 50.00" in story.balances() and broken() == set()

    def test_one_that_failed_goes_to_the_account_that_is_right_then(self) -> None:
        story = Giving()
        row = story.receipt_back()
        story.sent_batch()
        first = Payout.objects.get()
        story.answers(story.says(first, Outcome.REJECTED, reason_code="AC01"))
        assert "2241.10 - -30.00" in story.balances()
        story.payer(row, "6217004444444444444")
        [again] = story.retry(first.number)
        story.send(story.approve(again))
        assert b"6217004444444444444" in story.rail.got[1][1]
        story.answers(story.says(Payout.objects.latest("id"), Outcome.EXECUTED))
        assert "1002 - 50.00" in story.balances() and broken() == set()

    def test_receipts_deposits_and_statements_share_a_batch(self) -> None:
        story = Giving()
        story.month("    order merchant goods  day\n    A1    m1       100.00 2026-01-05\n", "m1")
        story.deposit_back()
        story.receipt_back()
        story.receiver("m1")
        batch = story.sent_batch()
        assert batch.total_minor == 9500 + 2000 + 3000
        story.answers(*[story.says(one, Outcome.EXECUTED) for one in Payout.objects.order_by("id")])
        assert {state for _, state, _ in story.told()} == {"paid"}
        assert story.station("m1") == "paid" and broken() == set()


@pytest.mark.breaks_invariants
@pytest.mark.parametrize(
    "change",
    [
        "update settlement_deposit_order set amount_minor = amount_minor + 1",
        "update settlement_deposit_order set by_payout = false",
        "update settlement_payout set amount_minor = amount_minor + 1",
    ],
)
def test_the_audit_finds_who_tampers(change: str) -> None:
    story = Giving()
    story.deposit_back()
    story.receiver("m1")
    story.sent_batch()
    settled()
    tamper(change)
    assert "given_back_differs_from_payouts" in broken()
