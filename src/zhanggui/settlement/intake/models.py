"""Staged orders, lines, payments and refunds; import runs and rejects; charges other systems billed."""

from django.db import models
from django.db.models import Q


class OrderStatus(models.IntegerChoices):
    CREATED = 0
    PAID = 1
    SHIPPED = 2
    RECEIVED = 3
    COMPLETED = 4
    CANCELLED = 9


class StagedOrder(models.Model):
    """An order as it came in. `digest` is the hash of its content: the same number with other content is refused."""

    pk = models.CompositePrimaryKey("order_no", "business_line_id")
    order_no = models.CharField(max_length=64)
    business_line_id = models.IntegerField()
    id = models.BigIntegerField()
    import_run_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.SmallIntegerField(choices=OrderStatus)
    source_status = models.CharField(max_length=32, default="")
    channel_id = models.IntegerField()
    payment_method_id = models.IntegerField()
    region_id = models.IntegerField()
    rule_set_id = models.IntegerField()
    ordered_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    goods_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField(
        help_text="what the lines say the buyer owes: goods - discounts + freight"
    )
    paid_minor = models.BigIntegerField(help_text="sum of the payment rows")
    line_count = models.IntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_staged_order"
        indexes = [
            models.Index(fields=["id"], name="staged_order_id"),
            models.Index(fields=["ordered_at"], name="staged_order_time"),
        ]


class StagedLine(models.Model):
    """An order line with everything billing needs, as integers; codes live in the dictionary."""

    pk = models.CompositePrimaryKey("merchant_id", "line_id")
    merchant_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    supplier_id = models.BigIntegerField()
    carrier_id = models.BigIntegerField()
    quantity = models.BigIntegerField()
    goods_minor = models.BigIntegerField()
    shop_discount_minor = models.BigIntegerField()
    platform_discount_minor = models.BigIntegerField()
    points_discount_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    supply_minor = models.BigIntegerField(db_default=0, help_text="what the merchant owes the supplier")
    ordered_at = models.DateTimeField()
    billable_at = models.DateTimeField(
        help_text="when the node was reached plus hold; the year 9999 while it was not"
    )
    category_id = models.IntegerField()
    spu_id = models.IntegerField()
    sku_id = models.IntegerField()
    sku_type_id = models.IntegerField()
    level_id = models.IntegerField()
    merchant_category_id = models.IntegerField(db_default=0)
    business_line_id = models.IntegerField()
    channel_id = models.IntegerField()
    payment_method_id = models.IntegerField()
    region_id = models.IntegerField()
    rule_set_id = models.IntegerField()
    terms_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    line_no = models.CharField(max_length=32)
    title = models.CharField(max_length=200, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_staged_line"
        indexes = [models.Index(fields=["order_id"], name="staged_line_order")]


class StagedPayment(models.Model):
    pk = models.CompositePrimaryKey("order_id", "sequence")
    order_id = models.BigIntegerField()
    sequence = models.IntegerField()
    method_id = models.IntegerField()
    amount_minor = models.BigIntegerField()
    instalments = models.IntegerField()
    reference = models.CharField(
        max_length=64, default="",
        help_text="the number that the channel knows it by: the one it was given, or its own",
    )  # fmt: skip
    channel_number = models.CharField(max_length=64, default="", help_text="the channel's own number of it")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_staged_payment"


class RefundState(models.TextChoices):
    WAITING = "waiting"  # its order has not come in yet
    ACCEPTED = "accepted"
    REFUSED = "refused"


class StagedRefund(models.Model):
    """A refund of one line. Only `state`, `reject_*` and the resolved ids change, until it is accepted.
    `done_minor` is what had been refunded on the line before this one; with `goods_minor` and the line's
    paid goods it fixes the cumulative share to reverse, whenever the reversal is billed. Where the buyer paid
    nothing for the goods, all three count units instead.
    """

    id = models.BigIntegerField(primary_key=True)
    import_run_id = models.BigIntegerField()
    business_line_id = models.IntegerField()
    refund_no = models.CharField(max_length=64)
    order_no = models.CharField(max_length=64)
    line_no = models.CharField(max_length=32)
    kind = models.CharField(max_length=20)
    merchant_id = models.BigIntegerField(default=0)
    order_id = models.BigIntegerField(default=0)
    line_id = models.BigIntegerField(default=0)
    sku_id = models.IntegerField(default=0)
    quantity = models.BigIntegerField()
    goods_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    done_minor = models.BigIntegerField(default=0)
    freight_done_minor = models.BigIntegerField(default=0)
    done_quantity = models.BigIntegerField(db_default=0, help_text="units that had come back before it")
    refunded_at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="")
    channel_number = models.CharField(max_length=64, default="", help_text="the channel's own number of it")
    state = models.CharField(max_length=12, choices=RefundState, default=RefundState.WAITING)
    reject_code = models.CharField(max_length=64, default="")
    reject_message = models.TextField(default="")
    digest = models.BinaryField(max_length=32)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_staged_refund"
        constraints = [
            models.UniqueConstraint(
                fields=["business_line_id", "refund_no", "line_no", "order_no"], name="refund_once"
            ),
        ]
        indexes = [
            models.Index(fields=["line_id"], name="refund_line"),
            models.Index(fields=["state", "business_line_id", "order_no"], name="refund_waiting"),
        ]


