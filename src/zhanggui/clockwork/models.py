"""What the clock remembers of its own: why a job failed. The queue itself keeps jobs and events, but no reasons."""

from django.db import models


class JobFailure(models.Model):
    """One attempt at a job that ended with an error. Only ever added; old ones are removed with their jobs."""

    id = models.BigAutoField(primary_key=True)
    job_id = models.BigIntegerField()
    task_name = models.CharField(max_length=128)
    at = models.DateTimeField()
    in_a_row = models.IntegerField(
        help_text="failures of this task since it last succeeded, this one included"
    )
    error = models.CharField(max_length=500, help_text="the error's kind and its first line")
    next_try_at = models.DateTimeField(
        null=True, help_text="when it is tried again; empty = at its regular time"
    )

    class Meta:
        db_table = "clockwork_job_failure"
        indexes = [
            models.Index(fields=["task_name", "-id"], name="job_failure_task"),
            models.Index(fields=["job_id"], name="job_failure_job"),
        ]
