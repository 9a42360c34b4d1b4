"""Requests for approval, the decisions about them, and how much each role may approve."""

from django.db import models
from django.db.models import F, Q


class ApprovalState(models.TextChoices):
    """Stations of a request; `states.py` has the table of allowed steps."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Approval(models.Model):
    """One document that waits for, or has had, a second look.

    `kind` says what it is (payout_batch, adjustment, write_off ...), `subject` which one (its number), `payload`
    holds what will be carried out, and `digest` its SHA-256: only that very content may be carried out.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=48)
    subject = models.CharField(max_length=128)
    title = models.CharField(max_length=255, help_text="one line for the person who decides")
    party_id = models.BigIntegerField(default=0, help_text="the party concerned; 0 = the platform")
    amount_minor = models.BigIntegerField(help_text="what moves in all, minor units, never negative")
    currency = models.CharField(max_length=3)
    payload = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=16, choices=ApprovalState, default=ApprovalState.PENDING)
    checks_needed = models.SmallIntegerField(default=1)
    maker = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "approvals_approval"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="pending"), name="approval_pending_once"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="approval_amount_not_negative"),
            models.CheckConstraint(condition=Q(checks_needed__gte=1), name="approval_checks_needed"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ApprovalState]), name="approval_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("made_at")), name="approval_in_time"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "made_at"], name="approval_waiting"),
            models.Index(fields=["kind", "subject"], name="approval_subject"),
        ]


class ApprovalDecision(models.Model):
    """What one checker said, and how they proved that they had looked. Only ever added."""

    id = models.BigAutoField(primary_key=True)
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="decisions")
    checker = models.CharField(max_length=150)
    approved = models.BooleanField()
    proof = models.CharField(max_length=16, help_text="second_factor, amount, or empty for a rejection")
    reason = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "approvals_decision"
        constraints = [models.UniqueConstraint(fields=["approval", "checker"], name="approval_decided_once")]


class ApprovalLimit(models.Model):
    """The most one role may approve of a kind in a currency; `max_minor` empty = no limit.

    Kind "*" stands for every kind without a row of its own. A role without any row approves nothing.
    """

    id = models.AutoField(primary_key=True)
    role = models.CharField(max_length=32)
    kind = models.CharField(max_length=48, default="*")
    currency = models.CharField(max_length=3, default="*")
    max_minor = models.BigIntegerField(null=True)
    checks_needed_above_minor = models.BigIntegerField(
        null=True, help_text="above this, two checkers are needed; empty = one is enough"
    )

    class Meta:
        db_table = "approvals_limit"
        constraints = [
            models.UniqueConstraint(fields=["role", "kind", "currency"], name="approval_limit_once")
        ]
