"""Parts of statements that are to be invoiced, invoices and their lines, and invoices received."""

from django.db import models
from django.db.models import F, Q

from zhanggui.settlement.invoices.tax_models import Direction

ADDS_UP = Q(gross_minor=F("net_minor") + F("tax_minor"))


class InvoiceKind(models.TextChoices):
    """Blue is an invoice, red takes back (part of) one (红字)."""

    BLUE = "blue"
    RED = "red"


class InvoiceState(models.TextChoices):
    """Stations of an invoice; `states.py` has the table of allowed steps."""

    DRAFT = "draft"  # ours, to be issued
    ISSUED = "issued"
    VOIDED = "voided"
    EXPECTED = "expected"  # the party's, to arrive
    RECEIVED = "received"
    VERIFIED = "verified"
    WRITTEN_OFF = "written_off"  # checked off against the statement (核销)


class ReceivedState(models.TextChoices):
    """Stations of a document that a party sent us."""

    RECEIVED = "received"
    VERIFYING = "verifying"
    VERIFIED = "verified"
    REJECTED = "rejected"


class InvoicePart(models.Model):
    """Details of one statement that are invoiced alike: same fee, rate, and statement of the sale.

    Amounts are minor units from the issuer's side: positive is charged, negative takes back. A part never
    changes; `lines` of invoices say how much of it is invoiced.
    """

    pk = models.CompositePrimaryKey("party_id", "id")
    party_id = models.BigIntegerField()
    id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    origin_statement_id = models.BigIntegerField(help_text="the statement that holds the sale")
    entity_id = models.IntegerField()
    mode = models.SmallIntegerField()
    currency = models.CharField(max_length=3)
    direction = models.SmallIntegerField(choices=Direction)
    fee_type_id = models.IntegerField()
    rate_ppm = models.IntegerField()
    tax_code = models.CharField(max_length=32, blank=True, default="")
    item = models.JSONField(default=dict)
    inside = models.BooleanField(help_text="tax is part of the amount, not a detail of its own")
    tax_rule_id = models.IntegerField(default=0, help_text="the rule of the VAT twin; 0 = from the treatment")
    gross_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    detail_count = models.BigIntegerField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_invoice_part"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "statement_id", "direction", "fee_type_id", "rate_ppm", "inside",
                        "origin_statement_id", "tax_rule_id"],
                name="invoice_part_once",
            ),
            models.CheckConstraint(condition=ADDS_UP, name="invoice_part_adds_up"),
        ]  # fmt: skip


class Invoice(models.Model):
    """One invoice: drafted and issued by us (output), or expected from a party (input).

    Amounts are the sums of its lines, minor units from the issuer's side; red ones are negative.
    """

    pk = models.CompositePrimaryKey("party_id", "id")
    party_id = models.BigIntegerField()
    id = models.BigIntegerField()
    number = models.CharField(max_length=40, unique=True, help_text="ours, from the draft on")
    direction = models.SmallIntegerField(choices=Direction)
    kind = models.CharField(max_length=8, choices=InvoiceKind, default=InvoiceKind.BLUE)
    original_id = models.BigIntegerField(default=0, help_text="red: the invoice it takes back from")
    statement_id = models.BigIntegerField()
    entity_id = models.IntegerField()
    mode = models.SmallIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=InvoiceState)
    gross_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    reason = models.TextField(blank=True, default="")
    seller = models.JSONField(default=dict, help_text="as printed, frozen when issued")
    buyer = models.JSONField(default=dict, help_text="as printed, frozen when issued")
    tax_number = models.CharField(max_length=40, blank=True, default="", help_text="the tax authority's")
    tax_number_code = models.CharField(max_length=20, blank=True, default="")
    issued_on = models.DateField(null=True)
    tax_month = models.DateField(null=True, help_text="first day of the month it is filed in")
    file_hash = models.BinaryField(default=bytes, max_length=32)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=150)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_invoice"
        constraints = [
            models.UniqueConstraint(
                fields=["tax_number_code", "tax_number"], condition=~Q(tax_number=""),
                name="invoice_tax_number_once",
            ),
            models.CheckConstraint(condition=ADDS_UP, name="invoice_adds_up"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in InvoiceState]), name="invoice_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="blue", original_id=0, gross_minor__gt=0)
                | Q(kind="red", original_id__gt=0, gross_minor__lt=0),
                name="invoice_red_is_negative",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | (~Q(tax_number="") & Q(tax_month__isnull=False)),
                name="invoice_issued_is_numbered",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["statement_id"], name="invoice_of_statement"),
            models.Index(fields=["state", "direction"], name="invoice_by_state"),
            models.Index(fields=["entity_id", "tax_month"], name="invoice_by_month"),
        ]


class InvoiceLine(models.Model):
    """One line of an invoice: (part of) one part. Red lines are negative."""

    pk = models.CompositePrimaryKey("party_id", "invoice_id", "position")
    party_id = models.BigIntegerField()
    invoice_id = models.BigIntegerField()
    position = models.SmallIntegerField()
    part_id = models.BigIntegerField()
    fee_type_id = models.IntegerField()
    rate_ppm = models.IntegerField()
    tax_code = models.CharField(max_length=32, blank=True, default="")
    gross_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_invoice_line"
        constraints = [
            models.UniqueConstraint(fields=["party_id", "invoice_id", "part_id"], name="invoice_line_once"),
            models.CheckConstraint(condition=ADDS_UP, name="invoice_line_adds_up"),
        ]
        indexes = [models.Index(fields=["party_id", "part_id"], name="invoice_line_of_part")]


class InvoiceEvent(models.Model):
    """One step in an invoice's life: who, when, from where to where, why."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    invoice_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    reason = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_invoice_event"
        indexes = [models.Index(fields=["party_id", "invoice_id"], name="invoice_event_of")]


class InvoiceFile(models.Model):
    """The file of an invoice as it came, named by the SHA-256 of its content."""

    pk = models.CompositePrimaryKey("party_id", "hash")
    party_id = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, help_text="pdf, xml or ofd")
    content = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_invoice_file"


class ReceivedInvoice(models.Model):
    """An invoice that a party issued and sent us, towards one that we expected of it."""

    pk = models.CompositePrimaryKey("party_id", "id")
    party_id = models.BigIntegerField()
    id = models.BigIntegerField()
    invoice_id = models.BigIntegerField(help_text="the expected invoice it covers")
    entity_id = models.IntegerField()
    number = models.CharField(max_length=40)
    number_code = models.CharField(max_length=20, blank=True, default="")
    issued_on = models.DateField()
    currency = models.CharField(max_length=3)
    gross_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    by_rate = models.JSONField(help_text="[{rate_ppm, net_minor, tax_minor}], ascending by rate")
    file_hash = models.BinaryField(default=bytes, max_length=32)
    state = models.CharField(max_length=16, choices=ReceivedState, default=ReceivedState.RECEIVED)
    tax_month = models.DateField(null=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=150)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True, default="")
    reason = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_received_invoice"
        constraints = [
            models.UniqueConstraint(
                fields=["number_code", "number"], condition=~Q(state="rejected"),
                name="received_invoice_number_once",
            ),
            models.CheckConstraint(condition=ADDS_UP, name="received_invoice_adds_up"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ReceivedState]),
                name="received_invoice_state_known",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["party_id", "invoice_id"], name="received_for_invoice")]
