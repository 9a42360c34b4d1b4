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


class SecurityAudit(models.Model):
    """One look at people, roles, keys and settings: how much of each gravity was found. Only ever added."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    seconds_milli = models.IntegerField(default=0)
    looked_at = models.JSONField(help_text="codes of the checks that were made")
    critical = models.IntegerField()
    warning = models.IntegerField()
    info = models.IntegerField()
    fresh = models.IntegerField(help_text="findings that the audit before did not have")

    class Meta:
        db_table = "audit_security_audit"


class SecurityFinding(models.Model):
    """One thing an audit found. `since` is when the unbroken row of audits that have it began. Only ever added."""

    id = models.BigAutoField(primary_key=True)
    audit = models.ForeignKey(SecurityAudit, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=32)
    severity = models.CharField(max_length=16)
    subject = models.CharField(
        max_length=150, help_text="log-in name, number of a key, setting; may be empty"
    )
    told = models.JSONField(help_text="particulars, as the sentence of the check takes them")
    since = models.DateTimeField()

    class Meta:
        db_table = "audit_security_finding"
        constraints = [
            models.UniqueConstraint(fields=["audit", "code", "subject"], name="security_finding_once"),
            models.CheckConstraint(
                condition=models.Q(severity__in=["info", "warning", "critical"]),
                name="security_finding_severity_known",
            ),
        ]
