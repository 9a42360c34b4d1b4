"""Buyers, the outside identities they log in with, and their addresses."""

from django.db import models
from django.db.models import Q


class BuyerState(models.TextChoices):
    """Whether a buyer is one."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    MERGED = "merged"  # into another one: two log-ins turned out to be one person


class Buyer(models.Model):
    """A person who buys. The log-in is `user_id`; a member of staff may buy too, as a buyer like any other."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(
        max_length=32, unique=True, help_text="what staff and support call the buyer by"
    )
    user = models.OneToOneField("parties.User", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=64, help_text="what the mall calls the person")
    phone = models.CharField(max_length=32, blank=True, default="")
    level_code = models.CharField(max_length=64, blank=True, default="", help_text="member level (会员等级)")
    state = models.CharField(max_length=12, choices=BuyerState, default=BuyerState.ACTIVE)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "trade"
        db_table = "trade_buyer"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into=None)),
                name="buyer_merged_into_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Identity(models.Model):
    """Who a buyer is at WeChat or Weibo: `union` is the same over our apps there, `subject` is the app's own."""

    id = models.BigAutoField(primary_key=True)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="identities")
    provider = models.CharField(max_length=16, help_text="weixin, weibo")
    app = models.CharField(max_length=64, help_text="the app of ours the person logged in through")
    subject = models.CharField(max_length=128, help_text="openid, uid")
    union = models.CharField(max_length=128, blank=True, default="", help_text="unionid, where given")
    nickname = models.CharField(
        max_length=64, blank=True, default="", help_text="as the provider last said it"
    )
    created_at = models.DateTimeField()

    class Meta:
        app_label = "trade"
        db_table = "trade_identity"
        constraints = [
            models.UniqueConstraint(fields=["provider", "app", "subject"], name="identity_once"),
        ]
        indexes = [models.Index(fields=["provider", "union"], name="identity_union")]


class Address(models.Model):
    """Where goods go. `region` is the code that freight and fee rules know."""

    id = models.BigAutoField(primary_key=True)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="addresses")
    recipient = models.CharField(max_length=64)
    phone = models.CharField(max_length=32)
    region = models.CharField(max_length=64)
    city = models.CharField(max_length=64, blank=True, default="")
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=16, blank=True, default="")
    preferred = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_address"
        constraints = [
            models.UniqueConstraint(
                fields=["buyer"], condition=Q(preferred=True, removed_at=None), name="address_one_preferred"
            ),
        ]
