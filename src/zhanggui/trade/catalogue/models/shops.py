"""The shop of a merchant in the mall."""

from django.db import models


class ShopState(models.TextChoices):
    """Whether a shop sells."""

    OPEN = "open"
    CLOSED = "closed"  # by the merchant, for a while
    SUSPENDED = "suspended"  # by the platform


class Shop(models.Model):
    """What buyers see of a merchant: one shop a merchant (`merchant_id` is the party)."""

    merchant_id = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=64, unique=True, help_text="the party's code, and the shop's address")
    name = models.JSONField()
    intro = models.JSONField(default=dict, blank=True)
    banner = models.ForeignKey("trade.Picture", on_delete=models.PROTECT, null=True, related_name="+")
    logo = models.ForeignKey("trade.Picture", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=ShopState, default=ShopState.OPEN)
    return_address = models.JSONField(default=dict, blank=True, help_text="where buyers send goods back to")
    answer_hours = models.SmallIntegerField(
        default=48, help_text="how long the shop has to answer after-sale"
    )
    opened_at = models.DateTimeField()

    class Meta:
        app_label = "trade"
        db_table = "trade_shop"

    def __str__(self) -> str:
        return self.code
