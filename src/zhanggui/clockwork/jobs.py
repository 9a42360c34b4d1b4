"""The periodic jobs as people see them: when each ran, how it ended, when it runs next; and running one now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from zhanggui.audit.operations.record_change import record_change
from zhanggui.clockwork.errors import JobAlreadyQueued, UnknownJob
from zhanggui.clockwork.failing import MOST_TRIES
from zhanggui.clockwork.hours import schedule
from zhanggui.clockwork.rescue_stalled import SILENT_SECONDS, STALLED


@dataclass(frozen=True)
class PeriodicJob:
    """One periodic job: its name, schedule and what is known of its runs. `state` is one of STATES."""

    task: str
    meaning: str
    cron: str
    queue: str
    lock: str
    next_at: datetime
    state: str
    last_started_at: datetime | None = None
    last_ended_at: datetime | None = None
    last_result: str = ""
    seconds_milli: int | None = None
    failures: int = 0
    error: str = ""
    failed_at: datetime | None = None
    next_try_at: datetime | None = None
    job_id: int | None = None


STATES = ("running", "waiting", "failed", "late", "done", "never")
FAILURES_WITHIN = timedelta(days=7)
LATE_AFTER = timedelta(minutes=15)

LAST_RUNS = """
select distinct on (j.task_name) j.task_name, j.id, j.status::text as status, e.started_at, e.ended_at
from procrastinate_jobs j join lateral (
  select max(at) filter (where type = 'started') as started_at,
    max(at) filter (where type in ('succeeded', 'failed', 'cancelled', 'aborted')) as ended_at
  from procrastinate_events where job_id = j.id) e on true
where j.task_name = any(%s) and j.status <> 'todo' order by j.task_name, j.id desc
"""
WAITING = """
select task_name, min(coalesce(scheduled_at, now())) as due_at from procrastinate_jobs
where task_name = any(%s) and status = 'todo' group by task_name
"""
FAILURES = """
select distinct on (task_name) task_name, at, error, next_try_at,
  count(*) over (partition by task_name)::int as failures
from clockwork_job_failure where task_name = any(%s) and at > %s order by task_name, id desc
"""


def periodic_jobs(*, at: datetime) -> list[PeriodicJob]:
    """This function will return every periodic job of every package, by name."""
    tasks = _registered()
    names = [one.task.name for one in tasks]
    runs = {row["task_name"]: row for row in _rows(LAST_RUNS, [names])}
    waiting = {row["task_name"]: row["due_at"] for row in _rows(WAITING, [names])}
    failures = {row["task_name"]: row for row in _rows(FAILURES, [names, at - FAILURES_WITHIN])}
    return [
        _described(
            one,
            at,
            runs.get(one.task.name, {}),
            waiting.get(one.task.name),
            failures.get(one.task.name, {}),
        )
        for one in tasks
    ]


def _registered() -> list[Any]:
    app.perform_import_paths()
    return sorted(app.periodic_registry.periodic_tasks.values(), key=lambda one: (one.task.name, one.cron))


def next_time(cron: str, at: datetime) -> datetime:
    """This function will return when a cron line comes round next, by the hours of the installation's zone."""
    found: datetime = schedule(cron, at).get_next(datetime)
    return found


def _described(
    one: Any, at: datetime, run: dict[str, Any], due_at: datetime | None, failed: dict[str, Any]
) -> PeriodicJob:
    started, ended = run.get("started_at"), run.get("ended_at")
    if run.get("status") == "doing":
        ended = None
    took = int((ended - started) / timedelta(milliseconds=1)) if started and ended else None
    return PeriodicJob(
        task=one.task.name,
        meaning=(one.task.func.__doc__ or "").strip().splitlines()[0] if one.task.func.__doc__ else "",
        cron=one.cron,
        queue=one.task.queue,
        lock=one.task.lock or "",
        next_at=next_time(one.cron, at),
        state=_state(run, due_at, at),
        last_started_at=started,
        last_ended_at=ended,
        last_result=run.get("status", ""),
        seconds_milli=took,
        failures=failed.get("failures", 0),
        error=failed.get("error", ""),
        failed_at=failed.get("at"),
        next_try_at=failed.get("next_try_at"),
        job_id=run.get("id"),
    )


def _state(run: dict[str, Any], due_at: datetime | None, at: datetime) -> str:
    if run.get("status") == "doing":
        return "running"
    if due_at is not None and due_at < at - LATE_AFTER:
        return "late"
    if run.get("status") == "failed":
        return "failed"
    if due_at is not None:
        return "waiting"
    return "done" if run else "never"


def queue_counts() -> list[dict[str, Any]]:
    """This function will count the jobs of each queue: waiting, due now, running, failed, stalled."""
    return _rows(
        "select j.queue_name as queue, count(*) filter (where status = 'todo')::bigint as waiting,"
        " count(*) filter (where status = 'todo' and coalesce(scheduled_at, now()) <= now())::bigint as due,"
        " count(*) filter (where status = 'doing')::bigint as running,"
        " count(*) filter (where status = 'failed')::bigint as failed,"
        " count(*) filter (where status = 'doing' and (w.id is null"
        f"  or w.last_heartbeat < now() - interval '{SILENT_SECONDS} seconds'))::bigint as stalled"
        " from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id"
        " where j.status in ('todo', 'doing', 'failed') group by 1 order by 1",
        [],
    )


def workers_alive() -> int:
    """This function will count the workers that gave a sign of life in the last SILENT_SECONDS."""
    return int(
        _rows(
            "select count(*) as n from procrastinate_workers"
            " where last_heartbeat >= now() - make_interval(secs => %s)",
            [SILENT_SECONDS],
        )[0]["n"]
    )


def stalled_jobs() -> list[dict[str, Any]]:
    """This function will return the jobs whose worker is gone."""
    return _rows(STALLED, [SILENT_SECONDS])


def run_now(*, task: str, at: datetime, actor: str) -> int:
    """This function will put a periodic job in for now and return the number of the job; the log says who did.

    Raises UnknownJob, JobAlreadyQueued.
    """
    found = next((one for one in _registered() if one.task.name == task), None)
    if found is None:
        raise UnknownJob(f"there is no periodic job {task!r}; the list of jobs shows all", job=task)
    with transaction.atomic():
        try:
            with transaction.atomic():
                number: int = found.task.configure().defer(timestamp=int(at.timestamp()))
        except AlreadyEnqueued:
            raise JobAlreadyQueued(
                f"the job {task} waits in the queue already; it runs as soon as a worker is free", job=task
            ) from None
        record_change(
            at=at, actor=actor, action="job.run", object_kind="job", object_id=task, after={"job": number}
        )
    return number


def retry_policy() -> dict[str, Any]:
    """This function will say how failed jobs are tried again."""
    from zhanggui.clockwork.failing import FIRST_WAIT, LONGEST_WAIT

    return {
        "first_wait_seconds": int(FIRST_WAIT.total_seconds()),
        "longest_wait_seconds": int(LONGEST_WAIT.total_seconds()),
        "most_tries": MOST_TRIES,
    }


def _rows(query: str, params: Iterable[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(params))
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
