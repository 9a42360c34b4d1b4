"""Bills and their rows, runs, matches, differences and notes on them; a merchant's own checks."""

from django.db import models
from django.db.models import F, Q

from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.kinds import BillKind, DifferenceKind, DifferenceState


class Bill(models.Model):
    """A bill of a channel or a statement of a bank, as it came; never changed. `digest` is the SHA-256 of the
    unpacked content: the same file again is the same bill."""

    id = models.BigAutoField(primary_key=True)
    own_account = models.ForeignKey(OwnAccount, on_delete=models.PROTECT)
    channel = models.CharField(max_length=16)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in BillKind])
    form = models.CharField(max_length=32)
    variant = models.CharField(max_length=16, help_text="what part of the day it holds: all, success, refund")
    starts_on = models.DateField()
    ends_before = models.DateField()
    currency = models.CharField(max_length=3)
    source_name = models.CharField(max_length=255)
    digest = models.BinaryField(max_length=32)
    rows = models.IntegerField()
    in_minor = models.BigIntegerField(help_text="sum of rows that bring money to us")
    out_minor = models.BigIntegerField(help_text="sum of rows that take money from us, negative")
    fee_milli = models.BigIntegerField(help_text="fees as printed, thousandths of a minor unit")
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    told = models.JSONField(default=dict, help_text="the bill's own control totals, as printed")
    imported_at = models.DateTimeField()
    actor = models.CharField(max_length=150, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_bill"
        constraints = [
            models.UniqueConstraint(fields=["own_account", "digest"], name="bill_once"),
            models.CheckConstraint(condition=Q(ends_before__gt=F("starts_on")), name="bill_days_forward"),
        ]
        indexes = [models.Index(fields=["own_account", "kind", "starts_on"], name="bill_days")]


class ExternalRecord(models.Model):
    """A row of a bill, append-only. Amounts are positive when money comes to us; fees positive when we bear them."""

    pk = models.CompositePrimaryKey("bill_id", "row_number")
    bill_id = models.BigIntegerField()
    row_number = models.IntegerField()
    own_account_id = models.IntegerField()
    kind = models.SmallIntegerField()
    state = models.SmallIntegerField()
    occurred_at = models.DateTimeField()
    day = models.DateField()
    amount_minor = models.BigIntegerField()
    fee_milli = models.BigIntegerField()
    balance_minor = models.BigIntegerField(help_text="the running balance; 0 where the bill has none")
    own_number = models.TextField()
    own_refund_number = models.TextField()
    channel_number = models.TextField()
    channel_refund_number = models.TextField()
    flow_number = models.TextField()
    title = models.TextField()
    memo = models.TextField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_external_record"
        indexes = [
            models.Index(fields=["channel_number"], name="external_channel_number"),
            models.Index(fields=["own_number"], name="external_own_number"),
        ]


class ReconciliationRule(models.Model):
    """What a run may take for equal and may post by itself; the row with account 0 is for accounts without one."""

    own_account_id = models.IntegerField(primary_key=True)
    amount_tolerance_minor = models.BigIntegerField(default=0)
    expected_fee_ppm = models.IntegerField(
        default=0, help_text="agreed rate of the channel; 0 = fees unchecked"
    )
    fee_tolerance_milli = models.BigIntegerField(default=1000)
    cut_minutes = models.IntegerField(default=30, help_text="how near the day's cut a lone row is suspended")
    suspend_days = models.IntegerField(default=1)
    post_settlements = models.BooleanField(default=True)
    post_fees = models.BooleanField(default=True)
    post_suspense = models.BooleanField(default=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_reconciliation_rule"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_tolerance_minor__gte=0) & Q(cut_minutes__range=(0, 1440))
                & Q(suspend_days__range=(0, 31)) & Q(fee_tolerance_milli__gte=0),
                name="reconciliation_rule_sane",
            ),
        ]  # fmt: skip


