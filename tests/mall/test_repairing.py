"""Abnormal refunds are sent to another account: by two people, once, and believed when the channel says so."""

from typing import Any

import pytest

from tests.mall.shopping import ZONE, Mall
from zhanggui.approvals.errors import ApprovalError
from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.clockwork.mind_payments import send_repairs
from zhanggui.journeys.approval_decided import approval_decided, approval_withdrawn
from zhanggui.journeys.order_called_off import order_called_off
from zhanggui.journeys.refund_answered import refund_answered
from zhanggui.journeys.refund_repaired import refund_repair_proposed, repair_sent
from zhanggui.journeys.refund_resolved import refund_paid_otherwise
from zhanggui.money.errors import Refusal
from zhanggui.payments.channel import RefundState as Said
from zhanggui.payments.errors import RepairNotInState, RepairNotOffered, RepairUnderWay
from zhanggui.payments.models import Refund, RefundRepair
from zhanggui.payments.operations.propose_repair import RepairGiven

CARD = RepairGiven("card", "icbc_debit", "6222 0200 0000 0000 001", "张三")
OURS = RepairGiven("ours")


@pytest.fixture
def refund(mall: Mall) -> Refund:
    """A refund whose card is gone."""
    (order,) = mall.buy(("TEA-2", 1))
    order_called_off(order_no=order.order_no, reason="late", at=mall.clock(), actor="buyer:1")
    mall.channel.refund_state = Said.ABNORMAL
    mall.send_refunds()
    return Refund.objects.get()


def proposed(mall: Mall, refund: Refund, given: RepairGiven = CARD, actor: str = "mia") -> RefundRepair:
    return refund_repair_proposed(refund_no=refund.refund_no, given=given, at=mall.clock(), actor=actor)


def decide(mall: Mall, repair: RefundRepair, *, approve: bool = True, checker: str = "ken") -> None:
    approval_decided(
        approval_id=repair.approval_id, approve=approve, checker=checker, roles={"platform_controller"},
        proof=Proof(retyped_minor=repair.refund.amount_minor), at=mall.clock(), zone=ZONE, reason="no",
    )  # fmt: skip


def states(refund: Refund) -> tuple[Any, ...]:
    refund.refresh_from_db()
    return refund.state, *refund.repairs.order_by("id").values_list("state", flat=True)


class TestWhoSendsIt:
    def test_a_second_person_approves_and_then_it_is_sent_once(self, mall: Mall, refund: Refund) -> None:
        row = proposed(mall, refund)
        assert proposed(mall, refund) == row, "the same person asking again is no second repair"
        assert (row.bank, row.card_masked, row.holder_masked) == ("ICBC_DEBIT", "****0001", "**三")
        assert "6222" not in str(Approval.objects.get().payload)
        assert send_repairs(clock=mall.clock).done == 0
        with pytest.raises(ApprovalError):
            decide(mall, row, checker="mia")
        decide(mall, row)
        assert states(refund) == ("abnormal", "approved")
        assert send_repairs(clock=mall.clock).done == 1
        assert states(refund) == ("processing", "taken")
        [asked] = mall.channel.repairs
        assert (asked.card, asked.holder, asked.number) == ("6222020000000000001", "张三", refund.refund_no)
        mall.channel.settle_refund(refund.refund_no, Said.SUCCEEDED)
        mall.clock.later(minutes=2)
        mall.send_refunds()
        assert states(refund) == ("succeeded", "taken")

    def test_what_is_wrong_is_refused(self, mall: Mall, refund: Refund) -> None:
        for given, code in (
            (RepairGiven("card", "工商银行", "6222020000000000001", "张三"), "repair_incomplete"),
            (RepairGiven("card", "ICBC_DEBIT", "62220200x", "张三"), "repair_incomplete"),
            (RepairGiven("card", "ICBC_DEBIT", "6222020000000000001", " "), "repair_incomplete"),
            (RepairGiven("ours", card="6222020000000000001"), "repair_incomplete"),
            (RepairGiven("somewhere"), "repair_incomplete"),
        ):
            with pytest.raises(Refusal) as refused:
                proposed(mall, refund, given)
            assert refused.value.code == code
        row = proposed(mall, refund)
        for other in ((OURS, "mia"), (CARD, "tom")):
            with pytest.raises(RepairUnderWay):
                proposed(mall, refund, *other)
        with pytest.raises(RepairUnderWay):
            refund_paid_otherwise(refund_no=refund.refund_no, evidence="B", at=mall.clock(), actor="mia")
        approval_withdrawn(approval_id=row.approval_id, maker="mia", at=mall.clock(), zone=ZONE)
        decide(mall, proposed(mall, refund, OURS), approve=False)
        assert states(refund) == ("abnormal", "dropped", "dropped")

    def test_a_refund_that_went_on_by_itself_needs_none(self, mall: Mall, refund: Refund) -> None:
        row = proposed(mall, refund)
        outcome = mall.channel.settle_refund(refund.refund_no, Said.SUCCEEDED)
        refund_answered(refund=refund, outcome=outcome, at=mall.clock())
        assert states(refund) == ("succeeded", "dropped")
        with pytest.raises(RepairNotInState):
            decide(mall, row)
        approval_withdrawn(approval_id=row.approval_id, maker="mia", at=mall.clock(), zone=ZONE)


