"""Coupons, the coupons buyers hold, and spend-and-save rules."""

from django.db import models
from django.db.models import F, Q


class CouponKind(models.TextChoices):
    """What a coupon takes off."""

    AMOUNT = "amount"  # so much off
    PERCENT = "percent"  # so many parts per million off, up to a most


class Coupon(models.Model):
    """A coupon (优惠券). Of a shop (`merchant_id`) or of the platform (0), whose discount the platform funds by
    `platform_ppm`, the shop the rest. Frozen once somebody holds one: changed rules are a new coupon."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField()
    merchant_id = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=12, choices=CouponKind)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(default=0)
    off_ppm = models.IntegerField(default=0)
    most_minor = models.BigIntegerField(default=0, help_text="the most a percentage takes off; 0: no bound")
    from_minor = models.BigIntegerField(default=0, help_text="eligible goods have to cost so much at least")
    platform_ppm = models.IntegerField(
        default=0, help_text="the platform's share of the discount, of a million"
    )
    categories = models.JSONField(default=list, blank=True, help_text="category codes; empty: all")
    spus = models.JSONField(default=list, blank=True, help_text="numbers of goods; empty: all")
    total = models.IntegerField(help_text="so many can be claimed")
    claimed = models.IntegerField(default=0)
    per_buyer = models.SmallIntegerField(default=1)
    claim_starts_at = models.DateTimeField()
    claim_ends_before = models.DateTimeField()
    use_starts_at = models.DateTimeField()
    use_ends_before = models.DateTimeField()
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "trade"
        db_table = "trade_coupon"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="amount", amount_minor__gt=0, off_ppm=0)
                | Q(kind="percent", amount_minor=0, off_ppm__gt=0, off_ppm__lte=1_000_000),
                name="coupon_takes_something_off",
            ),
            models.CheckConstraint(
                condition=Q(platform_ppm__gte=0, platform_ppm__lte=1_000_000)
                & (Q(merchant_id=0) | Q(platform_ppm=0)),
                name="coupon_funding",
            ),
            models.CheckConstraint(
                condition=Q(claimed__gte=0) & Q(claimed__lte=F("total")), name="coupon_not_overclaimed"
            ),
            models.CheckConstraint(
                condition=Q(use_ends_before__gt=F("use_starts_at")), name="coupon_use_window"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class HeldState(models.TextChoices):
    """What became of a coupon that a buyer holds."""

    FREE = "free"
    RESERVED = "reserved"  # by a purchase that is not paid yet
    USED = "used"


class HeldCoupon(models.Model):
    """A coupon in a buyer's hands. `purchase_no` is the purchase that reserved or used it."""

    id = models.BigAutoField(primary_key=True)
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="held")
    buyer_id = models.BigIntegerField()
    sequence = models.SmallIntegerField(help_text="the buyer's first, second ... of this coupon")
    state = models.CharField(max_length=12, choices=HeldState, default=HeldState.FREE)
    purchase_no = models.CharField(max_length=32, blank=True, default="")
    claimed_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_held_coupon"
        constraints = [
            models.UniqueConstraint(fields=["coupon", "buyer_id", "sequence"], name="held_coupon_once"),
            models.CheckConstraint(
                condition=Q(state="free", purchase_no="") | (~Q(state="free") & ~Q(purchase_no="")),
                name="held_coupon_names_its_purchase",
            ),
        ]
        indexes = [models.Index(fields=["buyer_id", "state"], name="held_coupon_buyer")]


class SpendAndSave(models.Model):
    """Spend so much, save so much (满减), of a shop or of the platform: the highest step reached counts once.

    `steps` is [[from_minor, off_minor], ...], rising.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField()
    merchant_id = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    steps = models.JSONField()
    platform_ppm = models.IntegerField(default=0)
    categories = models.JSONField(default=list, blank=True)
    spus = models.JSONField(default=list, blank=True)
    starts_at = models.DateTimeField()
    ends_before = models.DateTimeField()
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_spend_and_save"
        constraints = [
            models.CheckConstraint(
                condition=Q(platform_ppm__gte=0, platform_ppm__lte=1_000_000)
                & (Q(merchant_id=0) | Q(platform_ppm=0)),
                name="spend_and_save_funding",
            ),
            models.CheckConstraint(condition=Q(ends_before__gt=F("starts_at")), name="spend_and_save_window"),
        ]

    def __str__(self) -> str:
        return self.code
