"""A payout nobody can settle electronically is settled by evidence that a second person approves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.settlement.guarded import settled
from tests.settlement.payouts.story import ROLES, ZONE, PayoutStory, two_confirmed
from tests.tampering import broken, tamper
from zhanggui.approvals.errors import AlreadyRequested, MakerIsChecker
from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.files.errors import HandedFileRefused
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.payout_evidenced import payout_evidenced
from zhanggui.settlement.payouts.errors import EvidenceIncomplete, PartNotThere, PayoutNotSent, UnknownPayout
from zhanggui.settlement.payouts.models import Payout, PayoutAnswer, PayoutFile
from zhanggui.settlement.payouts.operations.settle_by_evidence import Evidence
from zhanggui.settlement.payouts.rail import Outcome

pytestmark = pytest.mark.django_db


def sent() -> PayoutStory:
    """m1's payout is sent and nobody knows what became of it."""
    story = two_confirmed()
    story.rail.fails = [TimeoutError("no answer")]
    story.send(story.approve(story.batch()))
    return story


def paper(story: PayoutStory, outcome: str = "executed") -> Evidence:
    return Evidence(
        outcome, "ICBC-77", story.now.date(), "letter.pdf", b"%PDF-1.7 the bank's letter %%EOF", "by letter"
    )


def bring(story: PayoutStory, evidence: Evidence) -> Approval:
    return payout_evidenced(
        number=story.payout("m1").number, evidence=evidence, at=story.clock(), zone=ZONE, maker="cashier"
    )


def decide(story: PayoutStory, row: Approval, *, checker: str = "controller", approve: bool = True) -> None:
    approval_decided(
        approval_id=row.id, approve=approve, checker=checker, roles=ROLES, at=story.clock(), zone=ZONE,
        proof=Proof(retyped_minor=row.amount_minor),
    )  # fmt: skip


def test_evidence_moves_nothing_before_a_second_person_approves_it() -> None:
    story = sent()
    row = bring(story, paper(story))
    assert story.payout("m1").state == "sent"
    with pytest.raises(MakerIsChecker):
        decide(story, row, checker="cashier")
    decide(story, row)
    paid = story.payout("m1")
    assert (paid.state, story.station("m1")) == ("paid", "paid")
    attempt = paid.attempts.get()
    assert (attempt.state, attempt.reference, attempt.reason_code) == ("executed", "ICBC-77", "EVIDENCE")
    answer = PayoutAnswer.objects.get(payout_id=paid.id)
    file = PayoutFile.objects.get(id=answer.file_id)
    assert (file.direction, bytes(file.sha256).hex()) == ("ev", row.payload["sha256"])
    assert "1002 - -95.00" in story.balances() and broken() == set()


def test_rejected_by_evidence_it_is_paid_again_under_another_number() -> None:
    story = sent()
    decide(story, bring(story, paper(story, "rejected")))
    failed = story.payout("m1")
    assert (failed.state, failed.reason_code, story.station("m1")) == ("failed", "EVIDENCE", "failed")
    story.answers(story.says(failed, Outcome.EXECUTED))
    assert story.payout("m1").state == "failed", "what contradicts the books waits for a person"
    assert PayoutAnswer.objects.latest("id").effect == "contradicts"
    [again] = story.retry(failed.number)
    assert again.total_minor == 9500 and broken() == set()


def test_a_return_of_one_that_was_paid() -> None:
    story = sent()
    story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
    with pytest.raises(PayoutNotSent):
        bring(story, paper(story))
    decide(story, bring(story, paper(story, "returned")))
    assert (story.payout("m1").state, story.station("m1")) == ("returned", "failed")
    assert "2202.03 m1 -95.00" in story.balances() and broken() == set()


def test_what_the_bank_says_meanwhile_goes_first() -> None:
    story = sent()
    row = bring(story, paper(story, "rejected"))
    story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
    with pytest.raises(PayoutNotSent):
        decide(story, row)
    decide(story, row, approve=False)
    assert story.payout("m1").state == "paid" and broken() == set()


def test_the_same_the_bank_said_meanwhile_is_harmless() -> None:
    story = sent()
    row = bring(story, paper(story))
    story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
    decide(story, row)
    assert story.payout("m1").state == "paid" and "1002 - -95.00" in story.balances()


def test_the_file_of_evidence_may_still_come_from_the_bank() -> None:
    story = sent()
    message = replace(paper(story), file_name="message.txt", content=b"ICBC-77 was executed")
    bring(story, message)
    story.answers(story.says(story.payout("m1"), Outcome.EXECUTED), content=message.content)
    assert story.payout("m1").state == "paid"


def test_refuses_what_proves_nothing() -> None:
    story = sent()
    good = paper(story)
    for wrong in (
        replace(good, outcome="unknown"), replace(good, reference=" "), replace(good, reason=""),
        replace(good, content=b""), replace(good, file_name=" "),
        replace(good, day=story.now.date() + timedelta(days=2)),
    ):  # fmt: skip
        with pytest.raises(EvidenceIncomplete):
            bring(story, wrong)
    for wrong in (
        replace(good, content=good.content + b" " * 5 * 1024 * 1024), replace(good, content=b"x"),
        replace(good, file_name="letter.exe"),
    ):  # fmt: skip
        with pytest.raises(HandedFileRefused):
            bring(story, wrong)
    with pytest.raises(UnknownPayout):
        payout_evidenced(number="PO0", evidence=good, at=story.clock(), zone=ZONE, maker="cashier")
    bring(story, good)
    with pytest.raises(AlreadyRequested):
        bring(story, replace(good, outcome="rejected"))


