"""A payout nobody can settle electronically is settled by evidence that a second person approves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.settlement.payouts.story import ROLES, ZONE, PayoutStory, two_confirmed
from tests.tampering import broken
from zhanggui.approvals.errors import AlreadyRequested, MakerIsChecker
from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.payout_evidenced import payout_evidenced
from zhanggui.settlement.payouts.errors import EvidenceIncomplete, PayoutNotSent, UnknownPayout
from zhanggui.settlement.payouts.models import PayoutAnswer, PayoutFile
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
        outcome, "ICBC-77", story.now.date(), "letter.pdf", b"%PDF the bank's letter", "by letter"
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
    bring(story, paper(story))
    story.answers(story.says(story.payout("m1"), Outcome.EXECUTED), content=paper(story).content)
    assert story.payout("m1").state == "paid"


def test_refuses_what_proves_nothing() -> None:
    story = sent()
    good = paper(story)
    for wrong in (
        replace(good, outcome="unknown"), replace(good, reference=" "), replace(good, reason=""),
        replace(good, content=b""), replace(good, content=b"x" * 5_000_001), replace(good, file_name=" "),
        replace(good, day=story.now.date() + timedelta(days=2)),
    ):  # fmt: skip
        with pytest.raises(EvidenceIncomplete):
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
