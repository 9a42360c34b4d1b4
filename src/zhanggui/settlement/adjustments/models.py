"""Adjustments, rebate agreements, and the rebates they gave."""

from django.db import models
from django.db.models import F, Q

from zhanggui.settlement.entities.models import BusinessLine


class DocumentState(models.TextChoices):
    """Stations of a document that somebody else has to approve."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class AdjustmentKind(models.TextChoices):
    """Where an adjustment comes from."""

    MANUAL = "manual"
    REBATE = "rebate"


class Adjustment(models.Model):
    """A correction of what a party is owed, by a document (调整单). `amount_minor` is signed for the party.

    Once approved it is a charge of ours, billed like a pushed one: `line_id` is its billed line, 0 before.
    """

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    business_line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12, choices=AdjustmentKind, default=AdjustmentKind.MANUAL)
    fee_type_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    base_minor = models.BigIntegerField(default=0, help_text="rebates: the sales they are a share of")
    reason = models.TextField()
    evidence = models.TextField(blank=True, default="")
    state = models.CharField(max_length=12, choices=DocumentState, default=DocumentState.PENDING)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals")
    approval_id = models.BigIntegerField(default=0, help_text="the request that was approved; rebates: of the "
                                         "agreement")  # fmt: skip
    line_id = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_adjustment"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="adjustment_of_something"),
            models.CheckConstraint(
                condition=Q(state="approved", line_id__gt=0) | (~Q(state="approved") & Q(line_id=0)),
                name="adjustment_billed_when_approved",
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(state__in=["pending", "approved"]),
                name="adjustment_reversed_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["party_id", "id"], name="adjustment_of_party"),
            models.Index(fields=["state", "made_at"], name="adjustment_by_state"),
        ]

    @property
    def number(self) -> str:
        """The number people know it by."""
        return f"AD{self.id:08d}"


class RebateMethod(models.TextChoices):
    """How tiers give: each band its own rate, or the rate of the tier reached on everything."""

    GRADUATED = "graduated"
    WHOLE = "whole"


class RebateAgreement(models.Model):
    """What a party gets back on its sales of a period (返利): tiers of `from_minor` and `rate_ppm`, ascending.

    `cap_minor` is the most it may give in one period; that is the amount its checker approves.
    """

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    business_line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    name = models.CharField(max_length=128)
    method = models.CharField(max_length=12, choices=RebateMethod)
    tiers = models.JSONField()
    cycle = models.CharField(max_length=32, default="month:1")
    cap_minor = models.BigIntegerField()
    effective_from = models.DateField()
    effective_before = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=DocumentState, default=DocumentState.PENDING)
    approval_id = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_rebate_agreement"
        constraints = [
            models.CheckConstraint(condition=Q(cap_minor__gt=0), name="rebate_cap_positive"),
            models.CheckConstraint(
                condition=Q(effective_before__isnull=True) | Q(effective_before__gt=F("effective_from")),
                name="rebate_window_forward",
            ),
        ]
        indexes = [models.Index(fields=["party_id", "id"], name="rebate_agreement_of_party")]

    @property
    def number(self) -> str:
        """The number people know it by."""
        return f"RA{self.id:08d}"


class Rebate(models.Model):
    """What one run gave on one period: the base and tier it was computed from are frozen here.

    A later run whose base is another gives the difference to what was given before, as a row of its own.
    """

    id = models.BigAutoField(primary_key=True)
    agreement = models.ForeignKey(RebateAgreement, on_delete=models.PROTECT)
    party_id = models.BigIntegerField()
    starts_on = models.DateField()
    ends_before = models.DateField()
    sequence = models.IntegerField(help_text="1 = the first run over this period")
    base_minor = models.BigIntegerField(help_text="goods side of the period's sales less their refunds")
    derivation = models.JSONField(help_text="method, tiers, the bands reached, the cap")
    total_minor = models.BigIntegerField(help_text="the rebate of the period at this base")
    before_minor = models.BigIntegerField(help_text="given by earlier runs")
    amount_minor = models.BigIntegerField()
    adjustment = models.OneToOneField(Adjustment, on_delete=models.PROTECT)
    computed_at = models.DateTimeField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_rebate"
        constraints = [
            models.UniqueConstraint(fields=["agreement", "starts_on", "sequence"], name="rebate_run_once"),
            models.CheckConstraint(
                condition=Q(amount_minor=F("total_minor") - F("before_minor")),
                name="rebate_is_the_difference",
            ),
        ]
