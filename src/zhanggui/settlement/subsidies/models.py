"""Subsidies to sub-merchants' orders, and what of them is taken back."""

from django.db import models
from django.db.models import F, Q

from zhanggui.payments.models import ChargePart, PaymentChannel


class SubsidyState(models.TextChoices):
    """Stations of a subsidy; `states.py` has the table of allowed steps."""

    RECORDED = "recorded"  # written down; asked for until the channel does it, `said` why it has not yet
    PAID = "paid"
    CALLED_OFF = "called_off"  # nothing of the order is left to add to


class Subsidy(models.Model):
    """Our money for one order that a buyer paid to a sub-merchant; what was asked for never changes.

    `amount_minor` is what was promised, less in proportion what the buyer got back before; 0 calls it off.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    part = models.OneToOneField(ChargePart, on_delete=models.PROTECT, related_name="subsidy")
    channel = models.ForeignKey(PaymentChannel, on_delete=models.PROTECT, related_name="+")
    order_no = models.CharField(max_length=32)
    merchant_id = models.BigIntegerField()
    entity_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    promised_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0, help_text="taken back, or being taken back")
    state = models.CharField(max_length=12, choices=SubsidyState, default=SubsidyState.RECORDED)
    said = models.CharField(max_length=255, blank=True, default="")
    channel_number = models.CharField(max_length=64, blank=True, default="")
    tries = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    asked_again_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_subsidy"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, promised_minor__gt=0, returned_minor__gte=0)
                & Q(amount_minor__lte=F("promised_minor"), returned_minor__lte=F("amount_minor")),
                name="subsidy_not_above_promise",
            ),
            models.CheckConstraint(
                condition=Q(state="recorded")
                | Q(state="paid", amount_minor__gt=0)
                | Q(state="called_off", amount_minor=0),
                name="subsidy_paid_or_called_off",
            ),
        ]
        indexes = [models.Index(fields=["made_at"], condition=Q(state="recorded"), name="subsidy_waiting")]

    def __str__(self) -> str:
        return self.number


class SubsidyReturnState(models.TextChoices):
    """Stations of a subsidy that is taken back."""

    RECORDED = "recorded"  # waits for its refund, then asked for until the channel does it
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # the refund that it goes with failed


class SubsidyReturn(models.Model):
    """A subsidy, or a piece of it, taken back with a refund to the buyer."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    subsidy = models.ForeignKey(Subsidy, on_delete=models.PROTECT, related_name="returns")
    refund_no = models.CharField(max_length=32, unique=True)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=SubsidyReturnState, default=SubsidyReturnState.RECORDED)
    said = models.CharField(max_length=255, blank=True, default="")
    tries = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    asked_again_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_subsidy_return"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="subsidy_return_positive"),
        ]
        indexes = [
            models.Index(fields=["made_at"], condition=Q(state="recorded"), name="subsidy_return_waiting")
        ]

    def __str__(self) -> str:
        return self.number
