"""Parameters that somebody changed."""

from django.db import models


class Parameter(models.Model):
    """A parameter whose value is not the usual one."""

    code = models.CharField(primary_key=True, max_length=64)
    value = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=150)

    class Meta:
        app_label = "trade"
        db_table = "trade_parameter"

    def __str__(self) -> str:
        return self.code
