"""Purchases, orders and their lines, shares of discounts, steps and notes."""

from django.db import models
from django.db.models import F, Q


class PurchaseState(models.TextChoices):
    """Stations of a purchase."""

    PLACED = "placed"  # waits for the buyer's money, goods and coupons are reserved
    PAID = "paid"
    CANCELLED = "cancelled"  # by the buyer or by time; what was reserved is free again


class Purchase(models.Model):
    """What a buyer bought and pays for at once (交易), over several merchants. Amounts are sums of its orders.

    `request_key` makes placing it idempotent: the same key of the same buyer is the same purchase.
    """

    id = models.BigAutoField(primary_key=True)
    purchase_no = models.CharField(max_length=32, unique=True)
    buyer_id = models.BigIntegerField()
    request_key = models.CharField(max_length=64)
    request_digest = models.BinaryField(max_length=32)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=12, choices=PurchaseState, default=PurchaseState.PLACED)
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField()
    payment_no = models.CharField(max_length=32, blank=True, default="")
    address = models.JSONField(default=dict, help_text="recipient, phone, region, city, street, postcode")
    surface = models.CharField(max_length=12, default="pc", help_text="pc, phone, weixin, weibo, app")
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_purchase"
        constraints = [
            models.UniqueConstraint(fields=["buyer_id", "request_key"], name="purchase_once"),
            models.CheckConstraint(
                condition=Q(due_minor=F("goods_minor") - F("discount_minor") + F("freight_minor")),
                name="purchase_adds_up",
            ),
            models.CheckConstraint(condition=Q(due_minor__gte=0), name="purchase_not_negative"),
        ]
        indexes = [
            models.Index(fields=["buyer_id", "-placed_at"], name="purchase_buyer"),
            models.Index(fields=["expires_at"], condition=Q(state="placed"), name="purchase_expiring"),
        ]

    def __str__(self) -> str:
        return self.purchase_no


class OrderState(models.TextChoices):
    """Stations of an order; `states.py` has the table of allowed steps."""

    PLACED = "placed"
    PAID = "paid"  # to ship (待发货)
    SHIPPED = "shipped"  # all of it (已发货)
    RECEIVED = "received"  # by the buyer or by time
    COMPLETED = "completed"  # no after-sale can be asked for any more (已完成)
    CANCELLED = "cancelled"


class Order(models.Model):
    """One merchant's part of a purchase that one shipper sends from one warehouse. Amounts are sums of its lines.

    `supplier_id` ships it when not 0. `version` counts what the settlement centre has to hear, `told_version` what it
    has heard. `held` keeps it from being shipped (risk control, complaint).
    """

    id = models.BigAutoField(primary_key=True)
    order_no = models.CharField(max_length=32, unique=True)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="orders")
    merchant_id = models.BigIntegerField()
    supplier_id = models.BigIntegerField(default=0)
    warehouse = models.ForeignKey("trade.Warehouse", on_delete=models.PROTECT, null=True, related_name="+")
    buyer_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, help_text="GoodsKind of its goods")
    state = models.CharField(max_length=12, choices=OrderState, default=OrderState.PLACED)
    held = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    goods_minor = models.BigIntegerField()
    shop_discount_minor = models.BigIntegerField()
    platform_discount_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    due_minor = models.BigIntegerField()
    rebate_ppm = models.IntegerField(
        default=0, help_text="what a member gets back of the goods once it is completed, as promised then"
    )
    rebate_code = models.CharField(
        max_length=64, blank=True, default="", help_text="of the coupon that gave it back"
    )
    region = models.CharField(max_length=64, blank=True, default="")
    buyer_note = models.CharField(max_length=200, blank=True, default="")
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    receive_by = models.DateTimeField(null=True, help_text="received by itself then, unless put off")
    version = models.IntegerField(default=1)
    told_version = models.IntegerField(default=0)
    told_at = models.DateTimeField(null=True, help_text="when it was last told, or tried to be")
    told_fault = models.CharField(max_length=255, blank=True, default="", help_text="why it was not taken in")

    class Meta:
        app_label = "trade"
        db_table = "trade_order"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    due_minor=F("goods_minor")
                    - F("shop_discount_minor")
                    - F("platform_discount_minor")
                    + F("freight_minor")
                ),
                name="order_adds_up",
            ),
            models.CheckConstraint(condition=Q(told_version__lte=F("version")), name="order_told"),
            models.CheckConstraint(
                condition=Q(rebate_ppm__gte=0, rebate_ppm__lte=1_000_000), name="order_rebate_is_a_share"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant_id", "state", "-placed_at"], name="order_merchant"),
            models.Index(fields=["supplier_id", "state", "-placed_at"], name="order_supplier"),
            models.Index(fields=["buyer_id", "-placed_at"], name="order_buyer"),
            models.Index(fields=["placed_at"], name="order_placed"),
            models.Index(fields=["id"], condition=Q(version__gt=F("told_version")), name="order_to_tell"),
            models.Index(
                fields=["completed_at"],
                condition=Q(state="completed", rebate_ppm__gt=0, rebate_code=""),
                name="order_to_rebate",
            ),
            models.Index(fields=["rebate_code"], condition=~Q(rebate_code=""), name="order_rebated"),
            models.Index(fields=["receive_by"], condition=Q(state="shipped"), name="order_receiving"),
        ]

    def __str__(self) -> str:
        return self.order_no


