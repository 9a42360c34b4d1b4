"""From a confirmed statement to paid: batches, approval, sending, answers, returns."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.settlement.payouts.story import TWO, PayoutStory, two_confirmed
from tests.settlement.story import text
from zhanggui.approvals.errors import MakerIsChecker
from zhanggui.settlement.payouts.errors import (
    BatchChanged,
    BatchNotApproved,
    PayoutNotRetryable,
    ReceiverIncomplete,
    ReceiverVerifiedByProposer,
    ReceiverWaits,
)
from zhanggui.settlement.payouts.models import (
    Payout,
    PayoutAnswer,
    PayoutAttempt,
    PayoutEvent,
    Receiver,
    ReceiverKind,
)  # fmt: skip
from zhanggui.settlement.payouts.operations.close_receiver import close_receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.payouts.queries import due_statements
from zhanggui.settlement.payouts.rail import Answer, NotTaken, Outcome
from zhanggui.settlement.statements.models import StatementEvent

pytestmark = pytest.mark.django_db


class TestProposing:
    def test_what_is_due_goes_into_one_batch_of_the_account(self) -> None:
        story = two_confirmed()
        batch = story.batch()
        assert (batch.payout_count, batch.total_minor, batch.state) == (2, 28500, "proposed")
        assert story.payouts() == text("m1 1 proposed 95.00 -\nm2 1 proposed 190.00 -")
        assert story.station("m1") == "confirmed"
        assert story.propose().batches == []

    def test_names_what_is_in_the_way(self) -> None:
        story = PayoutStory(merchants="m1 m2 m3")
        story.month(TWO + "    A3 m3 50.00 2026-01-06", "m1", "m2", "m3")
        story.receiver("m1", verified=False)
        story.receiver("m2", cooled=False)
        proposal = story.propose()
        assert proposal.batches == []
        assert [due.obstacle for due in proposal.held_up] == [
            "receiver_waits",
            "receiver_cooling",
            "no_receiver",
        ]
        assert proposal.held_up[1].clears_at is not None

    def test_a_wallet_waits_for_a_rail_that_pays_wallets(self) -> None:
        story = two_confirmed()
        wallet = story.receiver("m1", "wx_openid_0001", kind=ReceiverKind.WALLET)
        proposal = story.propose()
        assert [(due.number, due.obstacle) for due in proposal.held_up] == [
            (story.statement("m1", "2026-01-01").number, "no_rail_for_wallet")
        ]
        assert story.payouts() == text("m2 1 proposed 190.00 -")
        story.rail.pays = frozenset({"bank", "wallet"})
        assert story.send(story.approve(story.batch())).sent == 1
        [message] = story.rail.written_messages
        assert [(one.to.kind, one.to.number) for one in message.instructions] == [
            ("wallet", "wx_openid_0001")
        ]
        assert story.payout("m1").receiver_id == wallet.id

    def test_no_rail_writes_a_wallet_as_an_account_number(self) -> None:
        story = two_confirmed()
        story.receiver("m1", "wx_openid_0001", kind=ReceiverKind.WALLET)
        story.rail.pays = frozenset({"bank", "wallet"})
        batch = story.approve(story.batch())
        story.rail.pays = frozenset({"bank"})
        done = story.send(batch)
        assert (done.sent, done.refused) == (1, 1)
        failed = story.payout("m1")
        assert (failed.state, failed.reason_code) == ("failed", "no_rail_for_wallet")
        assert "wx_openid" not in story.rail.got[0][1].decode()
        with pytest.raises(PayoutNotRetryable, match="is a wallet, which bank-1 does not pay"):
            story.retry(failed.number)

    def test_nothing_before_it_is_due(self) -> None:
        story = two_confirmed()
        due_on = story.statement("m1", "2026-01-01").due_on
        assert due_statements(today=due_on - timedelta(days=1), now=story.now) == []
        assert len(due_statements(today=due_on, now=story.now)) == 2

    def test_an_amount_above_the_limit_is_paid_in_parts(self) -> None:
        story = two_confirmed()
        story.rail.max_payment_minor = 8000
        batch = story.approve(story.batch())
        assert story.payouts() == text(
            "m1 1 approved 80.00 -\nm1 2 approved 15.00 -\nm2 1 approved 80.00 -\nm2 2 approved 80.00 -\n"
            "m2 3 approved 30.00 -"
        )
        story.send(batch)
        first, *rest = Payout.objects.filter(party_id=story.party("m2")).order_by("id")
        story.answers(*[story.says(one, Outcome.EXECUTED) for one in rest])
        assert story.station("m2") == "paying"
        story.answers(story.says(first, Outcome.EXECUTED))
        assert story.station("m2") == "paid"

    def test_a_part_cannot_be_alive_twice_whatever_the_code_says(self) -> None:
        story = two_confirmed()
        story.batch()
        row = story.payout("m1")
        row.pk, row.number = row.pk + 1000, "PO-again"
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


class TestApproving:
    def test_the_maker_is_not_the_checker(self) -> None:
        story = two_confirmed()
        batch = story.batch()
        with pytest.raises(MakerIsChecker):
            story.approve(batch, checker="cashier")
        batch.refresh_from_db()
        assert batch.state == "proposed"

    def test_steps_payouts_and_statements(self) -> None:
        story = two_confirmed()
        batch = story.approve(story.batch())
        assert (batch.state, batch.approved_by) == ("approved", "controller")
        assert story.station("m1") == "approved"

    def test_a_rejected_batch_frees_its_statements(self) -> None:
        story = two_confirmed()
        story.approve(story.batch(), approve=False)
        assert story.payouts() == text("m1 1 cancelled 95.00 -\nm2 1 cancelled 190.00 -")
        assert story.station("m1") == "confirmed"
        assert story.batch().payout_count == 2

    def test_only_an_approved_batch_is_sent(self) -> None:
        story = two_confirmed()
        batch = story.batch()
        with pytest.raises(BatchNotApproved):
            story.send(batch)
        assert story.rail.got == []


class TestSending:
    def test_writes_down_before_it_calls(self) -> None:
        story = two_confirmed()
        batch = story.approve(story.batch())
        sent = story.send(batch)
        assert (sent.outcome, sent.sent) == ("submitted", 2)
        assert story.station("m1") == "paying"
        assert "2202.04 m1 -95.00\n2202.04 m2 -190.00" in story.balances()
        assert [one.to.number for one in story.rail.written_messages[0].instructions] == [
            "6217001234567890123", "6217009999999999999",
        ]  # fmt: skip
        with pytest.raises(BatchNotApproved):
            story.send(batch)
        assert len(story.rail.got) == 1

    def test_what_was_certainly_not_taken_goes_again_under_other_numbers(self) -> None:
        story = two_confirmed()
        story.rail.fails, story.rail.keeps_when_failing = [NotTaken("closed for the night")], False
        batch = story.approve(story.batch())
        assert story.send(batch).outcome == "not_taken"
        assert story.station("m1") == "approved"
        assert "2202.04" not in story.balances()
        sent = story.send(batch)
        assert (sent.outcome, sent.message) == ("submitted", f"{batch.number}-2")
        assert [row.end_to_end[-2:] for row in PayoutAttempt.objects.order_by("id")] == [
            "-1",
            "-1",
            "-2",
            "-2",
        ]

    def test_a_time_out_is_asked_after_and_never_sent_again(self) -> None:
        story = two_confirmed()
        story.rail.fails = [TimeoutError("no answer in 30 s")]
        assert story.send(story.approve(story.batch())).outcome == "unknown"
        assert story.ask() == 1
        assert len(story.rail.got) == 1
        assert set(PayoutAttempt.objects.values_list("state", flat=True)) == {"submitted"}
        assert story.ask() == 0

    def test_what_never_arrived_is_handed_over_again_under_the_same_numbers(self) -> None:
        story = two_confirmed()
        story.rail.fails, story.rail.keeps_when_failing = [TimeoutError("no answer")], False
        batch = story.approve(story.batch())
        story.send(batch)
        story.ask()
        assert [number for number, _ in story.rail.got] == [batch.number]
        assert PayoutAttempt.objects.count() == 2
        assert set(PayoutAttempt.objects.values_list("state", flat=True)) == {"submitted"}

    def test_a_receiver_changed_since_the_approval_stops_the_payment(self) -> None:
        story = two_confirmed()
        batch = story.approve(story.batch())
        story.receiver("m1", "6217005555555555555")
        sent = story.send(batch)
        assert (sent.sent, sent.refused) == (1, 1)
        assert story.payouts() == text("m1 1 failed 95.00 receiver_changed\nm2 1 sent 190.00 -")
        assert story.station("m1") == "failed"
        assert b"5555555" not in story.rail.got[0][1] and b"6217001234567890123" not in story.rail.got[0][1]
        [again] = story.retry(story.payout("m1").number)
        story.send(story.approve(again))
        assert b"6217005555555555555" in story.rail.got[1][1]

    def test_a_closed_receiver_stops_the_payment(self) -> None:
        story = two_confirmed()
        batch = story.approve(story.batch())
        for row in Receiver.objects.all():
            close_receiver(receiver_id=row.id, at=story.clock(), actor="finance", reason="a fraud")
        assert story.send(batch).message == ""
        batch.refresh_from_db()
        assert (batch.state, story.rail.got) == ("done", [])

    @pytest.mark.breaks_invariants
    def test_a_number_changed_in_the_database_is_not_sent_to(self) -> None:
        story = two_confirmed()
        batch = story.approve(story.batch())
        one, other = Payout.objects.order_by("id")
        Payout.objects.filter(id=one.id).update(receiver_sealed=other.receiver_sealed)
        story.send(batch)
        one.refresh_from_db()
        assert (one.state, one.reason_code) == ("failed", "receiver_changed")

    @pytest.mark.breaks_invariants
    def test_a_batch_changed_since_the_approval_is_not_sent(self) -> None:
        from django.db import connection

        story = two_confirmed()
        batch = story.approve(story.batch())
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("alter table settlement_payout disable trigger payout_kept")
            cursor.execute("update settlement_payout set amount_minor = amount_minor + 1")
            cursor.execute("alter table settlement_payout enable trigger payout_kept")
        with pytest.raises(BatchChanged):
            story.send(batch)
        assert story.rail.got == []


class TestAnswers:
    def test_executed_is_paid(self) -> None:
        story = two_confirmed()
        batch = story.sent_batch()
        done = story.answers(
            *[story.says(story.payout(party), Outcome.EXECUTED, reference="B1") for party in ("m1", "m2")]
        )
        assert done.effects == {"applied": 2}
        assert story.payouts() == text("m1 1 paid 95.00 -\nm2 1 paid 190.00 -")
        assert (story.station("m1"), story.station("m2")) == ("paid", "paid")
        batch.refresh_from_db()
        assert batch.state == "done"
        assert story.entry(13, key_a=story.payout("m1").id) == text("1002 - -95.00\n2202.04 m1 95.00")
        steps = StatementEvent.objects.filter(party_id=story.party("m1")).order_by("id")
        assert [one.after for one in steps][-4:] == ["confirmed", "approved", "paying", "paid"]
        events = PayoutEvent.objects.filter(subject="payout", subject_id=story.payout("m1").id).order_by("id")
        assert [one.after for one in events] == ["proposed", "approved", "sent", "paid"]

    def test_the_same_file_twice_and_the_same_answer_twice_are_harmless(self) -> None:
        story = two_confirmed()
        story.sent_batch()
        said = story.says(story.payout("m1"), Outcome.EXECUTED)
        story.answers(said, content=b"one file")
        assert story.answers(said, content=b"one file").repeated
        assert story.answers(said).effects == {"repeated": 1}
        assert story.balances().count("1002 - -95.00") == 1

    def test_half_a_batch_rejected_then_retried(self) -> None:
        story = two_confirmed()
        story.sent_batch()
        failed = story.payout("m1")
        story.answers(
            story.says(failed, Outcome.REJECTED, reason_code="AC04", reason="account closed"),
            story.says(story.payout("m2"), Outcome.EXECUTED),
        )
        assert story.payouts() == text("m1 1 failed 95.00 AC04\nm2 1 paid 190.00 -")
        assert (story.station("m1"), story.station("m2")) == ("failed", "paid")
        assert story.propose().batches == []
        story.receiver("m1", "6217005555555555555")
        [again] = story.retry(failed.number)
        assert story.station("m1") == "failed"
        with pytest.raises(PayoutNotRetryable):
            story.retry(failed.number)
        story.send(story.approve(again))
        story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
        assert story.station("m1") == "paid"
        assert story.payout("m1").retry_of_id == failed.id

    def test_a_return_days_after_paid(self) -> None:
        story = two_confirmed()
        story.sent_batch()
        paid = story.payout("m1")
        story.answers(story.says(paid, Outcome.EXECUTED))
        story.now += timedelta(days=3)
        story.answers(story.says(paid, Outcome.RETURNED, reason_code="AC01", reason="no such account"))
        assert story.payouts().splitlines()[0] == "m1 1 returned 95.00 AC01"
        assert story.station("m1") == "failed"
        assert story.entry(15, key_a=paid.id) == text("1002 - 95.00\n2202.03 m1 -95.00")
        assert story.answers(story.says(paid, Outcome.RETURNED)).effects == {"repeated": 1}
        [again] = story.retry(paid.number)
        story.send(story.approve(again))
        story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
        assert (story.station("m1"), "1002 - -95.00" in story.balances()) == ("paid", True)

    def test_answers_out_of_order_come_to_the_same(self) -> None:
        story = two_confirmed()
        story.sent_batch()
        one, other = story.payout("m1"), story.payout("m2")
        assert story.answers(story.says(one, Outcome.RETURNED, reason_code="AC01")).effects == {"applied": 1}
        assert story.answers(story.says(one, Outcome.EXECUTED)).effects == {"repeated": 1}
        story.answers(story.says(other, Outcome.EXECUTED))
        assert story.answers(story.says(other, Outcome.ACCEPTED)).effects == {"repeated": 1}
        assert story.payouts() == text("m1 1 returned 95.00 AC01\nm2 1 paid 190.00 -")

    def test_what_contradicts_the_books_moves_nothing_and_is_kept(self) -> None:
        story = two_confirmed()
        story.sent_batch()
        one, other = story.payout("m1"), story.payout("m2")
        story.answers(story.says(one, Outcome.REJECTED), story.says(other, Outcome.EXECUTED))
        done = story.answers(
            story.says(one, Outcome.EXECUTED),
            story.says(one, Outcome.RETURNED),
            story.says(other, Outcome.REJECTED),
        )
        assert done.effects == {"contradicts": 3}
        assert story.payouts() == text("m1 1 failed 95.00 -\nm2 1 paid 190.00 -")

    def test_a_payment_never_sent_and_another_amount_move_nothing(self) -> None:
        story = two_confirmed()
        story.sent_batch()
        one = story.payout("m1")
        done = story.answers(
            Answer("PO-NEVER-1", Outcome.EXECUTED, 500, "CNY"),
            story.says(one, Outcome.EXECUTED, amount_minor=9499),
            story.says(one, Outcome.EXECUTED, currency="EUR"),
        )
        assert done.effects == {"amount_differs": 2, "never_sent": 1}
        assert story.payouts().splitlines()[0] == "m1 1 sent 95.00 -"
        assert PayoutAnswer.objects.filter(effect="never_sent").get().end_to_end == "PO-NEVER-1"

    def test_an_answer_about_the_whole_message_is_about_each_payment(self) -> None:
        story = two_confirmed()
        batch = story.sent_batch()
        done = story.answers(Answer("", Outcome.REJECTED, message=batch.number, reason_code="FF01"))
        assert done.effects == {"applied": 2}
        assert story.payouts() == text("m1 1 failed 95.00 FF01\nm2 1 failed 190.00 FF01")


class TestReceivers:
    def test_whoever_proposed_does_not_verify(self) -> None:
        story = PayoutStory()
        row = story.receiver("m1", verified=False)
        with pytest.raises(ReceiverVerifiedByProposer):
            verify_receiver(receiver_id=row.id, at=story.clock(), cool_down=timedelta(0), actor="m1")

    def test_one_waits_at_a_time_and_a_new_one_closes_the_old(self) -> None:
        story = PayoutStory()
        old = story.receiver("m1")
        story.receiver("m1", "6217005555555555555", verified=False)
        with pytest.raises(ReceiverWaits):
            story.receiver("m1", "6217006666666666666", verified=False)
        waiting = Receiver.objects.get(state="proposed")
        verify_receiver(
            receiver_id=waiting.id, at=story.clock(), cool_down=timedelta(hours=24), actor="finance"
        )
        old.refresh_from_db()
        assert old.state == "closed"

    @pytest.mark.parametrize(
        ("number", "details"),
        [("", {}), ("12", {}), ("DE00123456789012345678", {"iban": "yes"}), ("6217001", {"cnaps": "123"}),
         ("6217001", {"bic": "no"}), ("6217001", {"colour": "red"})],
    )  # fmt: skip
    def test_what_no_bank_would_take_is_refused(self, number: str, details: dict[str, str]) -> None:
        story = PayoutStory()
        with pytest.raises(ReceiverIncomplete):
            story.receiver("m1", number, **details)

    def test_numbers_are_not_in_the_clear(self) -> None:
        from django.db import connection

        story = two_confirmed()
        story.sent_batch()
        with connection.cursor() as cursor:
            for table in ("receiver", "payout", "payout_file", "payout_answer", "own_account"):
                cursor.execute(f"select coalesce(string_agg(t::text, ''), '') from settlement_{table} t")
                found = cursor.fetchone()[0]
                assert "6217001234567890123" not in found and "6222021234567890" not in found
            cursor.execute("select coalesce(string_agg(t::text, ''), '') from audit_record t")
            assert "6217001234567890123" not in cursor.fetchone()[0]
