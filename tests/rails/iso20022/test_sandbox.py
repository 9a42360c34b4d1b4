"""The whole way through our own bank in a folder: accepted, rejected, booked, sent back, twice, lost."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.settlement.payouts.story import TWO, ZONE, PayoutStory
from tests.settlement.story import text
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.rails.bank_folder.folder import BankFolder, HandingInterrupted
from zhanggui.rails.bank_sandbox.bank import Faults, SandboxBank
from zhanggui.settlement.payouts.models import PayoutAttempt, PayoutFile
from zhanggui.settlement.payouts.rail import NotTaken, Outcome, Written

M1, M2 = "6217001234567890123", "6217009999999999999"


def story_and_bank(folder: Path, **faults: object) -> tuple[PayoutStory, SandboxBank]:
    story = PayoutStory(folder=folder, rail="iso20022")
    story.month(TWO, "m1", "m2")
    story.receiver("m1", M1)
    story.receiver("m2", M2)
    bank = SandboxBank(folder / "bank-1", currency="CNY", opening_minor=10_000_00, faults=Faults(**faults))  # type: ignore[arg-type]
    return story, bank


def read(story: PayoutStory) -> None:
    _, refused = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
    assert refused == []


@pytest.mark.django_db
class TestTheBank:
    def test_pays_and_its_balance_is_ours(self, tmp_path: Path) -> None:
        story, bank = story_and_bank(tmp_path, twice=True)
        story.sent_batch()
        assert bank.take_in(story.now) == 2
        read(story)
        assert set(PayoutAttempt.objects.values_list("state", flat=True)) == {"accepted"}
        assert bank.book(story.now.date(), story.now) == 2
        read(story)
        assert story.payouts() == text("m1 1 paid 95.00 -\nm2 1 paid 190.00 -")
        assert f"1002 - {(bank.balance_minor - 10_000_00) / 100:.2f}" in story.balances()

    def test_rejects_one_and_sends_the_other_back_later(self, tmp_path: Path) -> None:
        story, bank = story_and_bank(tmp_path, rejects={"0123": "AC04"})
        story.sent_batch()
        bank.take_in(story.now)
        bank.book(story.now.date(), story.now)
        read(story)
        assert story.payouts() == text("m1 1 failed 95.00 AC04\nm2 1 paid 190.00 -")
        story.now += timedelta(days=4)
        number = PayoutAttempt.objects.get(state="executed").end_to_end
        bank.send_back(number, reason="AC01", on=story.now.date(), at=story.now)
        read(story)
        assert story.payouts().splitlines()[1] == "m2 1 returned 190.00 AC01"
        assert bank.balance_minor == 10_000_00

    def test_a_silent_bank_leaves_the_money_on_its_way(self, tmp_path: Path) -> None:
        story, bank = story_and_bank(tmp_path, silent=["0123"])
        story.sent_batch()
        bank.take_in(story.now)
        bank.book(story.now.date(), story.now)
        read(story)
        assert story.payouts() == text("m1 1 sent 95.00 -\nm2 1 paid 190.00 -")
        story.ask()
        assert PayoutFile.objects.filter(direction="out").count() == 1

    def test_lost_answers_come_with_the_statement_asked_for_again(self, tmp_path: Path) -> None:
        story, bank = story_and_bank(tmp_path, lost=True)
        story.sent_batch()
        bank.take_in(story.now)
        bank.book(story.now.date(), story.now)
        read(story)
        assert story.payouts().splitlines()[0] == "m1 1 sent 95.00 -"

    def test_a_message_carried_twice_is_booked_once(self, tmp_path: Path) -> None:
        story, bank = story_and_bank(tmp_path)
        story.sent_batch()
        [path] = (tmp_path / "bank-1" / "out").iterdir()
        content = path.read_bytes()
        bank.take_in(story.now)
        path.write_bytes(content)
        assert bank.take_in(story.now) == 0
        bank.book(story.now.date(), story.now)
        read(story)
        assert story.payouts() == text("m1 1 paid 95.00 -\nm2 1 paid 190.00 -")

    def test_an_unreadable_file_stays_and_does_not_stop_the_others(self, tmp_path: Path) -> None:
        story, bank = story_and_bank(tmp_path)
        story.sent_batch()
        bank.take_in(story.now)
        (tmp_path / "bank-1" / "in" / "000000-junk.xml").write_bytes(b"<junk/>")
        done, refused = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
        assert (len(done), [name for name, _ in refused]) == (1, ["000000-junk.xml"])
        assert (tmp_path / "bank-1" / "in" / "000000-junk.xml").exists()


class TestTheFolder:
    def written(self, content: bytes = b"a") -> Written:
        return Written("PB1.xml", "pain.001.001.09", content)

    def test_the_same_file_twice_is_one_even_after_the_bank_took_it(self, tmp_path: Path) -> None:
        folder = BankFolder(tmp_path)
        folder.put_out("bank-1", self.written())
        (tmp_path / "bank-1" / "out" / "PB1.xml").unlink()
        folder.put_out("bank-1", self.written())
        assert list((tmp_path / "bank-1" / "out").iterdir()) == []
        assert folder.whereabouts("bank-1", "PB1.xml", ["x"])[0].outcome == Outcome.SUBMITTED

    def test_never_the_same_name_with_other_content(self, tmp_path: Path) -> None:
        folder = BankFolder(tmp_path)
        folder.put_out("bank-1", self.written())
        with pytest.raises(NotTaken):
            folder.put_out("bank-1", self.written(b"b"))

    def test_killed_between_writing_and_handing_over_nobody_knows(self, tmp_path: Path) -> None:
        folder = BankFolder(tmp_path)
        assert folder.whereabouts("bank-1", "PB1.xml", ["x"])[0].outcome == Outcome.NOT_KNOWN
        (tmp_path / "bank-1" / "handed" / ".PB1.xml.intent").write_bytes(b"a")
        assert folder.whereabouts("bank-1", "PB1.xml", ["x"])[0].outcome == Outcome.UNKNOWN
        with pytest.raises(HandingInterrupted):
            folder.put_out("bank-1", self.written())

    def test_no_name_leaves_the_folder(self, tmp_path: Path) -> None:
        with pytest.raises(NotTaken):
            BankFolder(tmp_path).put_out("bank-1", Written("../x", "k", b""))
