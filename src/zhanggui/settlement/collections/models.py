"""Debts and how they are settled, dunning, write-offs; receipts, claims, and refunds of receipts."""

from django.db import models
from django.db.models import F, Q

from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity


class DebtAction(models.TextChoices):
    """What becomes of a statement that comes to less than nothing."""

    CARRY = "carry"
    COLLECT = "collect"


class CollectionPolicy(models.Model):
    """How debts of a party (0: of everyone without a row of their own) are dealt with, from a day on.

    `carry`: to the next period, at most `carry_max` times in a row (empty: always) and, with
    `while_selling`, only while the party sells; then it is collected.
    """

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField(default=0)
    entity = models.ForeignKey(SettlementEntity, on_delete=models.PROTECT)
    action = models.CharField(max_length=12, choices=DebtAction, default=DebtAction.CARRY)
    carry_max = models.SmallIntegerField(null=True)
    while_selling = models.BooleanField(default=False)
    due_days = models.SmallIntegerField(default=15, help_text="days from closing until a debt is overdue")
    set_off = models.BooleanField(default=True, help_text="against goods money of later statements")
    deposit_agreed = models.BooleanField(
        default=False,
        help_text="the agreement lets us settle debts from the deposit without further approval",
    )
    effective_from = models.DateField()
    effective_before = models.DateField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_collection_policy"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "entity", "effective_from"], name="collection_policy_once"
            ),
            models.CheckConstraint(
                condition=Q(carry_max__isnull=True) | Q(carry_max__gte=0), name="collection_carry_in_range"
            ),
        ]


class Debt(models.Model):
    """What a party owes on a statement that is collected: `open_minor` is what 1122 of the statement holds."""

    pk = models.CompositePrimaryKey("party_id", "statement_id")
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    entity = models.ForeignKey(SettlementEntity, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()
    pledged_minor = models.BigIntegerField(
        default=0, help_text="asked to be written off, waiting for approval"
    )
    due_on = models.DateField()
    level = models.SmallIntegerField(default=0, help_text="dunning level reached, 0 = none")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_debt"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, open_minor__gte=0, open_minor__lte=F("amount_minor")),
                name="debt_in_range",
            ),
            models.CheckConstraint(
                condition=Q(pledged_minor__gte=0, pledged_minor__lte=F("open_minor")),
                name="debt_pledged_once",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(open_minor__gt=0), name="debt_open_by_due"),
        ]


class SettledBy(models.TextChoices):
    """What a debt was settled by, in the order of the rule."""

    SET_OFF = "set_off"
    DEPOSIT = "deposit"
    RECEIPT = "receipt"
    WRITE_OFF = "write_off"


class DebtSettlement(models.Model):
    """One step by which a debt got smaller (positive) or, when a claim was reversed, larger again. Append-only."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    by = models.CharField(max_length=12, choices=SettledBy)
    amount_minor = models.BigIntegerField()
    document_id = models.BigIntegerField(
        default=0, help_text="set-offs: the statement that paid; else deposit movement, claim or write-off"
    )
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_debt_settlement"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="debt_settlement_of_something")
        ]
        indexes = [models.Index(fields=["party_id", "statement_id"], name="debt_settlement_of")]


class WriteOff(models.Model):
    """A debt, or part of it, that is given up; another person approves it."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.TextField()
    evidence = models.TextField(blank=True, default="")
    state = models.CharField(max_length=12, choices=DocumentState, default=DocumentState.PENDING)
    approval_id = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_write_off"
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="write_off_positive")]
        indexes = [models.Index(fields=["party_id", "statement_id"], name="write_off_of")]

    @property
    def number(self) -> str:
        """The number people know it by."""
        return f"WO{self.id:08d}"


class DunningNote(models.Model):
    """A step of dunning: a level reached, a call, a promise to pay. Append-only; for the platform's eyes."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    level = models.SmallIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    note = models.TextField()
    promised_on = models.DateField(null=True)
    promised_minor = models.BigIntegerField(default=0)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_dunning_note"
        indexes = [models.Index(fields=["party_id", "statement_id"], name="dunning_note_of")]


class Receipt(models.Model):
    """Money that arrived on an account of ours. What nobody claimed stands on 2241.08, reference = its id."""

    id = models.BigAutoField(primary_key=True)
    own_account = models.ForeignKey(OwnAccount, on_delete=models.PROTECT)
    entity = models.ForeignKey(SettlementEntity, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    bank_reference = models.CharField(max_length=128)
    amount_minor = models.BigIntegerField()
    claimed_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0, help_text="given back to the payer, or asked to be")
    received_on = models.DateField()
    payer = models.CharField(max_length=200, blank=True, default="")
    payer_account = models.CharField(max_length=64, blank=True, default="", help_text="masked")
    memo = models.CharField(max_length=500, blank=True, default="")
    source = models.CharField(max_length=16, default="screen", help_text="screen, api, csv, bank")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=150)
    reversed_at = models.DateTimeField(null=True)
    reversal_reason = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_receipt"
        constraints = [
            models.UniqueConstraint(fields=["own_account", "bank_reference"], name="receipt_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, claimed_minor__gte=0, refunded_minor__gte=0),
                name="receipt_signs",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=F("claimed_minor") + F("refunded_minor")),
                name="receipt_not_overclaimed",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(claimed_minor=0, refunded_minor=0),
                name="receipt_reversed_unclaimed",
            ),
        ]
        indexes = [models.Index(fields=["received_on"], name="receipt_by_day")]

    @property
    def number(self) -> str:
        """The number people know it by."""
        return f"RC{self.id:08d}"

    @property
    def rest_minor(self) -> int:
        """What is still to claim, minor units."""
        return 0 if self.reversed_at else self.amount_minor - self.claimed_minor - self.refunded_minor


class ClaimTarget(models.TextChoices):
    """What a claim pays."""

    DEBT = "debt"
    DEPOSIT = "deposit"


class Claim(models.Model):
    """Part of a receipt, claimed for a debt or a deposit of a party (认款); reversed by a new entry, not changed."""

    id = models.BigAutoField(primary_key=True)
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="claims")
    party_id = models.BigIntegerField()
    target = models.CharField(max_length=12, choices=ClaimTarget)
    statement_id = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    reversed_at = models.DateTimeField(null=True)
    reversed_by = models.CharField(max_length=150, blank=True, default="")
    reversal_reason = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_claim"
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="claim_positive")]
        indexes = [models.Index(fields=["party_id", "id"], name="claim_of_party")]


class ReceiptRefund(models.Model):
    """What nobody claimed of a receipt, given back to the payer; another person approves it."""

    id = models.BigAutoField(primary_key=True)
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="refunds")
    amount_minor = models.BigIntegerField()
    reason = models.TextField()
    state = models.CharField(max_length=12, choices=DocumentState, default=DocumentState.PENDING)
    approval_id = models.BigIntegerField(default=0)
    by_payout = models.BooleanField(
        default=False,
        help_text="approved and to leave by a payout; older ones were booked as paid when approved",
    )
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_receipt_refund"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="receipt_refund_positive")
        ]

    @property
    def number(self) -> str:
        """The number people know it by."""
        return f"RR{self.id:08d}"
