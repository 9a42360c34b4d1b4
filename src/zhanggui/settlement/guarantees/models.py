"""Deposits and their movements, requirements, reserve policies, holds and their movements."""

from django.db import models
from django.db.models import F, Q

from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount, SettlementEntity


class RequirementRule(models.TextChoices):
    """How a requirement counts beside the others that a party falls under."""

    LARGEST = "largest"
    ADDED = "added"


class DepositRequirement(models.Model):
    """How much a party must have deposited, for a category it sells in (0 = whatever it sells), from a day on.

    Of those that count as `largest` the largest applies; those that are `added` come on top. A row of the party
    goes before the rows for everyone (`party_id` 0) of the same category and rule.
    """

    id = models.BigAutoField(primary_key=True)
    business_line = models.ForeignKey(BusinessLine, on_delete=models.PROTECT)
    party_id = models.BigIntegerField(default=0)
    category_id = models.IntegerField(default=0, help_text="Dimension id; 0 = every party")
    rule = models.CharField(max_length=12, choices=RequirementRule, default=RequirementRule.LARGEST)
    amount_minor = models.BigIntegerField()
    effective_from = models.DateField()
    effective_before = models.DateField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_deposit_requirement"
        constraints = [
            models.UniqueConstraint(
                fields=["business_line", "party_id", "category_id", "rule", "effective_from"],
                name="deposit_requirement_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="deposit_requirement_not_negative"),
            models.CheckConstraint(
                condition=Q(effective_before__isnull=True) | Q(effective_before__gt=F("effective_from")),
                name="deposit_requirement_forward",
            ),
        ]


class Deposit(models.Model):
    """What a party has deposited at one entity in one currency, and must have; `held_minor` is the sum of its
    movements, kept here to be locked and never to fall below zero."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    entity = models.ForeignKey(SettlementEntity, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    held_minor = models.BigIntegerField(default=0)
    pledged_minor = models.BigIntegerField(
        default=0, help_text="asked for by documents that wait for approval"
    )
    required_minor = models.BigIntegerField(default=0)
    demanded_minor = models.BigIntegerField(
        default=0, help_text="what is short and asked of the party; 0 = none"
    )
    demanded_at = models.DateTimeField(null=True)
    top_up_by = models.DateField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_deposit"
        constraints = [
            models.UniqueConstraint(fields=["party_id", "entity", "currency"], name="deposit_once"),
            models.CheckConstraint(condition=Q(held_minor__gte=0), name="deposit_not_negative"),
            models.CheckConstraint(
                condition=Q(pledged_minor__gte=0, pledged_minor__lte=F("held_minor")),
                name="deposit_pledged_once",
            ),
        ]

    @property
    def short_minor(self) -> int:
        """What is missing of the requirement, minor units."""
        return max(0, self.required_minor - self.held_minor)

    @property
    def free_minor(self) -> int:
        """What no waiting document has asked for, minor units."""
        return self.held_minor - self.pledged_minor


class DepositKind(models.TextChoices):
    """Why a deposit moved."""

    RECEIPT = "receipt"  # paid in, claimed from a bank receipt
    STATEMENT = "statement"  # paid in from what a statement comes to
    DEDUCTION = "deduction"
    DEBT = "debt"  # set off against a debt
    REFUND = "refund"


class DepositMovement(models.Model):
    """One movement of a deposit: positive is paid in. Append-only."""

    id = models.BigAutoField(primary_key=True)
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT)
    party_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=DepositKind)
    amount_minor = models.BigIntegerField()
    document_id = models.BigIntegerField(
        default=0, help_text="claim, deposit order or debt settlement, by kind"
    )
    line_id = models.BigIntegerField(default=0, help_text="the billed line, where a statement shows it")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    reason = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_deposit_movement"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="deposit_movement_of_something")
        ]
        indexes = [models.Index(fields=["party_id", "id"], name="deposit_movement_of_party")]


class DepositUse(models.TextChoices):
    """What a document over a deposit does with the money."""

    PENALTY = "penalty"  # income of ours
    BUYERS = "buyers"  # owed to buyers
    DEBT = "debt"  # settles a debt of the party
    STATEMENT = "statement"  # given back with the next statement
    BANK = "bank"  # given back from an account of ours


class DepositOrder(models.Model):
    """A document that takes from a deposit or gives it back; another person approves it."""

    id = models.BigAutoField(primary_key=True)
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT)
    party_id = models.BigIntegerField()
    use = models.CharField(max_length=12, choices=DepositUse)
    amount_minor = models.BigIntegerField()
    statement_id = models.BigIntegerField(default=0, help_text="the debt it settles")
    own_account = models.ForeignKey(OwnAccount, on_delete=models.PROTECT, null=True)
    reason = models.TextField()
    evidence = models.TextField(blank=True, default="")
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
        db_table = "settlement_deposit_order"
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="deposit_order_positive")]
        indexes = [models.Index(fields=["party_id", "id"], name="deposit_order_of_party")]

    @property
    def number(self) -> str:
        """The number people know it by."""
        return f"DO{self.id:08d}"


class ReservePolicy(models.Model):
    """Which share of a confirmed statement is reserved, and for how many days (滚动准备金). `party_id` 0 holds
    for everyone at the entity without a row of their own."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField(default=0)
    entity = models.ForeignKey(SettlementEntity, on_delete=models.PROTECT)
    rate_ppm = models.IntegerField()
    days = models.SmallIntegerField()
    effective_from = models.DateField()
    effective_before = models.DateField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_reserve_policy"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "entity", "effective_from"], name="reserve_policy_once"
            ),
            models.CheckConstraint(
                condition=Q(rate_ppm__gte=0, rate_ppm__lte=1_000_000, days__gte=1), name="reserve_in_range"
            ),
        ]


class HoldKind(models.TextChoices):
    """What a hold is."""

    RESERVE = "reserve"
    AMOUNT = "amount"
    PARTY = "party"


class Hold(models.Model):
    """Money of a party that is not to be paid out: a reserve of a statement, a frozen amount, or, with no amount,
    everything of a frozen party. `held_minor` is what stands on 2202.05 for it now."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    entity = models.ForeignKey(SettlementEntity, on_delete=models.PROTECT, null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    kind = models.CharField(max_length=12, choices=HoldKind)
    statement_id = models.BigIntegerField(default=0, help_text="reserves: the statement it is a share of")
    wanted_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    rate_ppm = models.IntegerField(default=0)
    release_on = models.DateField(null=True)
    reason = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=150, blank=True, default="")
    release_reason = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_hold"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "statement_id"], condition=Q(kind="reserve"), name="reserve_once"
            ),
            models.CheckConstraint(
                condition=Q(held_minor__gte=0, held_minor__lte=F("wanted_minor")), name="hold_within_wanted"
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(held_minor=0), name="hold_released_wholly"
            ),
        ]
        indexes = [
            models.Index(fields=["party_id", "id"], name="hold_of_party"),
            models.Index(
                fields=["release_on"], condition=Q(released_at__isnull=True), name="hold_to_release"
            ),
        ]

    @property
    def number(self) -> str:
        """The number people know it by."""
        return f"HD{self.id:08d}"


class HoldMovement(models.Model):
    """Money put on hold (positive) or let go (negative). `line_id` is the billed line on the open statement by
    which it was let go; 0 when it moved between a confirmed statement and the hold. Append-only."""

    id = models.BigAutoField(primary_key=True)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="movements")
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    line_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_hold_movement"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="hold_movement_of_something")
        ]
        indexes = [models.Index(fields=["party_id", "statement_id"], name="hold_movement_of_statement")]