class OrderLine(models.Model):
    """One SKU of an order, frozen when it was placed: names, price, every discount, freight, supply price.

    `goods_minor` is unit price times quantity; what the buyer owes is goods less the discounts plus freight.
    """

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    merchant_id = models.BigIntegerField()
    line_no = models.CharField(max_length=32)
    sku = models.ForeignKey("trade.Sku", on_delete=models.PROTECT, related_name="+")
    sku_code = models.CharField(max_length=64)
    spu_number = models.CharField(max_length=32)
    category_code = models.CharField(max_length=64)
    sku_type = models.CharField(max_length=64, blank=True, default="")
    title = models.JSONField()
    specs = models.JSONField(default=dict)
    picture = models.CharField(max_length=64, blank=True, default="", help_text="digest of its face")
    quantity = models.IntegerField()
    unit_minor = models.BigIntegerField()
    supply_minor = models.BigIntegerField(default=0, help_text="supply price of a unit; 0: own goods")
    goods_minor = models.BigIntegerField()
    shop_discount_minor = models.BigIntegerField(default=0)
    platform_discount_minor = models.BigIntegerField(default=0)
    freight_minor = models.BigIntegerField(default=0)

    class Meta:
        app_label = "trade"
        db_table = "trade_order_line"
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="order_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1) & Q(goods_minor=F("unit_minor") * F("quantity")),
                name="order_line_goods",
            ),
            models.CheckConstraint(
                condition=Q(goods_minor__gte=F("shop_discount_minor") + F("platform_discount_minor"))
                & Q(shop_discount_minor__gte=0, platform_discount_minor__gte=0, freight_minor__gte=0),
                name="order_line_not_below_zero",
            ),
        ]
        indexes = [models.Index(fields=["merchant_id", "sku"], name="order_line_merchant")]

    @property
    def paid_goods_minor(self) -> int:
        """What the buyer pays for the goods of the line."""
        return self.goods_minor - self.shop_discount_minor - self.platform_discount_minor


class ShareKind(models.TextChoices):
    """What took something off a line, in the fixed order in which it is taken off."""

    SHOP_SAVING = "shop_saving"  # spend-and-save of the shop
    SHOP_COUPON = "shop_coupon"
    PLATFORM_SAVING = "platform_saving"
    PLATFORM_COUPON = "platform_coupon"


class LineShare(models.Model):
    """One promotion's share on one line: what it takes off and who funds it."""

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shares")
    merchant_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=ShareKind)
    source = models.CharField(max_length=64, help_text="code of the coupon or rule")
    amount_minor = models.BigIntegerField()
    platform_minor = models.BigIntegerField(help_text="the platform's part of it; the rest is the shop's")

    class Meta:
        app_label = "trade"
        db_table = "trade_line_share"
        constraints = [
            models.UniqueConstraint(fields=["line", "kind", "source"], name="line_share_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, platform_minor__gte=0)
                & Q(platform_minor__lte=F("amount_minor")),
                name="line_share_sane",
            ),
        ]


class GiveBackKind(models.TextChoices):
    """Why money of an order goes back, in the settlement centre's words."""

    RETURN = "return"
    PRICE_PROTECTION = "price_protection"
    GOODWILL = "goodwill"


class GiveBack(models.Model):
    """Money of an order given back, and of which lines: one refund at the channel. `cause` once is once."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="given_back")
    merchant_id = models.BigIntegerField()
    cause = models.CharField(max_length=48, unique=True)
    kind = models.CharField(max_length=20, choices=GiveBackKind)
    refund_no = models.CharField(max_length=32, unique=True)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=80, blank=True, default="")
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(
        null=True, help_text="when the settlement centre heard that the money went"
    )
    told_fault = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        app_label = "trade"
        db_table = "trade_give_back"
        indexes = [models.Index(fields=["id"], condition=Q(told_at=None), name="give_back_to_tell")]


class GiveBackLine(models.Model):
    """What of a line goes back; never changed."""

    id = models.BigAutoField(primary_key=True)
    give_back = models.ForeignKey(GiveBack, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="given_back")
    merchant_id = models.BigIntegerField()
    quantity = models.IntegerField()
    goods_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField()

    class Meta:
        app_label = "trade"
        db_table = "trade_give_back_line"
        constraints = [
            models.UniqueConstraint(fields=["give_back", "line"], name="give_back_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, goods_minor__gte=0, freight_minor__gte=0),
                name="give_back_line_sane",
            ),
        ]


class OrderStep(models.Model):
    """One step of an order's life; never changed."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="steps")
    merchant_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, help_text="a state reached; or held, released, transferred, noted")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, help_text="buyer:…, the log-in of staff, or a job's name")
    note = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        app_label = "trade"
        db_table = "trade_order_step"
        indexes = [models.Index(fields=["order", "id"], name="order_step_order")]
