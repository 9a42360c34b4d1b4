"""The fee catalogue and published rules. Published rows never change; a change is a new version."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class FeeType(models.Model):
    """One line of the fee catalogue (费用类型), data not columns (F13)."""

    id = models.IntegerField(primary_key=True, help_text="stable number; details carry it")
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField()
    group = models.CharField(max_length=32)
    sign = models.SmallIntegerField(help_text="usual sign for the merchant: 1, -1, or 0 for either")
    reverse_policy = models.SmallIntegerField(help_text="ReversePolicy of fees.rules.reverse")
    granularity = models.CharField(max_length=16)
    source = models.CharField(max_length=16, help_text="usual source: computed, passed, parsed, pulled")
    counter_purpose = models.CharField(max_length=16, help_text="chart code on the other side")
    invoice = models.CharField(max_length=16, help_text="output, input or none")
    sort = models.IntegerField(default=0)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_fee_type"


class RuleVersion(models.Model):
    """One immutable version of one rule; details name it by id."""

    id = models.AutoField(primary_key=True)
    set_code = models.CharField(max_length=64)
    code = models.CharField(max_length=128)
    version = models.IntegerField()
    fee_code = models.CharField(max_length=64)
    content = models.JSONField()
    content_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_rule_version"
        constraints = [
            models.UniqueConstraint(fields=["set_code", "code", "version"], name="rule_version_once"),
        ]


class RuleSetVersion(models.Model):
    """A published snapshot of a whole rule set; orders freeze its id when they are staged."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=64)
    version = models.IntegerField()
    effective_from = models.DateTimeField()
    document = models.JSONField()
    digest = models.BinaryField(max_length=32)
    rule_version_ids = ArrayField(models.IntegerField())
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=150)
    note = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_rule_set_version"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="rule_set_version_once"),
        ]
