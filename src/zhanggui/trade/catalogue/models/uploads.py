"""Files of goods that somebody uploaded, and what became of each good in them."""

from django.db import models
from django.db.models import Q


class UploadState(models.TextChoices):
    """Where an upload is."""

    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"  # nothing of it was taken in; `problem` says why


class GoodsUpload(models.Model):
    """One file of goods. `outcomes`: a row a good, with its first row in the file, what happened, and why not."""

    id = models.BigAutoField(primary_key=True)
    owner_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    dry = models.BooleanField(help_text="tried only: nothing was kept")
    submit = models.BooleanField(default=False, help_text="what is new or changed goes to review")
    state = models.CharField(max_length=8, choices=UploadState, default=UploadState.QUEUED)
    problem = models.CharField(max_length=500, blank=True, default="")
    problem_code = models.CharField(max_length=64, blank=True, default="")
    created = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    outcomes = models.JSONField(default=list, blank=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        app_label = "trade"
        db_table = "trade_goods_upload"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="queued", done_at=None) | (~Q(state="queued") & Q(done_at__isnull=False)),
                name="goods_upload_ends",
            ),
        ]
        indexes = [models.Index(fields=["owner_id", "-asked_at"], name="goods_upload_owner")]
