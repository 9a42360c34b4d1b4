"""Data by which tax is charged and filed: profiles, treatments, withholding, policies, months, by date."""

from django.db import models
from django.db.models import F, Q

WINDOW = Q(effective_before__isnull=True) | Q(effective_before__gt=F("effective_from"))


class Direction(models.IntegerChoices):
    """Who issues: we (销项), or the party (进项)."""

    OUTPUT = 1
    INPUT = 2


class Taxpayer(models.TextChoices):
    """What kind of taxpayer somebody is."""

    GENERAL = "general"
    SMALL = "small"
    INDIVIDUAL = "individual"


class TaxProfile(models.Model):
    """What stands on an invoice about one party at one entity, from a day on.

    `entity_id` 0 is for every entity; `party_id` 0 holds the entity's own data. The bank account is sealed.
    """

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField(default=0)
    entity_id = models.IntegerField(default=0)
    effective_from = models.DateField()
    effective_before = models.DateField(null=True)
    taxpayer = models.CharField(max_length=16, choices=Taxpayer, default=Taxpayer.GENERAL)
    title = models.CharField(max_length=200)
    tax_number = models.CharField(max_length=32, blank=True, default="")
    address = models.CharField(max_length=300, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    bank_name = models.CharField(max_length=200, blank=True, default="")
    bank_account_masked = models.CharField(max_length=32, blank=True, default="")
    bank_account_sealed = models.BinaryField(default=bytes)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_tax_profile"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "entity_id", "effective_from"], name="tax_profile_start_once"
            ),
            models.CheckConstraint(condition=WINDOW, name="tax_profile_forward"),
        ]


class TaxTreatment(models.Model):
    """Rate and code of what is invoiced, from a day on; 0 stands for every entity, party or fee type.

    Where a fee has a VAT twin, the rate is the twin's rule's, and only code and item are read from here.
    """

    id = models.BigAutoField(primary_key=True)
    direction = models.SmallIntegerField(choices=Direction)
    entity_id = models.IntegerField(default=0)
    party_id = models.BigIntegerField(default=0)
    fee_type_id = models.IntegerField(default=0)
    effective_from = models.DateField()
    effective_before = models.DateField(null=True)
    rate_ppm = models.IntegerField()
    tax_code = models.CharField(max_length=32, blank=True, default="", help_text="tax classification code")
    item = models.JSONField(default=dict, help_text="what the line is called: {zh, en}")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_tax_treatment"
        constraints = [
            models.UniqueConstraint(
                fields=["direction", "entity_id", "party_id", "fee_type_id", "effective_from"],
                name="tax_treatment_start_once",
            ),
            models.CheckConstraint(condition=WINDOW, name="tax_treatment_forward"),
            models.CheckConstraint(
                condition=Q(rate_ppm__gte=0, rate_ppm__lte=1_000_000), name="tax_treatment_rate"
            ),
        ]


class WithholdingTable(models.Model):
    """How much tax is withheld from individuals, from a day on: allowances and brackets as data.

    `brackets` are ascending [{over_minor, rate_ppm, quick_minor}]; see `rules.withholding`.
    """

    id = models.BigAutoField(primary_key=True)
    entity_id = models.IntegerField(default=0)
    currency = models.CharField(max_length=3)
    effective_from = models.DateField()
    effective_before = models.DateField(null=True)
    allowance_minor = models.BigIntegerField(default=0)
    allowance_ppm = models.IntegerField(default=0)
    brackets = models.JSONField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_withholding_table"
        constraints = [
            models.UniqueConstraint(
                fields=["entity_id", "currency", "effective_from"], name="withholding_start_once"
            ),
            models.CheckConstraint(condition=WINDOW, name="withholding_forward"),
        ]


class InvoicePolicy(models.Model):
    """How one entity invoices; entity 0 holds what goes for every entity without a row of its own."""

    entity_id = models.IntegerField(primary_key=True)
    draft_when = models.CharField(max_length=16, default="confirmed", help_text="closed or confirmed")
    reversals = models.CharField(max_length=16, default="red_letter", help_text="red_letter or deduction")
    input_check = models.CharField(max_length=16, default="before_payment", help_text="or after_payment")
    verify_above_minor = models.BigIntegerField(
        null=True, help_text="verifying more than this needs an approval; empty = one verifier is enough"
    )

    class Meta:
        app_label = "settlement"
        db_table = "settlement_invoice_policy"
        constraints = [
            models.CheckConstraint(
                condition=Q(draft_when__in=["closed", "confirmed"])
                & Q(reversals__in=["red_letter", "deduction"])
                & Q(input_check__in=["before_payment", "after_payment"]),
                name="invoice_policy_known",
            ),
        ]


class Withholding(models.Model):
    """Tax withheld from an individual on one statement: base, tax, and the charge that holds the detail."""

    pk = models.CompositePrimaryKey("party_id", "statement_id")
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    entity_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    table_id = models.BigIntegerField()
    base_minor = models.BigIntegerField()
    taxable_minor = models.BigIntegerField()
    rate_ppm = models.IntegerField()
    tax_minor = models.BigIntegerField()
    line_id = models.BigIntegerField(help_text="the charge whose detail it is")
    tax_month = models.DateField()
    at = models.DateTimeField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_withholding"


class WithholdingReturn(models.Model):
    """The share of the tax withheld on one statement that refunds on a later one give back, minor units.

    `taken_minor` is what the refunds took, `base_minor` as much of it as was income there.
    """

    pk = models.CompositePrimaryKey("party_id", "statement_id", "origin_statement_id")
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    origin_statement_id = models.BigIntegerField(help_text="the statement on which it was withheld")
    entity_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    rate_ppm = models.IntegerField(help_text="the bracket's, when it was withheld")
    taken_minor = models.BigIntegerField()
    base_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    line_id = models.BigIntegerField(help_text="the charge whose detail it is; 0 where it comes to nothing")
    tax_month = models.DateField()
    at = models.DateTimeField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_withholding_return"


class TaxMonth(models.Model):
    """A month of one entity and currency that has been filed: later documents go to the next one."""

    id = models.BigAutoField(primary_key=True)
    entity_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    month = models.DateField(help_text="its first day")
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=150)
    figures = models.JSONField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_tax_month"
        constraints = [
            models.UniqueConstraint(fields=["entity_id", "currency", "month"], name="tax_month_once"),
        ]
