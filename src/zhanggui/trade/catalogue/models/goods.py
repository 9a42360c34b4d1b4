"""Goods (SPU), their SKUs and prices, and pictures."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q


class Picture(models.Model):
    """A picture by the digest of what it shows: drawn once in several widths, named by nothing but its content."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the original, hexadecimal")
    owner_id = models.BigIntegerField(default=0, help_text="the party that gave it; 0: the platform")
    width = models.IntegerField()
    height = models.IntegerField()
    size_bytes = models.IntegerField()
    added_at = models.DateTimeField()

    class Meta:
        app_label = "trade"
        db_table = "trade_picture"


class SpuState(models.TextChoices):
    """Stations of a good; `states.py` has the table of allowed steps."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for the platform's review
    LISTED = "listed"  # on sale
    REFUSED = "refused"  # by review, with a reason
    UNLISTED = "unlisted"  # taken down by its owner
    BANNED = "banned"  # taken down by the platform


class GoodsKind(models.TextChoices):
    """How a good reaches the buyer."""

    PHYSICAL = "physical"
    DIGITAL = "digital"  # a code or file, at once
    PICKUP = "pickup"  # fetched at the shop with a code


class Spu(models.Model):
    """A good as buyers know it. `owner_id` sells it: a merchant, or a supplier whose supply goods merchants list.

    A merchant's good that was listed from supply goods names them in `source`; then `supplier_id` ships it.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    owner_id = models.BigIntegerField()
    supply = models.BooleanField(default=False, help_text="supply goods: merchants see them, buyers do not")
    source = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="listings")
    supplier_id = models.BigIntegerField(default=0, help_text="who ships it; 0: the owner")
    category = models.ForeignKey("trade.Category", on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey("trade.Brand", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=GoodsKind, default=GoodsKind.PHYSICAL)
    title = models.JSONField()
    subtitle = models.JSONField(default=dict, blank=True)
    description = models.JSONField(default=dict, blank=True)
    keywords = models.CharField(max_length=255, blank=True, default="")
    attributes = models.JSONField(default=dict, blank=True, help_text="attribute code to value or choice")
    freight_template_id = models.IntegerField(default=0, help_text="0: freight is free")
    state = models.CharField(max_length=12, choices=SpuState, default=SpuState.DRAFT)
    sold = models.IntegerField(
        default=0, help_text="units sold, a popularity figure; rebuilt from order lines"
    )
    rating_count = models.IntegerField(default=0)
    rating_sum = models.IntegerField(default=0)
    search = SearchVectorField(null=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_spu"
        constraints = [
            models.UniqueConstraint(
                fields=["owner_id", "source"], condition=Q(source__isnull=False), name="spu_listed_once"
            ),
            models.CheckConstraint(condition=Q(supply=False) | Q(source=None), name="spu_supply_is_a_source"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="spu_search"),
            models.Index(fields=["owner_id", "state"], name="spu_owner"),
            models.Index(fields=["state", "category", "-sold"], name="spu_category"),
        ]

    def __str__(self) -> str:
        return self.number


class SpuPicture(models.Model):
    """A picture of a good, in its place; the first one is the face."""

    id = models.BigAutoField(primary_key=True)
    spu = models.ForeignKey(Spu, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField(default=0)

    class Meta:
        app_label = "trade"
        db_table = "trade_spu_picture"
        constraints = [models.UniqueConstraint(fields=["spu", "picture"], name="spu_picture_once")]


class SpuStep(models.Model):
    """One step of a good's life, with who took it and why."""

    id = models.BigAutoField(primary_key=True)
    spu = models.ForeignKey(Spu, on_delete=models.PROTECT, related_name="steps")
    before = models.CharField(max_length=12, choices=SpuState)
    after = models.CharField(max_length=12, choices=SpuState)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        app_label = "trade"
        db_table = "trade_spu_step"


class Sku(models.Model):
    """What is really bought: one choice on every axis. `specs` is {"colour": "red"}; empty if the only one."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    spu = models.ForeignKey(Spu, on_delete=models.PROTECT, related_name="skus")
    owner_id = models.BigIntegerField()
    source = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="listings")
    specs = models.JSONField(default=dict, blank=True)
    sku_type = models.CharField(max_length=64, blank=True, default="", help_text="SKU type of fee rules")
    barcode = models.CharField(max_length=64, blank=True, default="")
    weight_grams = models.IntegerField(default=0)
    low_stock = models.IntegerField(default=0, help_text="alarm when so many or fewer are left; 0: none")
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_sku"
        constraints = [
            models.UniqueConstraint(fields=["spu", "specs"], name="sku_specs_once"),
            models.CheckConstraint(condition=Q(weight_grams__gte=0), name="sku_weight_not_negative"),
        ]
        indexes = [models.Index(fields=["owner_id"], name="sku_owner")]

    def __str__(self) -> str:
        return self.code


class SkuPrice(models.Model):
    """What a SKU costs in one currency, minor units. For supply goods `price_minor` is the supply price."""

    id = models.BigAutoField(primary_key=True)
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()
    market_minor = models.BigIntegerField(default=0, help_text="struck out beside it; 0: nothing is")
    member_minor = models.BigIntegerField(default=0, help_text="for buyers with a member level; 0: the same")

    class Meta:
        app_label = "trade"
        db_table = "trade_sku_price"
        constraints = [
            models.UniqueConstraint(fields=["sku", "currency"], name="sku_price_once"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="sku_price_positive"),
            models.CheckConstraint(
                condition=Q(member_minor__gte=0) & Q(member_minor__lte=F("price_minor")),
                name="sku_member_price_not_above",
            ),
        ]
