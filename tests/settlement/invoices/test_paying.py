"""Goods that a merchant invoices are paid once that invoice is verified, unless the entity pays first."""

import pytest

from tests.settlement.invoices.telling import a_month, invoicing, policy, send, the_invoice, verify
from tests.settlement.payouts.story import PayoutStory
from tests.settlement.story import text
from zhanggui.journeys.input_invoice_received import input_invoice_rejected
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.settlement.invoices.paying import waiting_for_invoices
from zhanggui.settlement.payouts.errors import PayoutNotRetryable
from zhanggui.settlement.payouts.rail import Outcome

pytestmark = pytest.mark.django_db
JANUARY = "2026-01-01"
WHOLE = "13% 88.50 11.50"


def mall(mode: str = "input", *, drafted: bool = True) -> PayoutStory:
    """January confirmed for m1, who can be paid; its invoice expected unless nobody drafted."""
    story = invoicing(mode=mode, kind=PayoutStory)
    story.orders("""
        order merchant goods  day
        A1    m1       100.00 2026-01-05
    """)
    if drafted:
        a_month(story)
    else:
        story.bill("2026-01-31")
        story.close("2026-01-31")
        story.confirm("m1", JANUARY)
    story.receiver("m1")
    return story


def held_up(story: PayoutStory) -> list[str]:
    """What is in the way, after a try to propose everything that is due."""
    return [due.obstacle for due in story.propose().held_up]


class TestCheckedBeforePaying:
    def test_until_it_is_verified_nothing_is_proposed(self) -> None:
        story = mall()
        assert held_up(story) == ["invoice_awaited"]
        row = send(story, the_invoice(story, "m1", direction=2), "88880001", WHOLE)
        assert held_up(story) == ["invoice_unverified"]
        assert story.payouts() == ""
        verify(story, row)
        assert held_up(story) == []
        assert story.payouts() == text("m1 1 proposed 94.10 -")

    def test_nobody_asked_for_it_yet(self) -> None:
        story = mall(drafted=False)
        assert held_up(story) == ["invoice_not_asked"]
        invoices_due(clock=story.clock, actor="story")
        assert held_up(story) == ["invoice_awaited"]

    def test_a_part_of_it_is_not_enough(self) -> None:
        story = mall()
        verify(story, send(story, the_invoice(story, "m1", direction=2), "88880001", "13% 50.00 6.50"))
        assert held_up(story) == ["invoice_awaited"]

    def test_a_rejected_document_is_none(self) -> None:
        story = mall()
        row = send(story, the_invoice(story, "m1", direction=2), "88880001", WHOLE)
        input_invoice_rejected(
            party_id=row.party_id, received_id=row.id, reason="blurred", at=story.clock(), checker="anna"
        )
        assert held_up(story) == ["invoice_awaited"]

    def test_what_waits_for_an_approval_is_not_verified(self) -> None:
        policy(verify_above_minor=9_999)
        story = mall()
        verify(story, send(story, the_invoice(story, "m1", direction=2), "88880001", WHOLE))
        assert held_up(story) == ["invoice_unverified"]

    def test_another_obstacle_is_named_first(self) -> None:
        story = mall()
        story.receiver("m1", "6217001234567890999", verified=False)
        assert held_up(story) == ["invoice_awaited"]
        story.own.active = False
        story.own.save(update_fields=["active"])
        assert held_up(story) == ["no_own_account"]

    def test_what_failed_is_not_paid_again_after_the_setting_became_stricter(self) -> None:
        policy(input_check="after_payment")
        story = mall()
        story.sent_batch()
        payout = story.payout("m1")
        story.answers(story.says(payout, Outcome.REJECTED, reason_code="AC04"))
        policy(input_check="before_payment")
        with pytest.raises(PayoutNotRetryable, match="not verified"):
            story.retry(payout.number)
        verify(story, send(story, the_invoice(story, "m1", direction=2), "88880001", WHOLE))
        assert len(story.retry(payout.number)) == 1


class TestPaidFirst:
    def test_where_the_entity_checks_after_paying(self) -> None:
        policy(input_check="after_payment")
        story = mall()
        assert held_up(story) == []
        assert story.payouts() == text("m1 1 proposed 94.10 -")

    @pytest.mark.parametrize("mode", ["output", "none"])
    def test_in_the_other_modes_nothing_is_waited_for(self, mode: str) -> None:
        story = mall(mode)
        assert held_up(story) == []
        assert len(story.payouts().splitlines()) == 1

    def test_where_the_statement_itself_has_nothing_to_invoice(self) -> None:
        """The goods of January came back in February, and a charge that bears no invoice pays m1."""
        story = mall(drafted=False)
        story.refunds("""
            refund order goods  day
            R1     A1    100.00 2026-02-05
        """)
        story.charges("""
            charge party fee                       amount day
            C1     m1    payment_promotion_subsidy 200.00 2026-02-06
        """)
        a_month(story, through="2026-02-28")
        february = story.statement("m1", "2026-02-01")
        assert february.payable_minor > 0
        january = story.statement("m1", JANUARY)
        keys = [(row.party_id, row.id) for row in (january, february)]
        assert waiting_for_invoices(keys) == {keys[0]: "invoice_awaited"}
