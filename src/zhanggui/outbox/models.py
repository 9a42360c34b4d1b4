"""Notices, and who has read them. Rows are only ever added."""

from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """One thing told to a party (a merchant or supplier) or to a buyer: what happened to which document. The words
    are the portals': `about` carries what they need (amounts in minor units, other numbers)."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField(default=0, help_text="the party that is told; 0: a buyer is")
    buyer_id = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=32, help_text="what happened: order.paid, payout.failed")
    subject = models.CharField(max_length=64, help_text="number of the document")
    cause = models.CharField(max_length=96, help_text="what makes it once to this receiver, with the kind")
    about = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "outbox"
        db_table = "outbox_notice"
        constraints = [
            models.UniqueConstraint(fields=["party_id", "buyer_id", "kind", "cause"], name="notice_once"),
            models.CheckConstraint(
                condition=(Q(party_id__gt=0) & Q(buyer_id=0)) | (Q(party_id=0) & Q(buyer_id__gt=0)),
                name="notice_has_one_receiver",
            ),
        ]
        indexes = [
            models.Index(fields=["party_id", "-id"], condition=Q(party_id__gt=0), name="notice_party"),
            models.Index(fields=["buyer_id", "-id"], condition=Q(buyer_id__gt=0), name="notice_buyer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class NoticeRead(models.Model):
    """A person has read a notice; at a party everybody reads for themselves."""

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="readings")
    party_id = models.BigIntegerField(default=0, help_text="the notice's")
    user_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "outbox"
        db_table = "outbox_notice_read"
        constraints = [models.UniqueConstraint(fields=["notice", "user_id"], name="notice_read_once")]
