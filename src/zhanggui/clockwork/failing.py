"""What happens when a job fails: the reason is kept, and the job is tried again, later each time, a few times.

A middleware of every worker (settings.PROCRASTINATE_WORKER_DEFAULTS), so it holds for the tasks of every package. A
retry is a job of its own under the same queueing lock: where the next regular one waits already, that one is the
retry. (Putting the failed job itself back would collide with it.) The import of anything with tables waits until a
task runs: settings read this module.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
MOST_TRIES = 6
LONGEST_ERROR = 500


def wait_after(failures: int) -> timedelta | None:
    """This function will return how long to wait after so many failures in a row (1, 2, 4 ... minutes, an hour at
    most); None after MOST_TRIES: then a regular job waits for its next time, and another one for a person."""
    if failures >= MOST_TRIES:
        return None
    return min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT)


def note_failure(call_next: Callable[[], Any], context: Any, worker: Any) -> Any:
    """This function will run a task and, when it raises, keep why and put the retry in."""
    try:
        return call_next()
    except Exception as failed:
        from django.utils import timezone

        keep_failure(context.job, failed, at=timezone.now())
        raise


def keep_failure(job: Any, failed: BaseException, *, at: datetime) -> None:
    """This function will record why a job failed and queue its retry, if it is to have one.

    A Refusal (bad input, a state that does not allow it) is not retried: it would be refused again.
    """
    from zhanggui.clockwork.models import JobFailure
    from zhanggui.money.errors import Refusal

    failures = failures_in_a_row(job.task_name) + 1
    wait = None if isinstance(failed, Refusal) else wait_after(failures)
    again = at + wait if wait is not None and _queued_again(job, at=at, after=wait) else None
    JobFailure.objects.create(
        job_id=job.id, task_name=job.task_name, at=at, in_a_row=failures, error=error_line(failed),
        next_try_at=again,
    )  # fmt: skip


def error_line(failed: BaseException) -> str:
    """This function will return an error's kind and first line; arguments and rows further down stay in the log."""
    first = next((line.strip() for line in str(failed).splitlines() if line.strip()), "")
    return f"{type(failed).__name__}: {first}"[:LONGEST_ERROR].removesuffix(": ")


def failures_in_a_row(task_name: str) -> int:
    """This function will count the failures of a task since it last succeeded."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from clockwork_job_failure f where f.task_name = %s and f.at > coalesce(("
            " select max(e.at) from procrastinate_events e join procrastinate_jobs j on j.id = e.job_id"
            " where j.task_name = %s and e.type = 'succeeded'), '-infinity')",
            [task_name, task_name],
        )
        return int(cursor.fetchone()[0])


def _queued_again(job: Any, *, at: datetime, after: timedelta) -> bool:
    """Put a job like this one in for later; False where one with its queueing lock waits already."""
    from django.db import transaction
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        with transaction.atomic():
            app.configure_task(
            job.task_name, queue=job.queue, lock=job.lock, queueing_lock=job.queueing_lock,
            priority=job.priority, schedule_at=at + after,
        ).defer(**job.task_kwargs)  # fmt: skip
    except AlreadyEnqueued:
        return False
    return True
