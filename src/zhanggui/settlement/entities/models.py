"""Who settles, for which business line, on which terms."""

from copy import copy

from django.db import models
from django.db.models import F, Q


class SettlementEntity(models.Model):
    """A legal entity of the platform that pays and collects; required on every statement (F48)."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=32, unique=True)
    name = models.JSONField()
    tax_number = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_entity"


class OwnAccountKind(models.TextChoices):
    """Where our own money lies."""

    BANK = "bank"
    CHANNEL = "channel"


class OwnAccount(models.Model):
    """An account of ours at a bank or a payment channel: payouts leave it, receipts arrive on it, its statement
    or bill is reconciled with ledger account (entity, 1002 or 1012.x, reference = its id).

    `details` holds what files to that bank need (BIC, branch, merchant number); the number itself is sealed.
    """

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField()
    kind = models.CharField(max_length=16, choices=OwnAccountKind)
    entity = models.ForeignKey(SettlementEntity, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    rail = models.CharField(max_length=32, help_text="the adapter that speaks to it, such as iso20022")
    holder = models.CharField(max_length=128, blank=True, default="")
    number_masked = models.CharField(max_length=64, blank=True, default="")
    number_sealed = models.BinaryField(default=bytes)
    details = models.JSONField(default=dict)
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_own_account"


class BusinessLine(models.Model):
    """A business unit whose orders come in under their own number range (F34, F35)."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField()
    currency = models.CharField(max_length=3)
    rule_set_code = models.CharField(max_length=64, blank=True, default="")
    settlement_only = models.BooleanField(
        default=False, help_text="the line bills itself and posts its details; we only settle"
    )
    shadow = models.BooleanField(
        default=False, help_text="bill pushed details again in shadow and list differences (双保险)"
    )

    class Meta:
        app_label = "settlement"
        db_table = "settlement_business_line"


class InvoiceMode(models.IntegerChoices):
    """Which side issues the invoice (发票模式); facts A7."""

    OUTPUT = 1  # platform invoices the merchant for its fees (销项)
    INPUT = 2  # merchant invoices the platform for the goods (进项)
    NONE = 3  # no invoice; the platform may have to withhold


class BillingNode(models.IntegerChoices):
    """The order state at which a line becomes billable (F5)."""

    PAID = 1
    SHIPPED = 2
    RECEIVED = 3
    COMPLETED = 4


class SettlementTerms(models.Model):
    """Effective-dated terms of one party at one entity; `party_id` 0 holds a business line's defaults.

    A change is a new row from a later date: what is frozen on a staged line never moves.
    """

    id = models.AutoField(primary_key=True)
    party_id = models.BigIntegerField(default=0)
    business_line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT)
    entity = models.ForeignKey(SettlementEntity, on_delete=models.PROTECT)
    invoice_mode = models.SmallIntegerField(choices=InvoiceMode, default=InvoiceMode.OUTPUT)
    node = models.SmallIntegerField(choices=BillingNode, default=BillingNode.RECEIVED)
    hold_days = models.SmallIntegerField(default=0)
    cycle = models.CharField(max_length=32, default="month:1")
    due_rule = models.CharField(max_length=32, default="D+7")
    calendar = models.CharField(max_length=16, default="CN")
    auto_confirm_days = models.SmallIntegerField(default=7)
    effective_from = models.DateField()
    effective_before = models.DateField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_terms"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "business_line", "effective_from"], name="terms_start_once"
            ),
            models.CheckConstraint(
                condition=Q(effective_before__isnull=True) | Q(effective_before__gt=F("effective_from")),
                name="terms_window_forward",
            ),
            models.CheckConstraint(condition=Q(hold_days__gte=0), name="terms_hold_not_negative"),
        ]

    def like(self, *, entity_id: int, **settings: object) -> "SettlementTerms":
        """Unsaved terms with these settings in place of their own; everything else is as here."""
        other = copy(self)
        other.entity_id = entity_id
        for name, value in settings.items():
            setattr(other, name, value)
        return other


class Dimension(models.Model):
    """A dictionary of codes: rules and lines carry the small number instead of the text."""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=16)
    code = models.CharField(max_length=128)
    parent_id = models.IntegerField(default=0)
    name = models.JSONField(default=dict)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_dimension"
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="dimension_once")]


class Contract(models.Model):
    """A contract with a party, with its paper, sealed. Never changed: a newer one of the same party takes its place
    from its own first day on."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    number = models.CharField(max_length=64, unique=True)
    signed_on = models.DateField()
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="its last day")
    signed_by = models.CharField(max_length=200, help_text="who signed, on both sides")
    note = models.CharField(max_length=255, blank=True, default="")
    file_name = models.CharField(max_length=255)
    file_bytes = models.BigIntegerField()
    file_sha256 = models.BinaryField(max_length=32)
    file_sealed = models.BinaryField()
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=150)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_contract"
        constraints = [
            models.CheckConstraint(condition=Q(party_id__gt=0), name="contract_with_somebody"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_window_forward"),
            models.CheckConstraint(condition=Q(signed_on__lte=F("ends_on")), name="contract_signed_in_time"),
        ]
        indexes = [models.Index(fields=["party_id", "id"], name="contract_of_party")]
