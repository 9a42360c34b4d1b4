"""Two real workers on one queue: each job is done once, nothing is raised or billed twice, none is left behind."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from tests.faults.processes import ROOT, address
from tests.isolation.market import open_market
from tests.settlement.monitoring.watching import publish
from zhanggui.clockwork.jobs import periodic_jobs, run_now, stalled_jobs
from zhanggui.clockwork.models import JobFailure
from zhanggui.clockwork.rescue_stalled import rescue_stalled
from zhanggui.settlement.monitoring.models import Alert, AlertEvent

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
    assert Alert.objects.filter(rule_code="slow").count() == 3 == AlertEvent.objects.count()


def test_every_job_of_the_clock_runs_in_two_workers_at_once_and_changes_nothing_that_is_done(
    tmp_path: Any,
) -> None:
    open_market()
    known = sorted(
        one.task for one in periodic_jobs(at=datetime.now(UTC)) if one.task.startswith("clockwork.")
    )
    tasks = [task for task in known if task != "clockwork.back_up"]  # that one writes the database to a file
    assert len(tasks) >= 15
    for _ in range(2):  # each twice, past the queueing lock, so that two workers meet in it
        for task in tasks:
            sql("insert into procrastinate_jobs (queue_name, task_name, args) values"
                " ('clockwork', %s, '{\"timestamp\": 0}')", task)  # fmt: skip
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
