"""Take up again the jobs of workers that are gone: killed, or cut off from the database."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from zhanggui.clockwork.models import JobFailure

SILENT_SECONDS = 60
"""A worker says every ten seconds that it lives; one that has been silent for so long does not."""
MOST_ATTEMPTS = 5
"""A job that took its worker with it so often is not started again by itself."""

STALLED = """
select j.id, j.task_name, j.attempts from procrastinate_jobs j
left join procrastinate_workers w on w.id = j.worker_id
where j.status = 'doing' and (w.id is null or w.last_heartbeat < now() - make_interval(secs => %s))
order by j.id
"""


@dataclass(frozen=True)
class Rescued:
    """Jobs put back into the queue, and jobs given up (their successor waits, or they stalled too often)."""

    again: int
    given_up: int


def rescue_stalled(*, at: datetime, silent_seconds: int = SILENT_SECONDS) -> Rescued:
    """This function will put stalled jobs back into the queue, or end them as failed, each with its reason."""
    with connection.cursor() as cursor:
        cursor.execute(STALLED, [silent_seconds])
        stalled = cursor.fetchall()
    again = sum(_rescued(job_id, task, attempts, at) for job_id, task, attempts in stalled)
    return Rescued(again=again, given_up=len(stalled) - again)


def _rescued(job_id: int, task_name: str, attempts: int, at: datetime) -> bool:
    put_back = False
    with transaction.atomic():
        if attempts < MOST_ATTEMPTS:
            put_back = _try("select procrastinate_retry_job_v1(%s, now(), null, null, null)", job_id)
        ended = put_back or _try("select procrastinate_finish_job_v1(%s, 'failed', false)", job_id)
        if ended:
            JobFailure.objects.create(
                job_id=job_id, task_name=task_name, at=at, in_a_row=attempts + 1,
                error="WorkerGone: the worker that ran it is gone", next_try_at=at if put_back else None,
            )  # fmt: skip
    return put_back


def _try(call: str, job_id: int) -> bool:
    """Another rescuer may have been quicker, or the job's successor holds its place in the queue."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(call, [job_id])
    except IntegrityError:
        return False
    return True
