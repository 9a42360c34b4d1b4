"""Statements, their history, and disputes over single lines."""

from django.db import models
from django.db.models import F, Q


class StatementState(models.TextChoices):
    """Stations of the life cycle; `states.py` has the table of allowed steps."""

    OPEN = "open"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    PAYING = "paying"
    PAID = "paid"
    FAILED = "failed"
    CARRIED = "carried"
    COLLECTING = "collecting"
    COLLECTED = "collected"
    WRITTEN_OFF = "written_off"
    ZERO = "zero"


class InvoiceAxis(models.TextChoices):
    """Where a statement stands with its invoices, beside payment; `settlement.invoices` says when it moves."""

    PENDING = "pending"  # nobody has looked yet
    NONE = "none"
    TO_ISSUE = "to_issue"
    ISSUED = "issued"
    TO_RECEIVE = "to_receive"
    RECEIVED = "received"
    VERIFIED = "verified"
    WRITTEN_OFF = "written_off"


class Statement(models.Model):
    """What one party is owed for one period, at one entity, in one currency and invoice mode.

    While open the figures are zero and the lines speak; closing writes them once. `carried_minor` is the
    part of the net moved on to a later statement afterwards (a debt, or disputed lines); `withheld_minor`
    the part that is confirmed and yet not to be paid: reserved, frozen, or set off against an older debt.
    """

    pk = models.CompositePrimaryKey("party_id", "id")
    party_id = models.BigIntegerField()
    id = models.BigIntegerField()
    number = models.CharField(max_length=40)
    entity_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    mode = models.SmallIntegerField()
    kind = models.SmallIntegerField(default=1, help_text="1 = goods and services; others come later")
    cycle = models.CharField(max_length=32)
    document_id = models.BigIntegerField(default=0, help_text="per-document cycles: the line it was made for")
    starts_on = models.DateField()
    ends_before = models.DateField()
    due_on = models.DateField()
    auto_confirm_on = models.DateField()
    state = models.CharField(max_length=16, choices=StatementState, default=StatementState.OPEN)
    invoice_axis = models.CharField(max_length=16, choices=InvoiceAxis, db_default=InvoiceAxis.PENDING)
    billed_account_id = models.BigIntegerField()
    goods_minor = models.BigIntegerField(default=0)
    fees_minor = models.BigIntegerField(default=0)
    refunds_minor = models.BigIntegerField(default=0)
    other_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField(default=0)
    carried_minor = models.BigIntegerField(default=0)
    withheld_minor = models.BigIntegerField(
        default=0, db_default=0, help_text="of what was confirmed: held, or set off against a debt"
    )
    line_count = models.BigIntegerField(default=0)
    detail_count = models.BigIntegerField(default=0)
    open_disputes = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=150, blank=True, default="")
    chain_position = models.BigIntegerField(default=0, help_text="place in the party's chain of closed ones")
    enrichment = models.JSONField(
        default=dict,
        help_text="what is added after cut-off (names, tax numbers, remarks); not part of the hash",
    )
    previous_hash = models.BinaryField(max_length=32, default=bytes)
    hash = models.BinaryField(max_length=32, default=bytes)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_statement"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "party_id", "entity_id", "currency", "mode", "kind", "cycle", "starts_on", "document_id",
                ],
                name="statement_once",
            ),
            models.CheckConstraint(
                condition=Q(net_minor=F("goods_minor") + F("fees_minor") + F("refunds_minor")
                            + F("other_minor")),
                name="statement_net_adds_up",
            ),
            models.CheckConstraint(condition=Q(ends_before__gt=F("starts_on")), name="statement_forward"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in StatementState]),
                name="statement_state_known",
            ),
            models.CheckConstraint(
                condition=Q(invoice_axis__in=[axis.value for axis in InvoiceAxis]),
                name="statement_invoice_axis_known",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["id"], name="statement_id"),
            models.Index(fields=["state", "ends_before"], name="statement_state_end"),
            models.Index(fields=["number"], name="statement_number"),
            models.Index(fields=["invoice_axis", "state"], name="statement_invoice_axis"),
        ]

    @property
    def payable_minor(self) -> int:
        """What of the confirmed net is to be paid, minor units."""
        return self.net_minor - self.carried_minor - self.withheld_minor


class StatementEvent(models.Model):
    """One step in a statement's life: who, when, from where to where, why."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    before = models.CharField(max_length=16)
    after = models.CharField(max_length=16)
    reason = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_statement_event"
        indexes = [models.Index(fields=["statement_id"], name="statement_event_of")]


class DetailSum(models.Model):
    """All details of one day, line, kind and fee, added up: derived, folded from lines and compared with them."""

    pk = models.CompositePrimaryKey("day", "currency", "business_line_id", "kind", "fee_type_id")
    day = models.DateField(help_text="of the event, in the zone of the fold")
    currency = models.CharField(max_length=3)
    business_line_id = models.IntegerField()
    kind = models.SmallIntegerField()
    fee_type_id = models.IntegerField()
    details = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_detail_sum"


class StatementSum(models.Model):
    """What the folded lines of a statement come to while it is open: derived, and compared with the lines. Once it
    is closed nobody looks at them any more."""

    pk = models.CompositePrimaryKey("party_id", "statement_id")
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    lines = models.BigIntegerField()
    details = models.BigIntegerField()
    goods = models.BigIntegerField()
    fees = models.BigIntegerField()
    refunds = models.BigIntegerField()
    other = models.BigIntegerField()
    net = models.BigIntegerField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_statement_sum"


class DetailFold(models.Model):
    """How far both sums are folded: one row, the batch below which no line is missing, and the zone of the days."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    through_batch = models.BigIntegerField()
    zone = models.CharField(max_length=64)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_detail_fold"


class Dispute(models.Model):
    """A merchant's objection to one detail; the detail moves to the next statement, the rest proceeds."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    moved_to_statement_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    position = models.SmallIntegerField(help_text="1-based place of the detail on its billed line")
    fee_type_id = models.IntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.TextField()
    state = models.CharField(max_length=16, default="open", help_text="open, upheld, rejected")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=150, blank=True, default="")
    resolution = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_dispute"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "line_id", "event_id", "position"], name="dispute_once"
            ),
        ]