def test_before_it_was_sent_there_is_nothing_to_settle() -> None:
    story = two_confirmed()
    story.approve(story.batch())
    with pytest.raises(PayoutNotSent):
        bring(story, paper(story))


class TestInPart:
    """What the bank executed, or sent back, of an order: the rest is payable again, to the cent."""

    def paid(self) -> PayoutStory:
        story = sent()
        story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
        return story

    def part(self, story: PayoutStory, outcome: str, amount: int, reference: str = "ICBC-77") -> None:
        evidence = replace(paper(story, outcome), amount_minor=amount, reference=reference)
        row = bring(story, replace(evidence, content=evidence.content + reference.encode()))
        assert (row.amount_minor, row.payload["of_minor"]) == (amount, 9500)
        decide(story, row)

    def paid_again(self, story: PayoutStory, amount: int) -> None:
        """What is owed again is proposed like anything that is due, approved, sent, and paid."""
        story.rail.fails = []
        batch = story.sent_batch()
        again = Payout.objects.get(batch=batch, party_id=story.party("m1"))
        assert (again.part, again.amount_minor) == (2, amount)
        story.answers(story.says(again, Outcome.EXECUTED))
        assert story.station("m1") == "paid" and "2202.03 m1" not in story.balances()
        assert "1002 - -95.00" in story.balances() and broken() == set()

    def test_a_part_that_came_back_is_paid_again_and_the_rest_stays_paid(self) -> None:
        story = self.paid()
        story.answers(story.says(story.payout("m1"), Outcome.RETURNED, amount_minor=3001))
        assert PayoutAnswer.objects.latest("id").effect == "amount_differs", "a person decides"
        self.part(story, "returned", 3001)
        row = story.payout("m1")
        assert (row.state, row.returned_minor, row.standing_minor) == ("paid", 3001, 6499)
        assert "1002 - -64.99" in story.balances() and "2202.03 m1 -30.01" in story.balances()
        assert story.station("m1") == "paid" and broken() == set()
        self.paid_again(story, 3001)

    def test_a_part_that_was_not_executed_is_paid_again(self) -> None:
        story = sent()
        self.part(story, "executed", 9499)
        row = story.payout("m1")
        assert (row.state, row.short_minor, row.attempts.get().state) == ("paid", 1, "executed")
        assert "1002 - -94.99" in story.balances() and "2202.04 m1" not in story.balances()
        story.answers(story.says(row, Outcome.EXECUTED, amount_minor=9499))
        assert PayoutAnswer.objects.latest("id").effect == "repeated"
        story.answers(story.says(row, Outcome.EXECUTED))
        assert PayoutAnswer.objects.latest("id").effect == "amount_differs"
        self.paid_again(story, 1)

    def test_several_parts_come_back_and_at_last_all_of_it(self) -> None:
        story = sent()
        self.part(story, "executed", 9000)
        self.part(story, "returned", 1000, "R-1")
        self.part(story, "returned", 2000, "R-2")
        assert (story.payout("m1").standing_minor, "1002 - -60.00" in story.balances()) == (6000, True)
        self.part(story, "returned", 6000, "R-3")
        row = story.payout("m1")
        assert (row.state, story.station("m1"), row.standing_minor) == ("returned", "failed", 6000)
        assert "1002" not in story.balances() and "2202.03 m1 -95.00" in story.balances()
        [again] = story.retry(row.number)
        assert again.total_minor == 6000 and broken() == set()

    def test_the_same_return_twice_counts_once(self) -> None:
        story = self.paid()
        self.part(story, "returned", 4750)
        self.part(story, "returned", 4750)
        assert story.payout("m1").returned_minor == 4750
        story.answers(
            story.says(story.payout("m1"), Outcome.RETURNED, amount_minor=4750, reference="ICBC-77")
        )
        assert PayoutAnswer.objects.latest("id").effect == "repeated"
        story.answers(
            story.says(story.payout("m1"), Outcome.RETURNED, amount_minor=4750, reference="ICBC-78")
        )
        assert PayoutAnswer.objects.latest("id").effect == "amount_differs", (
            "another return, or the same? a person says"
        )
        assert story.payout("m1").state == "paid" and broken() == set()

    def test_refuses_more_than_there_is(self) -> None:
        story = sent()
        for outcome, amount in (("executed", 9501), ("executed", 0), ("returned", -1), ("rejected", 9499)):
            with pytest.raises(PartNotThere):
                bring(story, replace(paper(story, outcome), amount_minor=amount))
        self.part(story, "returned", 9000)
        with pytest.raises(PartNotThere):
            bring(story, replace(paper(story, "returned"), amount_minor=501, reference="R-2"))

    @pytest.mark.breaks_invariants
    def test_it_is_seen_when_a_payout_says_another_amount_than_the_books(self) -> None:
        story = self.paid()
        self.part(story, "returned", 3001)
        settled()
        tamper("update settlement_payout set returned_minor = 3000 where returned_minor > 0")
        assert {"own_account_differs_from_payouts", "statement_differs_from_ledger"} <= broken()
