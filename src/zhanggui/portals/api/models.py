"""Keys of programs, and the answers kept for repeated requests."""

from django.conf import settings
from django.db import models

from zhanggui.parties.models import Party, Role


class ApiKey(models.Model):
    """A key by which a program acts for a person, in one role the person holds at one party.

    Only the digest of the secret is kept. Taking the role from the person, or the person's log-in, takes it
    from the key.
    """

    id = models.BigAutoField(primary_key=True)
    label = models.CharField(max_length=120)
    hint = models.CharField(max_length=16, help_text="beginning of the key, to tell keys apart")
    digest = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=32, choices=Role)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"


class KeptAnswer(models.Model):
    """What was answered to a write with an Idempotency-Key; `status` 0 while the first request still runs."""

    id = models.BigAutoField(primary_key=True)
    owner = models.CharField(max_length=40, help_text="key:<id> or user:<id>")
    key = models.CharField(max_length=128)
    digest = models.BinaryField(max_length=32, help_text="of method, path and body")
    status = models.SmallIntegerField(default=0)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "api_kept_answer"
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="api_kept_answer_once")]
