"""Remove what the queue remembers of jobs long done, and why old ones failed."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from zhanggui.clockwork.models import JobFailure

KEPT = timedelta(days=90)


@transaction.atomic
def remove_old_jobs(*, at: datetime) -> int:
    """This function will delete jobs that ended more than 90 days ago and return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "with old as (select j.id from procrastinate_jobs j where j.status in ('succeeded', 'failed',"
            "  'cancelled', 'aborted') and not exists (select from procrastinate_events e"
            "  where e.job_id = j.id and e.at > %s)),"
            " defers as (delete from procrastinate_periodic_defers where job_id in (select id from old))"
            " delete from procrastinate_jobs where id in (select id from old)",
            [at - KEPT],
        )
        gone = int(cursor.rowcount)
    JobFailure.objects.filter(at__lt=at - KEPT).delete()
    return gone
