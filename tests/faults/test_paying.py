"""Money leaves once: workers are killed between what they write down and what they call, and several pay at once."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.processes import Worker
from tests.settlement.payouts.story import TWO, ZONE, PayoutStory
from tests.settlement.story import text
from tests.tampering import broken
from zhanggui.config.wiring import wire
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.rails.bank_sandbox.bank import SandboxBank
from zhanggui.settlement.payouts.models import PayoutAttempt, PayoutBatch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story() -> PayoutStory:
    """Two payouts, approved; the files go where a process of its own puts them too."""
    folder = Path(settings.BANK_FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    story = PayoutStory(rail="iso20022")
    wire(folder, folder / "templates")
    story.month(TWO, "m1", "m2")
    story.receiver("m1")
    story.receiver("m2", "6217009999999999999")
    story.approve(story.batch())
    return story


def bank(story: PayoutStory) -> SandboxBank:
    return SandboxBank(Path(settings.BANK_FOLDER) / "bank-1", currency="CNY", opening_minor=10_000_00)


def files(place: str) -> list[str]:
    folder = Path(settings.BANK_FOLDER) / "bank-1" / place
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def paid_once(story: PayoutStory) -> None:
    """The bank takes what is there, pays, answers: each payment left our account exactly once."""
    ours = bank(story)
    ours.take_in(story.now)
    ours.book(story.now.date(), story.now)
    _, refused = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
    assert refused == []
    assert story.payouts() == text("m1 1 paid 95.00 -\nm2 1 paid 190.00 -")
    assert ours.balance_minor == 10_000_00 - 28500
    assert [one.status for one in ours.payments()] == ["booked", "booked"]
    assert "1002 - -285.00" in story.balances()
    assert broken() == set()


class TestKilled:
    def test_before_anything_was_committed_nothing_happened(self, story: PayoutStory) -> None:
        worker = Worker("record", 1)
        worker.hears("stalled")
        worker.kill()
        assert PayoutAttempt.objects.count() == 0 and files("out") == []
        assert PayoutBatch.objects.get().state == "approved"
        assert Worker("pay").ends()[-2:] == ["sent 2", "done"]
        paid_once(story)

    def test_between_the_record_and_the_call(self, story: PayoutStory) -> None:
        worker = Worker("pay", 1)
        worker.hears("stalled")
        worker.kill()
        assert files("out") == []
        assert set(PayoutAttempt.objects.values_list("state", flat=True)) == {"recorded"}
        assert story.station("m1") == "paying"
        assert broken() == set()
        # Nobody sends it again; whoever asks finds that the rail never got it, and hands over the very same message.
        assert Worker("pay").ends()[-2:] == ["sent 0", "done"]
        story.now += timedelta(minutes=20)
        assert story.ask() == 1
        assert len(files("out")) == 1
        assert PayoutAttempt.objects.count() == 2
        paid_once(story)

    def test_between_the_call_and_the_record(self, story: PayoutStory) -> None:
        worker = Worker("told", 1)
        worker.hears("stalled")
        worker.kill()
        assert len(files("out")) == 1
        assert set(PayoutAttempt.objects.values_list("state", flat=True)) == {"recorded"}
        story.ask()
        assert set(PayoutAttempt.objects.values_list("state", flat=True)) == {"submitted"}
        assert PayoutAttempt.objects.count() == 2
        paid_once(story)

    def test_in_the_middle_of_an_answer_all_of_it_is_read_again(self, story: PayoutStory) -> None:
        Worker("pay").ends()
        ours = bank(story)
        ours.take_in(story.now)
        ours.book(story.now.date(), story.now)
        worker = Worker("answer", 2)
        worker.hears("stalled")
        worker.kill()
        assert broken() == set()
        Worker("answer").ends()
        assert story.payouts() == text("m1 1 paid 95.00 -\nm2 1 paid 190.00 -")
        assert "1002 - -285.00" in story.balances()


class TestSeveralAtOnce:
    def test_two_workers_send_a_batch_once(self, story: PayoutStory) -> None:
        workers = [Worker("pay"), Worker("pay"), Worker("pay")]
        sent = [int(line.split()[1]) for one in workers for line in one.ends() if line.startswith("sent")]
        assert sorted(sent) == [0, 0, 2]
        assert len(files("out")) == 1
        paid_once(story)

    def test_two_workers_read_the_same_answers_once(self, story: PayoutStory) -> None:
        Worker("pay").ends()
        ours = bank(story)
        ours.take_in(story.now)
        ours.book(story.now.date(), story.now)
        for worker in [Worker("answer"), Worker("answer")]:
            worker.ends()
        assert story.payouts() == text("m1 1 paid 95.00 -\nm2 1 paid 190.00 -")
        assert "1002 - -285.00" in story.balances()

    def test_who_asks_while_another_still_sends_adds_no_message(self, story: PayoutStory) -> None:
        worker = Worker("pay", 1)
        worker.hears("stalled")
        story.ask()
        assert len(files("out")) == 1
        worker.kill()
        paid_once(story)
