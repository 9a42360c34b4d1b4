"""Payouts on a bank's statement: what was executed of them, the parts that came back, and rows that name another."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.settlement.payouts.story import ROLES, TWO, ZONE, PayoutStory
from tests.settlement.payouts.test_evidence import paper, sent
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bill_received import bill_received
from zhanggui.journeys.payout_evidenced import payout_evidenced
from zhanggui.settlement.payouts.rail import Outcome
from zhanggui.settlement.reconciliation.models import Difference, ReconciliationMatch

pytestmark = pytest.mark.django_db


def states(story: PayoutStory, outcome: str, amount: int, reference: str) -> None:
    evidence = replace(
        paper(story, outcome),
        amount_minor=amount,
        reference=reference,
        file_name="message.txt",
        content=reference.encode(),
    )
    row = payout_evidenced(
        number=story.payout("m1").number, evidence=evidence, at=story.clock(), zone=ZONE, maker="cashier"
    )
    approval_decided(
        approval_id=row.id, approve=True, checker="controller", roles=ROLES, at=story.clock(), zone=ZONE,
        proof=Proof(retyped_minor=amount),
    )  # fmt: skip


def statement(story: PayoutStory, folder: Path, *rows: str) -> None:
    """The bank's statement of today: what came, what went, our number."""
    day = f"{story.now.astimezone(ZONE):%Y-%m-%d} 12:00:00"
    path = folder / "statement.csv"
    path.write_text("\n".join(["交易时间,收入金额,支出金额,凭证号,摘要", *(f"{day},{row}," for row in rows)]))
    bill_received(own_account=story.own, channel="bank", path=path, clock=story.clock, actor="clock")


def test_a_row_that_names_a_payment_proves_no_other_of_the_same_amount(tmp_path: Path) -> None:
    story = PayoutStory()
    story.month(TWO.replace("200.00", "100.00"), "m1", "m2")
    story.receiver("m1")
    story.receiver("m2", "6217009999999999999")
    story.sent_batch()
    one, other = story.payout("m1"), story.payout("m2")
    story.answers(story.says(one, Outcome.EXECUTED), story.says(other, Outcome.EXECUTED))
    number = one.attempts.get().end_to_end
    statement(story, tmp_path, f",95.00,{number}", f",95.00,{number}")
    found = Difference.objects.order_by("kind").values_list("kind", "reference")
    assert list(found) == [("missing_here", number), ("missing_there", other.attempts.get().end_to_end)]


def test_the_statement_of_the_bank_agrees_row_by_row(tmp_path: Path) -> None:
    story = sent()
    number = story.payout("m1").attempts.get().end_to_end
    states(story, "executed", 9000, "B-1")
    states(story, "returned", 1000, "B-2")
    states(story, "returned", 8000, "B-3")
    statement(story, tmp_path, f",90.00,{number}", f"10.00,,{number}", f"80.00,,{number}")
    assert not Difference.objects.filter(our_kind=5).exclude(their_minor=0).exists()
    found = (
        ReconciliationMatch.objects.filter(our_kind=5).order_by("our_minor").values_list("our_minor", "our_b")
    )
    assert list(found) == [(-9000, 1), (1000, -1), (8000, -1001)]
