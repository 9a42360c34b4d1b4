"""Two real workers on one queue: each job is done once, nothing is raised or billed twice, none is left behind."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.faults.market import ORDERS, records
from tests.faults.processes import ROOT, address
from tests.isolation.market import open_market
from tests.settlement.monitoring.watching import publish
from tests.settlement.payouts.story import PayoutStory
from tests.tampering import broken
from zhanggui.clockwork.jobs import periodic_jobs, run_now, stalled_jobs
from zhanggui.clockwork.models import JobFailure
from zhanggui.clockwork.rescue_stalled import rescue_stalled
from zhanggui.config.wiring import wire
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.monitoring.models import Alert, AlertEvent
from zhanggui.settlement.payouts.models import Payout, PayoutAttempt, PayoutBatch
from zhanggui.settlement.statements.models import Statement

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def worker(*arguments: str, **more: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-m", "zhanggui.config.command_line", "worker", *arguments], cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address(), "PYTHONPATH": path} | more,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def sql(query: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params or None)
        return list(cursor.fetchall()) if cursor.description else []


def test_two_workers_share_the_work_and_double_none_of_it() -> None:
    open_market()
    publish("slow", "ageing", what="statement", threshold=1)
    tasks = [
        "clockwork.bill_due",
        "clockwork.keep_ledger",
        "clockwork.sweep_invariants",
        "clockwork.watch_money",
    ]
    known = {one.task for one in periodic_jobs(at=datetime.now(UTC))}
    assert set(tasks) <= known
    for task in tasks:
        run_now(task=task, at=datetime.now(UTC), actor="tests")
    # The rules are evaluated by both at once, too: a second job of the same task, without its queueing lock.
    for _ in range(3):
        sql("insert into procrastinate_jobs (queue_name, task_name, args) values"
            " ('clockwork', 'clockwork.watch_money', '{\"timestamp\": 0}')")  # fmt: skip
    both = [worker("--once", "--concurrency=2") for _ in range(2)]
    for one in both:
        _, errors = one.communicate(timeout=240)
        assert one.returncode == 0, errors.decode()
    left = sql("select task_name, status::text from procrastinate_jobs where status in ('todo', 'doing', 'failed')"
               " and task_name = any(%s)", tasks)  # fmt: skip
    assert [row for row in left if row[1] != "todo"] == []
    starts = sql(
        "select job_id, count(*) from procrastinate_events where type = 'started' group by 1 having count(*) > 1"
    )
    assert starts == []
    assert JobFailure.objects.count() == 0
    # Between half past four and a quarter to five at night the workers also look at security, with rules of their own.
    raised = AlertEvent.objects.filter(alert__rule_code="slow", act="raised")
    assert Alert.objects.filter(rule_code="slow").count() == 3 == raised.count()


def queue(times: int, *tasks: str) -> None:
    """Put jobs in past the queueing lock, so that two workers meet in the same task."""
    for _ in range(times):
        for task in tasks:
            sql("insert into procrastinate_jobs (queue_name, task_name, args) values"
                " ('clockwork', %s, '{\"timestamp\": 0}')", task)  # fmt: skip


def both_work(**environment: str) -> None:
    both = [worker("--once", "--concurrency=2", **environment) for _ in range(2)]
    for one in both:
        _, errors = one.communicate(timeout=240)
        assert one.returncode == 0, errors.decode()
    assert JobFailure.objects.count() == 0 and broken() == set()


def test_two_workers_bill_close_confirm_and_pay_each_thing_once(tmp_path: Any) -> None:
    """Half a year of orders that nobody billed: the jobs of the clock meet in every step of it."""
    folder = tmp_path / "bank"
    wire(folder, folder / "templates")
    story = PayoutStory(rail="iso20022", merchants="m1 m2 m3")
    story.now = datetime.now(UTC) - timedelta(
        days=3
    )  # the jobs read the clock, and receivers cool down by it
    for party in ("m1", "m2", "m3"):
        story.receiver(party)
    story.receive(*records())
    there = {"ZHANGGUI_BANK_FOLDER": str(folder), "ZHANGGUI_BILL_FOLDER": str(tmp_path / "bills")}

    queue(3, "clockwork.bill_due", "clockwork.keep_ledger")
    both_work(**there)
    assert BilledLine.objects.count() == 2 * ORDERS + ORDERS // 4
    assert sql("select count(*) from (select 1 from ledger_entry group by book_id, source, key_a, key_b"
               " having count(*) > 1) twice") == [(0,)]  # fmt: skip

    queue(3, "clockwork.close_periods")
    both_work(**there)
    closed = Statement.objects.exclude(state="open")
    assert closed.count() >= 3 * 5 and not closed.filter(closed_at=None).exists()

    queue(3, "clockwork.confirm_by_silence", "clockwork.draft_invoices")
    both_work(**there)
    assert not Statement.objects.filter(state="confirming").exists()

    queue(3, "clockwork.propose_payouts", "clockwork.keep_ledger")
    both_work(**there)
    asked = Payout.objects.exclude(state="voided")
    assert asked.count() == len(set(asked.values_list("statement_id", flat=True))) >= 3 * 5
    story.now = datetime.now(UTC)
    for batch in PayoutBatch.objects.order_by("id"):
        story.approve(batch)

    queue(3, "clockwork.run_payouts", "clockwork.sweep_invariants")
    both_work(**there)
    attempts = PayoutAttempt.objects.all()
    assert attempts.count() == asked.count() > 0
    sent = sorted(path.name for path in (folder / "bank-1" / "out").iterdir())
    assert len(sent) == PayoutBatch.objects.count()
    starts = sql("select count(*) from (select 1 from procrastinate_events where type = 'started'"
                 " group by job_id having count(*) > 1) twice")  # fmt: skip
    assert starts == [(0,)]


def test_every_job_of_the_clock_runs_in_two_workers_at_once_and_changes_nothing_that_is_done(
    tmp_path: Any,
) -> None:
    open_market()
    known = sorted(
        one.task for one in periodic_jobs(at=datetime.now(UTC)) if one.task.startswith("clockwork.")
    )
    # These write the whole database to a file, and read it back from there.
    tasks = [task for task in known if task not in ("clockwork.back_up", "clockwork.test_backup")]
    assert len(tasks) >= 15
    queue(2, *tasks)
    folders = {
        "ZHANGGUI_BANK_FOLDER": str(tmp_path / "bank"),
        "ZHANGGUI_BILL_FOLDER": str(tmp_path / "bills"),
    }
    both = [worker("--once", "--concurrency=2", **folders) for _ in range(2)]
    for one in both:
        _, errors = one.communicate(timeout=240)
        assert one.returncode == 0, errors.decode()
    ended = sql("select task_name, bool_and(status::text = 'succeeded'), count(*) from procrastinate_jobs"
                " where task_name = any(%s) and status <> 'todo' group by 1", tasks)  # fmt: skip
    assert {name for name, well, times in ended if well and times >= 2} == set(tasks)
    assert JobFailure.objects.count() == 0


def test_a_killed_workers_job_is_seen_and_done_by_another() -> None:
    sql("insert into procrastinate_jobs (queue_name, task_name, args) values"
        " ('clockwork', 'clockwork.keep_ledger', '{\"timestamp\": 0}')")  # fmt: skip
    with (
        connection.cursor() as cursor
    ):  # holds what sealing needs, so that the worker is killed inside the job
        cursor.execute("begin")
        cursor.execute("lock table ledger_seal in access exclusive mode")
        one = worker()
        for _ in range(600):
            if sql(
                "select 1 from procrastinate_jobs where status = 'doing' and task_name = 'clockwork.keep_ledger'"
            ):
                break
            time.sleep(0.1)
        os.kill(one.pid, signal.SIGKILL)
        one.communicate()
        cursor.execute("commit")
    sql("update procrastinate_workers set last_heartbeat = now() - interval '10 minutes'")
    assert "clockwork.keep_ledger" in [row["task_name"] for row in stalled_jobs()]
    assert rescue_stalled(at=datetime.now(UTC)).again >= 1
    another = worker("--once")
    _, errors = another.communicate(timeout=240)
    assert another.returncode == 0, errors.decode()
    assert sql("select status::text from procrastinate_jobs where task_name = 'clockwork.keep_ledger'"
               " order by id limit 1") == [("succeeded",)]  # fmt: skip
