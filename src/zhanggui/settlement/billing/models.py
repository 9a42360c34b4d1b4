"""Billing runs and their chunks (a chunk is done in the same transaction as what it wrote); what-if comparisons."""

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
    fresh = models.BooleanField(default=False, help_text="none of its lines was billed when it was planned")
    done = models.BooleanField(default=False)
    lines = models.BigIntegerField(default=0)
    details = models.BigIntegerField(default=0)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_billing_chunk"
        indexes = [models.Index(fields=["run", "done"], name="billing_chunk_open")]


class DoneOrders(models.Model):
    """A block of order numbers of which every line is billed or cancelled: planning passes over it. Worked out from
    the lines, and compared with them."""

    block = models.BigIntegerField(primary_key=True, help_text="order numbers by the thousand")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_done_orders"


class ComparisonState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Comparison(models.Model):
    """A what-if: a rule set document rated over all billed sales of a business line. Only its state, progress and
    result change, until it is done."""

    id = models.BigAutoField(primary_key=True)
    business_line_id = models.IntegerField()
    set_code = models.CharField(max_length=64)
    document = models.JSONField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=ComparisonState, default=ComparisonState.QUEUED)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=150)
    share = models.SmallIntegerField(default=0, help_text="how far it is, per cent")
    lines = models.BigIntegerField(default=0, help_text="lines rated so far")
    merchants = models.IntegerField(default=0)
    gaining = models.IntegerField(default=0)
    losing = models.IntegerField(default=0)
    now_minor = models.BigIntegerField(default=0, help_text="as billed, merchants' side")
    then_minor = models.BigIntegerField(default=0, help_text="by the document, merchants' side")
    reject_code = models.CharField(max_length=64, default="")
    reject_message = models.TextField(default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_comparison"


class ComparisonOutcome(models.Model):
    """What a comparison came to for one merchant and fee, minor units, positive is owed to the merchant. It is the
    platform's draft: no merchant may see it."""

    pk = models.CompositePrimaryKey("comparison_id", "party_id", "fee_type_id")
    comparison_id = models.BigIntegerField()
    party_id = models.BigIntegerField()
    fee_type_id = models.IntegerField()
    now_minor = models.BigIntegerField()
    then_minor = models.BigIntegerField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_comparison_outcome"
