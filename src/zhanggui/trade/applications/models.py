"""Applications of merchants and suppliers."""

from django.db import models
from django.db.models import Q


class ApplicationState(models.TextChoices):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ApplicantKind(models.TextChoices):
    MERCHANT = "merchant"
    SUPPLIER = "supplier"


class EntityKind(models.TextChoices):
    """What the applicant is before the law."""

    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    COOPERATIVE = "cooperative"


class Application(models.Model):
    """What an applicant sent, once; then only what was decided of it is added. Who has the secret sees its state: its
    digest is kept alone."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=16, unique=True)
    secret_digest = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, choices=ApplicantKind)
    entity_kind = models.CharField(max_length=16, choices=EntityKind)
    name = models.CharField(max_length=100)
    credit_code = models.CharField(
        max_length=18, help_text="unified social credit code, its check digit holds"
    )
    contact = models.CharField(max_length=64)
    phone = models.CharField(max_length=32)
    email = models.CharField(max_length=254)
    categories = models.JSONField(default=list, help_text="codes of categories of the first level")
    about = models.CharField(max_length=1000, blank=True, default="")
    licence_name = models.CharField(max_length=255)
    licence_sha256 = models.BinaryField(max_length=32)
    licence_sealed = models.BinaryField()
    address = models.CharField(max_length=45, help_text="where it came from, to count by")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=ApplicationState, default=ApplicationState.WAITING)
    reason = models.CharField(max_length=255, blank=True, default="", help_text="the applicant reads it")
    party_id = models.BigIntegerField(default=0, help_text="the party that was opened; 0 without one")
    username = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        app_label = "trade"
        db_table = "trade_application"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "credit_code"], condition=Q(state="waiting"), name="application_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None)
                | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="application_decided_at",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", party_id__gt=0) & ~Q(username="")
                | ~Q(state="accepted") & Q(party_id=0, username=""),
                name="application_accepted_opens",
            ),
        ]
        indexes = [models.Index(fields=["address", "asked_at"], name="application_address")]
