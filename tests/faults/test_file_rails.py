"""Banks that take a file by template: whoever hands it over is killed at each step, and the file goes out once."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.processes import Worker
from tests.settlement.payouts.story import TWO, ZONE, PayoutStory
from tests.settlement.story import text
from tests.tampering import broken
from zhanggui.config.wiring import wire
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.rails.bank_file.template import shipped
from zhanggui.settlement.payouts.models import Payout, PayoutAttempt

pytestmark = pytest.mark.django_db(transaction=True)
TEMPLATES = ("gbk-csv", "pipe-txt", "fixed-gbk")


def story_over(template: str) -> PayoutStory:
    """Two payouts, approved, over the rail of a template."""
    folder = Path(settings.BANK_FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    wire(folder, folder / "templates")
    story = PayoutStory(rail=f"file-{template}")
    story.month(TWO, "m1", "m2")
    story.receiver("m1", cnaps="102100099996")
    story.receiver("m2", "6217009999999999999", cnaps="102100099996")
    story.approve(story.batch())
    return story


def files(place: str) -> list[str]:
    folder = Path(settings.BANK_FOLDER) / "bank-1" / place
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def killed(act: str, at: int) -> None:
    worker = Worker(act, at)
    worker.hears("stalled")
    worker.kill()
    assert set(PayoutAttempt.objects.values_list("state", flat=True)) == {"recorded"}
    assert broken() == set()


def bank_answers(template: str, state: str = "executed") -> None:
    """The bank's result file comes in: every payment was carried out."""
    shape = shipped()[template]
    word = next(word for word, meant in shape.states.items() if meant == state)
    in_minor = "amount_minor" in shape.result
    rows = [
        [shape.result[name] for name in ("end_to_end", "amount_minor" if in_minor else "amount", "state")]
    ]
    for one in PayoutAttempt.objects.select_related("payout").order_by("id"):
        amount = one.payout.amount_minor
        rows.append([one.end_to_end, str(amount) if in_minor else f"{amount / 100:.2f}", word])
    out = io.StringIO()
    csv.writer(out, delimiter="\t" if shape.format == "fixed" else shape.delimiter).writerows(rows)
    folder = Path(settings.BANK_FOLDER) / "bank-1" / "in"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.txt").write_bytes(out.getvalue().encode(shape.encoding))


def paid_once(story: PayoutStory, template: str) -> None:
    bank_answers(template)
    _, refused = inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
    assert refused == []
    assert story.payouts() == text("m1 1 paid 95.00 -\nm2 1 paid 190.00 -")
    assert "1002 - -285.00" in story.balances()
    assert PayoutAttempt.objects.count() == 2 and broken() == set()


@pytest.mark.parametrize("template", TEMPLATES)
def test_killed_before_a_trace_of_it_is_on_the_disk_it_is_handed_over_once_more(template: str) -> None:
    story = story_over(template)
    killed("intend", 1)
    assert files("out") == []
    assert story.ask() == 1 and len(files("out")) == 1
    assert set(PayoutAttempt.objects.values_list("state", flat=True)) == {"submitted"}
    paid_once(story, template)


def test_killed_between_meaning_to_and_doing_nobody_sends_it_again() -> None:
    """The file may be with the bank: a worker never decides that, only a person who looks at the bank."""
    story = story_over("gbk-csv")
    killed("link", 1)
    for _ in range(2):
        assert Worker("pay").ends()[-2:] == ["sent 0", "done"]
        story.ask()
    assert files("out") == []
    assert set(Payout.objects.values_list("state", flat=True)) == {"sent"}
    assert broken() == set()


@pytest.mark.parametrize(
    ("at", "template"), [(1, "gbk-csv"), (1, "fixed-gbk"), (2, "gbk-csv"), (2, "pipe-txt")]
)
def test_killed_after_it_lies_there_it_counts_as_handed_over(at: int, template: str) -> None:
    story = story_over(template)
    killed("flush", at)
    assert len(files("out")) == 1
    story.ask()
    assert set(PayoutAttempt.objects.values_list("state", flat=True)) == {"submitted"}
    assert len(files("out")) == 1
    paid_once(story, template)


def test_killed_in_the_middle_of_a_result_all_of_it_is_read_again() -> None:
    story = story_over("pipe-txt")
    Worker("pay").ends()
    bank_answers("pipe-txt")
    worker = Worker("answer", 2)
    worker.hears("stalled")
    worker.kill()
    assert broken() == set() and files("in") == ["result.txt"]
    Worker("answer").ends()
    assert story.payouts() == text("m1 1 paid 95.00 -\nm2 1 paid 190.00 -")
    assert files("in") == [] and broken() == set()


def test_three_workers_hand_a_file_over_once() -> None:
    story = story_over("gbk-csv")
    workers = [Worker("pay") for _ in range(3)]
    sent = [int(line.split()[1]) for one in workers for line in one.ends() if line.startswith("sent")]
    assert sorted(sent) == [0, 0, 2] and len(files("out")) == 1
    paid_once(story, "gbk-csv")
