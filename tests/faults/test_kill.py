"""Processes are killed (kill -9) in the middle of a transaction, then the work is taken up again: exactly once."""

import time

import pytest

from tests.faults.market import ORDERS, records
from tests.faults.processes import Worker
from tests.settlement.story import Story
from tests.tampering import broken
from zhanggui.settlement.billing.models import BillingRun
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.intake.models import ImportRun, StagedOrder, StagedRefund
from zhanggui.settlement.statements.models import Statement

pytestmark = pytest.mark.django_db(transaction=True)

#: What an undisturbed run comes to.
LINES = 2 * ORDERS + ORDERS // 4


def mall(*, filled: bool = True, billed: bool = False) -> Story:
    story = Story(merchants="m1 m2 m3")
    if filled:
        story.receive(*records())
    if billed:
        story.bill()
    return story


def waits_for_a_lock() -> bool:
    """Whether within a minute some connection waits for what another holds."""
    for _ in range(600):
        if rows_of("select 1 from pg_locks where not granted", []):
            return True
        time.sleep(0.1)
    return False


class TestBilling:
    def test_killed_in_the_middle_is_taken_up_where_it_was(self) -> None:
        story = mall()
        worker = Worker("bill", 4)
        worker.hears("stalled")
        worker.kill()
        assert broken() == set()
        done = BilledLine.objects.count()
        assert 0 < done < LINES
        assert story.bill().lines == LINES - done
        assert BilledLine.objects.count() == LINES
        assert story.bill().lines == 0

    def test_taken_over_while_the_first_still_hangs(self) -> None:
        """The second bills all that is free, waits for the chunk that the first holds, and bills it when the
        first is dead. No statement is missing here, so the chunk is all it can wait for."""
        story = mall(billed=True)
        story.receive(*records("B"))
        first = Worker("bill", 1)
        first.hears("stalled")
        second = Worker("bill")
        second.hears("ready")
        assert waits_for_a_lock(), "the second did not wait for what the first holds"
        first.kill()
        assert f"billed {LINES}" in second.ends()
        assert BilledLine.objects.count() == 2 * LINES
        assert BillingRun.objects.filter(kind="sale").count() == 2, "the chunk was planned twice"


class TestImporting:
    def test_killed_in_the_middle_goes_on_after_its_last_chunk(self) -> None:
        story = mall(filled=False)
        worker = Worker("import", 3)
        worker.hears("stalled")
        worker.kill()
        assert broken() == set()
        run = ImportRun.objects.get()
        assert (run.state, run.cursor) == ("running", 20)
        assert f"imported {ORDERS}" in Worker("import").ends()
        assert StagedOrder.objects.count() == ORDERS
        assert StagedRefund.objects.filter(state="accepted").count() == ORDERS // 4
        assert ImportRun.objects.get().state == "done"
        assert story.bill().lines == LINES


class TestClosing:
    def test_killed_in_the_middle_closes_the_rest_next_time(self) -> None:
        story = mall(billed=True)
        worker = Worker("close", 3)
        worker.hears("stalled")
        worker.kill()
        assert broken() == set()
        assert Statement.objects.exclude(state="open").count() == 6
        story.close("2026-06-30")
        assert not Statement.objects.filter(state="open", ends_before__lte="2026-07-01").exists()
        assert Statement.objects.filter(state="confirming").count() == 15
        assert story.replayed() == []


def test_confirming_killed_in_the_middle_confirms_the_rest_next_time() -> None:
    story = mall(billed=True)
    story.close("2026-06-30")
    worker = Worker("confirm", 3)
    worker.hears("stalled")
    worker.kill()
    assert broken() == set()
    assert Statement.objects.filter(state="confirmed").count() == 2
    assert "confirmed 13" in Worker("confirm").ends()
    assert "2202.02 m1" not in story.balances()
