"""The answers kept for repeated requests."""

from django.db import models


class KeptAnswer(models.Model):
    """What was answered to a write with an Idempotency-Key; `status` 0 while the first request still runs."""

    id = models.BigAutoField(primary_key=True)
    owner = models.CharField(max_length=40, help_text="key:<id> or user:<id>")
    key = models.CharField(max_length=128)
    digest = models.BinaryField(max_length=32, help_text="of method, path and body")
    status = models.SmallIntegerField(default=0)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "api_kept_answer"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="api_kept_answer_once")]
