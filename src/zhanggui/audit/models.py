"""The audit log. Rows are only ever added; each carries the hash of the row before it."""

from django.db import models


class AuditRecord(models.Model):
    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, help_text="user name, or the command or job that acted")
    party_id = models.BigIntegerField(default=0, help_text="the party concerned; 0 = the platform")
    action = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=64)
    object_id = models.CharField(max_length=128)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_record"
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_object")]


class SweepResult(models.Model):
    """One sweep over the invariants: how many rows offended each, and the first of them."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    seconds_milli = models.IntegerField(default=0)
    violations = models.IntegerField()
    counts = models.JSONField(help_text="check name -> number of offending rows")
    samples = models.JSONField(default=dict, help_text="check name -> first rows")

    class Meta:
        db_table = "audit_sweep_result"
