"""Parties (organisations we owe or who owe us), the people who log in, and what they may do where."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from zhanggui.parties.rules import name_in


class PartyKind(models.TextChoices):
    PLATFORM = "platform"
    MERCHANT = "merchant"
    SUPPLIER = "supplier"
    CARRIER = "carrier"
    DISTRIBUTOR = "distributor"
    OTHER = "other"


class Party(models.Model):
    """Anyone who is owed money has one row here and statements of its own."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=PartyKind)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField(help_text='{"zh": ..., "en": ...}; either may be missing')
    level_code = models.CharField(max_length=64, blank=True, default="")
    category_code = models.CharField(max_length=64, blank=True, default="")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "parties_party"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in PartyKind]), name="party_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def name_in(self, language: str) -> str:
        """The party's name in `language` ("zh…" or "en"), else in the other one, else its code."""
        return name_in(self.name, self.code, language)


class User(AbstractUser):
    """A person who logs in. What they may do comes from memberships, never from flags alone."""

    language = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        db_table = "parties_user"


class Role(models.TextChoices):
    """Roles of platform staff and of a merchant's staff; `roles.py` says what each may do."""

    PLATFORM_ADMIN = "platform_admin"
    PLATFORM_FINANCE = "platform_finance"
    PLATFORM_CASHIER = "platform_cashier"
    PLATFORM_CONTROLLER = "platform_controller"
    PLATFORM_OPERATIONS = "platform_operations"
    PLATFORM_SERVICE = "platform_service"  # customer service: answers buyers, moves no money
    PLATFORM_AUDITOR = "platform_auditor"
    MERCHANT_OWNER = "merchant_owner"
    MERCHANT_FINANCE = "merchant_finance"
    MERCHANT_VIEWER = "merchant_viewer"
    MERCHANT_STAFF = "merchant_staff"  # orders and goods, no money
    SUPPLIER_OWNER = "supplier_owner"
    SUPPLIER_STAFF = "supplier_staff"


class Membership(models.Model):
    """A person's role at one party. Platform roles are held at the platform party."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=32, choices=Role)

    class Meta:
        db_table = "parties_membership"
        constraints = [
            models.UniqueConstraint(fields=["user", "party", "role"], name="membership_once"),
        ]


class ApiKey(models.Model):
    """A key by which a program acts for a person, in one role the person holds at one party.

    Only the digest of the secret is kept. Taking the role from the person, or the person's log-in, takes it
    from the key.
    """

    id = models.BigAutoField(primary_key=True)
    label = models.CharField(max_length=120)
    hint = models.CharField(max_length=16, help_text="beginning of the key, to tell keys apart")
    digest = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=32, choices=Role)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"
