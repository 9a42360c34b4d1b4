"""Billing runs and their chunks: a chunk is done in the same transaction as what it wrote."""

from django.db import models


class BillingRun(models.Model):
    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, help_text="sale, refund or charge")
    business_line_id = models.IntegerField(default=0)
    as_of = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=150, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_billing_run"


class BillingChunk(models.Model):
    """A range of orders (or refunds or charges) by id, inclusive on both ends."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(BillingRun, on_delete=models.CASCADE)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    done = models.BooleanField(default=False)
    lines = models.BigIntegerField(default=0)
    details = models.BigIntegerField(default=0)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_billing_chunk"
        indexes = [models.Index(fields=["run", "done"], name="billing_chunk_open")]
