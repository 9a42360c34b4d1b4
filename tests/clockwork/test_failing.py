"""A job that fails says why, and is tried again later each time; one whose worker died is taken up again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicDeferrer

from zhanggui.audit.models import AuditRecord
from zhanggui.clockwork.errors import JobAlreadyQueued, UnknownJob
from zhanggui.clockwork.failing import (
    FIRST_WAIT,
    LONGEST_WAIT,
    MOST_TRIES,
    error_line,
    keep_failure,
    wait_after,
)
from zhanggui.clockwork.jobs import next_time, periodic_jobs, queue_counts, run_now, stalled_jobs
from zhanggui.clockwork.models import JobFailure
from zhanggui.clockwork.remove_old_jobs import remove_old_jobs
from zhanggui.clockwork.rescue_stalled import rescue_stalled
from zhanggui.money.errors import FloatRefused

NOW = datetime(2026, 6, 20, 2, tzinfo=UTC)
TASK = "clockwork.keep_ledger"


def sql(query: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params or None)
        return list(cursor.fetchall()) if cursor.description else []


def put_in() -> int:
    return run_now(task=TASK, at=NOW, actor="tests")


def job(number: int) -> Any:
    """As a worker has it: outside one, arguments are still text."""
    [found] = app.job_manager.list_jobs(id=number)
    kept = found.task_kwargs
    return found.evolve(task_kwargs=json.loads(kept) if isinstance(kept, str) else kept)


def start(number: int, worker_id: int | None = None) -> None:
    sql("update procrastinate_jobs set status = 'doing', worker_id = %s where id = %s", worker_id, number)


def fail(number: int, at: datetime = NOW, error: Exception | None = None) -> None:
    start(number)
    keep_failure(job(number), error or RuntimeError("the disk is full\nat row 7"), at=at)
    sql("update procrastinate_jobs set status = 'failed' where id = %s", number)


class TestWaiting:
    def test_doubles_up_to_an_hour_and_ends(self) -> None:
        waits = [wait_after(failures) for failures in range(1, MOST_TRIES + 2)]
        assert waits[0] == FIRST_WAIT and waits[1] == 2 * FIRST_WAIT and waits[2] == 4 * FIRST_WAIT
        assert max(wait for wait in waits if wait) <= LONGEST_WAIT and waits[MOST_TRIES - 1 :] == [None, None]

    def test_an_error_is_kept_as_one_line(self) -> None:
        assert error_line(ValueError("a\nb")) == "ValueError: a"
        assert error_line(KeyError()) == "KeyError"
        assert len(error_line(ValueError("x" * 9000))) == 500


@pytest.mark.django_db
class TestRetries:
    def test_keep_why_and_queue_the_next_try(self) -> None:
        number = put_in()
        fail(number)
        [failure] = JobFailure.objects.all()
        assert (failure.error, failure.in_a_row) == ("RuntimeError: the disk is full", 1)
        assert failure.next_try_at == NOW + FIRST_WAIT
        [(again, scheduled)] = sql("select id, scheduled_at from procrastinate_jobs where status = 'todo'")
        assert scheduled == NOW + FIRST_WAIT
        fail(again, NOW + FIRST_WAIT)
        assert JobFailure.objects.latest("id").next_try_at == NOW + FIRST_WAIT + 2 * FIRST_WAIT

    def test_end_after_a_few(self) -> None:
        number = put_in()
        for _ in range(MOST_TRIES):
            fail(number)
            [(number,)] = sql("select coalesce(max(id), 0) from procrastinate_jobs where status = 'todo'")
        assert number == 0 and JobFailure.objects.latest("id").next_try_at is None

    def test_begin_anew_after_a_success(self) -> None:
        fail(put_in(), NOW - timedelta(days=900))
        [(number,)] = sql("select id from procrastinate_jobs where status = 'todo'")
        start(number)
        sql("update procrastinate_jobs set status = 'succeeded' where id = %s", number)
        fail(put_in(), datetime.now(UTC) + timedelta(seconds=5))
        assert JobFailure.objects.latest("id").in_a_row == 1

    def test_leave_it_to_the_successor_that_waits(self) -> None:
        first = put_in()
        start(first)
        second = put_in()
        keep_failure(job(first), RuntimeError("no"), at=NOW)
        assert JobFailure.objects.get().next_try_at is None
        assert sql("select id from procrastinate_jobs where status = 'todo'") == [(second,)]

    def test_a_refusal_is_not_tried_again(self) -> None:
        fail(put_in(), error=FloatRefused("a float"))
        assert JobFailure.objects.get().next_try_at is None
        assert sql("select 1 from procrastinate_jobs where status = 'todo'") == []


@pytest.mark.django_db
class TestStalled:
    def dead_worker(self) -> int:
        return int(
            sql(
                "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id"
            )[0][0]
        )

    def test_jobs_of_dead_workers_are_put_back_once(self) -> None:
        number = put_in()
        start(number, self.dead_worker())
        assert [row["id"] for row in stalled_jobs()] == [number]
        assert queue_counts()[0]["stalled"] == 1
        assert rescue_stalled(at=NOW).again == 1
        assert rescue_stalled(at=NOW).again == 0
        assert sql("select status::text, attempts from procrastinate_jobs") == [("todo", 1)]
        assert JobFailure.objects.get().error.startswith("WorkerGone")

    def test_jobs_of_living_workers_are_left_alone(self) -> None:
        [(worker,)] = sql("insert into procrastinate_workers default values returning id")
        start(put_in(), worker)
        assert rescue_stalled(at=NOW) == rescue_stalled(at=NOW) and stalled_jobs() == []

    def test_a_job_whose_successor_waits_is_given_up(self) -> None:
        first = put_in()
        start(first, self.dead_worker())
        put_in()
        rescued = rescue_stalled(at=NOW)
        assert (rescued.again, rescued.given_up) == (0, 1)
        assert sql("select status::text from procrastinate_jobs where id = %s", first) == [("failed",)]

    def test_a_job_that_kills_its_workers_is_given_up(self) -> None:
        number = put_in()
        start(number, self.dead_worker())
        sql("update procrastinate_jobs set attempts = 5")
        assert rescue_stalled(at=NOW).given_up == 1


@pytest.mark.django_db
class TestSeeing:
    def test_lists_the_jobs_of_every_package_with_their_next_time(self) -> None:
        jobs = {one.task: one for one in periodic_jobs(at=NOW)}
        assert {"clockwork.bill_due", "clockwork.watch_money", "desk.remove_expired_exports"} <= set(jobs)
        assert all(one.meaning and one.next_at > NOW and one.state == "never" for one in jobs.values())

    def test_the_queue_itself_goes_by_the_clock_on_the_wall(self) -> None:
        after_midnight = datetime(2026, 6, 21, 0, 15, tzinfo=timezone.get_default_timezone())
        assert timezone.get_default_timezone_name() == "Asia/Shanghai"
        assert next_time("15 0 * * *", NOW) == after_midnight == datetime(2026, 6, 20, 16, 15, tzinfo=UTC)
        registry = app.periodic_registry
        registered = {one.task.name: one for one in registry.periodic_tasks.values()}
        assert {one.task: one.next_at.timestamp() for one in periodic_jobs(at=NOW)} == {
            name: one.croniter.get_next(ret_type=float, start_time=NOW.timestamp())
            for name, one in registered.items()
        }
        # As the queue asks: what was due lately, and what came since it last asked.
        asked = PeriodicDeferrer(registry, max_delay=600)
        closing = registered["clockwork.close_periods"]
        due = int(after_midnight.timestamp())
        assert list(asked.get_timestamps(periodic_task=closing, since=None, until=due + 60)) == [due]
        assert list(asked.get_timestamps(periodic_task=closing, since=due, until=due + 86_400)) == [
            due + 86_400
        ]

    def test_says_how_the_last_run_went(self) -> None:
        def seen() -> Any:
            return next(one for one in periodic_jobs(at=datetime.now(UTC)) if one.task == TASK)

        number = run_now(task=TASK, at=datetime.now(UTC), actor="tests")
        assert seen().state == "waiting"
        start(number)
        assert (seen().state, seen().last_ended_at) == ("running", None)
        sql("update procrastinate_jobs set status = 'succeeded' where id = %s", number)
        assert (
            seen().state == "done" and seen().seconds_milli is not None and seen().last_result == "succeeded"
        )
        fail(run_now(task=TASK, at=datetime.now(UTC), actor="tests"), datetime.now(UTC))
        assert (seen().state, seen().failures, seen().error) == (
            "failed",
            1,
            "RuntimeError: the disk is full",
        )

    def test_running_one_now_is_logged_and_never_doubled(self) -> None:
        number = put_in()
        record = AuditRecord.objects.get(action="job.run")
        assert (record.object_id, record.actor, record.after) == (TASK, "tests", {"job": number})
        with pytest.raises(JobAlreadyQueued):
            put_in()
        with pytest.raises(UnknownJob):
            run_now(task="clockwork.sorcery", at=NOW, actor="tests")
        assert AuditRecord.objects.filter(action="job.run").count() == 1

    def test_old_jobs_are_forgotten(self) -> None:
        number = put_in()
        fail(number)
        sql("update procrastinate_events set at = now() - interval '200 days'")
        assert remove_old_jobs(at=datetime.now(UTC)) == 1
        assert sql("select status::text from procrastinate_jobs") == [("todo",)]