class TestWhatTheChannelSays:
    @pytest.mark.parametrize("heard_by_notice", [True, False])
    def test_a_lost_answer_is_asked_for_and_nothing_is_sent_twice(
        self, mall: Mall, refund: Refund, heard_by_notice: bool
    ) -> None:
        decide(mall, proposed(mall, refund))
        mall.channel.deaf = True
        send_repairs(clock=mall.clock)
        assert states(refund) == ("abnormal", "approved")
        assert send_repairs(clock=mall.clock).done == 0, "not twice within a minute"
        mall.channel.deaf = False
        outcome = mall.channel.settle_refund(refund.refund_no, Said.SUCCEEDED)
        if heard_by_notice:
            refund_answered(refund=refund, outcome=outcome, at=mall.clock())
        mall.clock.later(minutes=2)
        send_repairs(clock=mall.clock)
        assert states(refund) == ("succeeded", "taken")
        assert len(mall.channel.repairs) == 1

    def test_a_request_that_never_arrived_is_sent_again(self, mall: Mall, refund: Refund) -> None:
        decide(mall, proposed(mall, refund))
        mall.channel.silent = True
        send_repairs(clock=mall.clock)
        mall.channel.silent = False
        mall.clock.later(minutes=2)
        send_repairs(clock=mall.clock)
        assert states(refund) == ("processing", "taken")

    def test_two_who_send_at_once_send_one(self, mall: Mall, refund: Refund) -> None:
        decide(mall, proposed(mall, refund))
        first, second = (RefundRepair.objects.select_related("refund__charge__channel").get() for _ in "12")
        assert repair_sent(repair=first, clock=mall.clock).state == "taken"
        assert repair_sent(repair=second, clock=mall.clock).state == "taken"
        assert states(refund) == ("processing", "taken")

    def test_a_refusal_is_final_and_another_account_may_be_named(self, mall: Mall, refund: Refund) -> None:
        decide(mall, proposed(mall, refund))
        mall.channel.refuses_repairs = "BANK_NOT_SUPPORTED"
        send_repairs(clock=mall.clock)
        assert states(refund) == ("abnormal", "refused")
        mall.channel.refuses_repairs = ""
        decide(mall, proposed(mall, refund, RepairGiven("card", "CMB_DEBIT", "6225880000000001", "张三")))
        send_repairs(clock=mall.clock)
        mall.channel.settle_refund(refund.refund_no, Said.ABNORMAL)  # that card is gone as well
        mall.clock.later(minutes=2)
        mall.send_refunds()
        assert states(refund) == ("abnormal", "refused", "taken")

    @pytest.mark.parametrize("answer_lost", [True, False])
    def test_money_that_comes_to_us_is_not_with_the_buyer(
        self, mall: Mall, refund: Refund, answer_lost: bool
    ) -> None:
        decide(mall, proposed(mall, refund, OURS))
        mall.channel.deaf = answer_lost
        send_repairs(clock=mall.clock)
        mall.channel.deaf = False
        outcome = mall.channel.settle_refund(refund.refund_no, Said.SUCCEEDED)
        refund_answered(refund=refund, outcome=outcome, at=mall.clock())
        mall.clock.later(minutes=2)
        send_repairs(clock=mall.clock)
        assert states(refund) == ("abnormal", "taken")
        with pytest.raises(RepairNotOffered):
            proposed(mall, refund)
        refund_paid_otherwise(refund_no=refund.refund_no, evidence="ICBC-1", at=mall.clock(), actor="mia")
        assert states(refund) == ("succeeded", "taken")
