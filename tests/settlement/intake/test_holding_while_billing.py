"""An order is held while it is billed, or taken in: one goes first, and the other sees what it did."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tests.settlement.story import Story, noon
from zhanggui.journeys.order_held import order_held, order_released
from zhanggui.settlement.intake.errors import OrderBilled
from zhanggui.settlement.intake.models import HoldReason, OrderHold, StagedLine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ORDER = "order merchant goods day status\nA m1 100.00 2026-03-02 "


def hold(story: Story) -> OrderHold:
    return order_held(
        business_line=story.line, order_no="A", hold_no="H1", reason=HoldReason.RISK, at=noon("2026-03-03"),
        actor="risk control",
    )  # fmt: skip


def meanwhile(act: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Start an act on a connection of its own and wait until it waits for a lock."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(act())
        except Exception as problem:
            answers.append(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    ends = time.monotonic() + 60
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "select count(*) from pg_locks where locktype = 'advisory' and not granted"
                " and database = (select oid from pg_database where datname = current_database())"
            )
            if cursor.fetchone()[0]:
                return thread, answers
            assert thread.is_alive() and time.monotonic() < ends, f"it did not wait: {answers}"
            time.sleep(0.01)


def test_a_hold_waits_for_billing_and_is_told_that_it_came_too_late() -> None:
    story = Story()
    story.orders(ORDER + "completed")
    with transaction.atomic():
        assert story.bill().lines == 1
        thread, answers = meanwhile(lambda: hold(story))
    thread.join(timeout=60)
    assert [type(one) for one in answers] == [OrderBilled]
    assert not OrderHold.objects.exists()


def test_billing_waits_for_a_hold_and_leaves_the_order_out() -> None:
    story = Story()
    story.orders(ORDER + "completed")
    with transaction.atomic():
        hold(story)
        thread, answers = meanwhile(story.bill)
    thread.join(timeout=60)
    assert [one.lines for one in answers] == [0]
    assert story.details() == ""


@pytest.mark.parametrize("before", ["created", "paid"])
def test_an_order_that_moves_on_while_it_is_released_is_billed(before: str) -> None:
    story = Story()
    story.orders(ORDER + before)
    hold(story)
    with transaction.atomic():
        order_released(business_line=story.line, hold_no="H1", at=noon("2026-03-05"), actor="risk control")
        thread, answers = meanwhile(lambda: story.orders(ORDER + "completed"))
    thread.join(timeout=60)
    assert [one.state for one in answers] == ["done"]
    assert [one.billable_at for one in StagedLine.objects.all()] == [noon("2026-03-05")]
    assert story.bill().lines == 1
