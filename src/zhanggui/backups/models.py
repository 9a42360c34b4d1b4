"""The list of backups made here: what came of each."""

from django.db import models
from django.db.models import Q


class BackupKind(models.TextChoices):
    SCHEDULED = "scheduled"
    MANUAL = "manual"


class Backup(models.Model):
    """One attempt. `failure` is empty when the file was written and read back."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=BackupKind)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    path = models.CharField(max_length=1024)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    with_keys = models.BooleanField(default=False)
    seal_key = models.CharField(
        max_length=8,
        blank=True,
        default="",
        help_text="id (hex) of the ring's key that seals it; empty: not sealed",
    )
    tested_at = models.DateTimeField(
        null=True, help_text="when it was last restored for a test, successfully"
    )
    failure = models.TextField(blank=True, default="")
    removed_at = models.DateTimeField(null=True, help_text="when retention took the file away")

    class Meta:
        db_table = "backups_backup"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in BackupKind]), name="backup_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["-ended_at"], name="backup_latest")]

    @property
    def good(self) -> bool:
        return not self.failure