class ImportRun(models.Model):
    """One file or call taken in; `cursor` is the number of source records committed, for resuming."""

    id = models.BigAutoField(primary_key=True)
    business_line = models.ForeignKey("settlement.BusinessLine", on_delete=models.PROTECT)
    format = models.CharField(max_length=32)
    source_name = models.CharField(max_length=255)
    source_digest = models.BinaryField(max_length=32)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default="running", help_text="queued, running, done, failed")
    cursor = models.BigIntegerField(default=0)
    totals = models.JSONField(default=dict)
    actor = models.CharField(max_length=150, default="")
    reject_code = models.CharField(max_length=64, default="", help_text="why it broke off")
    reject_message = models.TextField(default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_import_run"


class Reject(models.Model):
    """A row that was not taken in, with its number and the reason."""

    id = models.BigAutoField(primary_key=True)
    import_run = models.ForeignKey(ImportRun, on_delete=models.PROTECT)
    row_number = models.BigIntegerField()
    code = models.CharField(max_length=64)
    message = models.TextField()
    raw = models.TextField(default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_reject"


class ChargeFeed(models.Model):
    """An address of another system from which its details are pulled by themselves (拉取), and how far we are.

    `cursor` names the page to fetch next; the last page of a feed is fetched again until it names another one.
    """

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField()
    business_line = models.ForeignKey("settlement.BusinessLine", on_delete=models.PROTECT)
    url = models.CharField(max_length=500)
    token_sealed = models.BinaryField(default=bytes, help_text="the credential it is asked with; empty: none")
    every_minutes = models.IntegerField()
    active = models.BooleanField(default=True)
    cursor = models.CharField(max_length=500, blank=True, default="")
    round = models.IntegerField(default=1, help_text="how often it was begun from its first page")
    next_at = models.DateTimeField(help_text="when it is pulled next, while active")
    asked_by = models.CharField(
        max_length=150, blank=True, default="", help_text="who wants it pulled now, if anybody"
    )
    failures = models.IntegerField(default=0, help_text="failed pulls since the last that went well")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_charge_feed"
        constraints = [
            models.CheckConstraint(condition=Q(every_minutes__gte=5), name="charge_feed_not_too_often"),
        ]


class PullState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ChargePull(models.Model):
    """One time a feed was pulled: what came, and what went wrong. Ended, it never changes."""

    id = models.BigAutoField(primary_key=True)
    feed = models.ForeignKey(ChargeFeed, on_delete=models.PROTECT)
    state = models.CharField(max_length=12, choices=PullState, default=PullState.RUNNING)
    actor = models.CharField(max_length=150)
    started_at = models.DateTimeField()
    alive_at = models.DateTimeField(help_text="when its latest page was taken in")
    finished_at = models.DateTimeField(null=True)
    began_after = models.CharField(max_length=500, blank=True, default="")
    ended_after = models.CharField(max_length=500, blank=True, default="")
    complete = models.BooleanField(default=False, help_text="the end of the feed was reached")
    pages = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    repeated = models.IntegerField(
        default=0, help_text="charges that were here already, and are settled once"
    )
    rejected = models.IntegerField(default=0)
    reject_code = models.CharField(max_length=64, blank=True, default="", help_text="why it broke off")
    reject_message = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_charge_pull"
        constraints = [
            models.UniqueConstraint(
                fields=["feed"], condition=Q(state="running"), name="charge_pull_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["feed", "-id"], name="charge_pull_latest")]


class ChargeBatch(models.Model):
    """One call of the general billing interface (通用计费接口), or one page of a feed."""

    id = models.BigAutoField(primary_key=True)
    business_line = models.ForeignKey("settlement.BusinessLine", on_delete=models.PROTECT)
    key = models.CharField(max_length=128, help_text="the sender's idempotency key")
    digest = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    actor = models.CharField(max_length=150, default="")
    accepted = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    pull = models.ForeignKey(
        ChargePull,
        on_delete=models.PROTECT,
        null=True,
        help_text="the pull of a feed that brought it, if one",
    )

    class Meta:
        app_label = "settlement"
        db_table = "settlement_charge_batch"
        constraints = [
            models.UniqueConstraint(fields=["business_line", "key"], name="charge_batch_once"),
        ]


class Charge(models.Model):
    """A detail that another system billed: accepted ones are settled like ours, rejected ones say why."""

    pk = models.CompositePrimaryKey("party_id", "line_id")
    party_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    batch_id = models.BigIntegerField()
    business_line_id = models.IntegerField()
    charge_no = models.CharField(max_length=64)
    fee_type_id = models.IntegerField(default=0)
    party_code = models.CharField(max_length=64)
    fee_code = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    base_minor = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField(help_text="signed for the party: positive is owed to it")
    occurred_at = models.DateTimeField()
    source = models.CharField(max_length=16, default="passed", help_text="passed or pulled")
    order_no = models.CharField(max_length=64, default="")
    line_no = models.CharField(max_length=32, default="")
    memo = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=12, help_text="accepted or rejected")
    reject_code = models.CharField(max_length=64, default="")
    reject_message = models.TextField(default="")
    digest = models.BinaryField(max_length=32)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_charge"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "business_line_id", "charge_no"], condition=Q(state="accepted"),
                name="charge_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["batch_id"], name="charge_batch_rows"),
            models.Index(fields=["business_line_id", "charge_no"], name="charge_number"),
            models.Index("business_line_id", "order_no", condition=~Q(order_no=""), name="charge_of_order"),
        ]


class ShadowDifference(models.Model):
    """Double insurance (双保险): a pushed detail that our own billing of the same order line does not confirm."""

    id = models.BigAutoField(primary_key=True)
    business_line_id = models.IntegerField()
    party_id = models.BigIntegerField()
    order_no = models.CharField(max_length=64)
    line_no = models.CharField(max_length=32)
    fee_type_id = models.IntegerField()
    kind = models.CharField(max_length=20, help_text="amount, missing_there, missing_here")
    pushed_minor = models.BigIntegerField()
    computed_minor = models.BigIntegerField()
    found_at = models.DateTimeField()
    charge_line_id = models.BigIntegerField(default=0)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_shadow_difference"
        constraints = [
            models.UniqueConstraint(
                fields=["business_line_id", "party_id", "order_no", "line_no", "fee_type_id"],
                name="shadow_difference_once",
            ),
        ]


class HoldReason(models.TextChoices):
    """Why an order may not be settled yet."""

    RISK = "risk"  # 风控
    COMPLAINT = "complaint"  # 客诉
    OTHER = "other"


class OrderHold(models.Model):
    """An order that somebody upstream (risk control, customer service) keeps from being billed; opened once,
    released once, never changed otherwise. It may come before its order."""

    id = models.BigAutoField(primary_key=True)
    business_line_id = models.IntegerField()
    order_no = models.CharField(max_length=64)
    hold_no = models.CharField(max_length=64, help_text="the sender's own number of it")
    reason = models.CharField(max_length=12, choices=HoldReason)
    note = models.CharField(max_length=200, default="")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=150, default="")
    release_note = models.CharField(max_length=200, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_order_hold"
        constraints = [
            models.UniqueConstraint(fields=["business_line_id", "hold_no"], name="order_hold_number_once"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by="") | Q(released_at__isnull=False),
                name="order_hold_released_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["business_line_id", "order_no"], name="order_hold_order")]