class ReconciliationRun(models.Model):
    """One pass of one leg over one bill: what it newly placed. A pass that finds nothing new leaves no run."""

    id = models.BigAutoField(primary_key=True)
    own_account = models.ForeignKey(OwnAccount, on_delete=models.PROTECT)
    leg = models.SmallIntegerField()
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT)
    starts_on = models.DateField()
    ends_before = models.DateField()
    currency = models.CharField(max_length=3)
    our_count = models.IntegerField()
    our_minor = models.BigIntegerField()
    their_count = models.IntegerField()
    their_minor = models.BigIntegerField()
    matched_count = models.IntegerField()
    matched_minor = models.BigIntegerField()
    suspended_count = models.IntegerField()
    differing_count = models.IntegerField()
    kinds = models.JSONField(default=dict, help_text="differences found, by kind")
    fees_minor = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    actor = models.CharField(max_length=150, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_reconciliation_run"
        indexes = [models.Index(fields=["bill", "leg"], name="reconciliation_run_bill")]


class ReconciliationMatch(models.Model):
    """A row of a bill and what stands against it on our side; both once per leg. Append-only."""

    pk = models.CompositePrimaryKey("leg", "bill_id", "row_number")
    leg = models.SmallIntegerField()
    bill_id = models.BigIntegerField()
    row_number = models.IntegerField()
    our_kind = models.SmallIntegerField()
    our_a = models.BigIntegerField()
    our_b = models.BigIntegerField()
    our_minor = models.BigIntegerField()
    their_minor = models.BigIntegerField()
    run_id = models.BigIntegerField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_reconciliation_match"
        constraints = [
            models.UniqueConstraint(fields=["leg", "our_kind", "our_a", "our_b"], name="match_ours_once"),
        ]
        indexes = [models.Index(fields=["run_id"], name="match_run")]


class Difference(models.Model):
    """Two sides that do not agree. What was found never changes; `state` and what was decided do."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT)
    own_account = models.ForeignKey(OwnAccount, on_delete=models.PROTECT)
    leg = models.SmallIntegerField()
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in DifferenceKind])
    state = models.CharField(max_length=16, choices=[(state.value, state.value) for state in DifferenceState])
    currency = models.CharField(max_length=3)
    day = models.DateField(help_text="the business day that it is about; ageing counts from here")
    bill_id = models.BigIntegerField(default=0)
    row_number = models.IntegerField(default=0, help_text="0 = nothing stands on their side")
    our_kind = models.SmallIntegerField(default=0)
    our_a = models.BigIntegerField(default=0)
    our_b = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=128, default="")
    our_minor = models.BigIntegerField(default=0)
    their_minor = models.BigIntegerField(default=0)
    our_fee_milli = models.BigIntegerField(default=0)
    their_fee_milli = models.BigIntegerField(default=0)
    suspense_minor = models.BigIntegerField(
        default=0, help_text="what of it lies in 2241.07 while it is not settled"
    )
    suspended_through = models.DateField(null=True)
    found_at = models.DateTimeField()
    assigned_to = models.CharField(max_length=150, default="")
    proposed = models.JSONField(default=dict, help_text="the way of settling that waits for approval")
    resolution = models.CharField(max_length=32, default="")
    reason = models.TextField(default="")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=150, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_difference"
        constraints = [
            models.UniqueConstraint(
                fields=["leg", "bill_id", "row_number"], condition=~Q(row_number=0) & ~Q(state="cleared"),
                name="difference_row_once",
            ),
            models.UniqueConstraint(
                fields=["leg", "our_kind", "our_a", "our_b"], condition=Q(row_number=0) & ~Q(state="cleared"),
                name="difference_ours_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in DifferenceState]), name="difference_state_known"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "day"], name="difference_state_day"),
            models.Index(fields=["run"], name="difference_run"),
        ]


class DifferenceNote(models.Model):
    """What somebody found out about a difference, with a file as evidence. Append-only."""

    id = models.BigAutoField(primary_key=True)
    difference = models.ForeignKey(Difference, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    text = models.TextField()
    evidence_name = models.CharField(max_length=255, default="")
    evidence_digest = models.BinaryField(max_length=32, default=bytes)
    evidence = models.BinaryField(default=bytes)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_difference_note"


class OwnCheck(models.Model):
    """A merchant's own file against what we billed it (自助对账)."""

    pk = models.CompositePrimaryKey("party_id", "id")
    party_id = models.BigIntegerField()
    id = models.BigIntegerField()
    statement_id = models.BigIntegerField(default=0, help_text="0 = a span of days")
    starts_on = models.DateField()
    ends_before = models.DateField()
    currency = models.CharField(max_length=3)
    source_name = models.CharField(max_length=255)
    digest = models.BinaryField(max_length=32)
    mapping = models.JSONField(help_text="which header names hold order number, amount, refund, fee")
    totals = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    actor = models.CharField(max_length=150, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_own_check"


class OwnCheckRow(models.Model):
    """One order of a merchant's own check: its figure, ours, and how they stand to each other."""

    pk = models.CompositePrimaryKey("party_id", "check_id", "position")
    party_id = models.BigIntegerField()
    check_id = models.BigIntegerField()
    position = models.IntegerField()
    outcome = models.CharField(
        max_length=16, help_text="matched, amount, refund, fee, only_yours, only_ours, repeated, other"
    )
    order_no = models.CharField(max_length=64)
    their_rows = models.CharField(max_length=64, default="", help_text="rows of the merchant's file")
    their_minor = models.BigIntegerField(default=0)
    our_minor = models.BigIntegerField(default=0)
    their_refund_minor = models.BigIntegerField(
        null=True, help_text="what refunds took, positive; empty where the file was not asked for it"
    )
    our_refund_minor = models.BigIntegerField(null=True, help_text="details of refunds, positive = taken")
    their_fee_minor = models.BigIntegerField(null=True, help_text="fees, positive = taken")
    our_fee_minor = models.BigIntegerField(null=True, help_text="fees on sales, positive = taken")
    details = models.IntegerField(default=0)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_own_check_row"
        indexes = [models.Index(fields=["party_id", "check_id", "outcome"], name="own_check_outcome")]


class OwnCheckTemplate(models.Model):
    """A merchant's column names, kept for the next time."""

    pk = models.CompositePrimaryKey("party_id", "name")
    party_id = models.BigIntegerField()
    name = models.CharField(max_length=64)
    mapping = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_own_check_template"
