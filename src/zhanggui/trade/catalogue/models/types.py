"""Product types with their attributes and specifications, the two levels of categories, brands."""

from django.db import models
from django.db.models import Q


class ProductType(models.Model):
    """What a kind of goods has to say of itself (商品类型). Names are `{"zh": ..., "en": ...}` everywhere here."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField()

    class Meta:
        app_label = "trade"
        db_table = "trade_product_type"

    def __str__(self) -> str:
        return self.code


class Attribute(models.Model):
    """Something every good of a type tells once: material, origin. `choices` (code to name) are the only values."""

    id = models.AutoField(primary_key=True)
    product_type = models.ForeignKey(ProductType, on_delete=models.PROTECT, related_name="attributes")
    code = models.CharField(max_length=64)
    name = models.JSONField()
    choices = models.JSONField(default=dict, blank=True, help_text='{"cotton": {"zh": "棉", "en": "Cotton"}}')
    required = models.BooleanField(default=False)
    filterable = models.BooleanField(default=False, help_text="buyers may filter by it")
    position = models.SmallIntegerField(default=0)

    class Meta:
        app_label = "trade"
        db_table = "trade_attribute"
        constraints = [models.UniqueConstraint(fields=["product_type", "code"], name="attribute_once")]


class Specification(models.Model):
    """An axis in which the SKUs of a good differ (规格): colour, size. Values: the good's own, or `choices`."""

    id = models.AutoField(primary_key=True)
    product_type = models.ForeignKey(ProductType, on_delete=models.PROTECT, related_name="specifications")
    code = models.CharField(max_length=64)
    name = models.JSONField()
    choices = models.JSONField(default=dict, blank=True)
    position = models.SmallIntegerField(default=0)

    class Meta:
        app_label = "trade"
        db_table = "trade_specification"
        constraints = [models.UniqueConstraint(fields=["product_type", "code"], name="specification_once")]


class Category(models.Model):
    """A category of one of two levels. Goods stand in second-level ones, which bind them to a product type."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    product_type = models.ForeignKey(ProductType, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.SmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_category"
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None, product_type=None)
                | Q(parent__isnull=False, product_type__isnull=False),
                name="category_type_on_second_level",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Brand(models.Model):
    """A brand, as goods name it."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    name = models.JSONField()
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_brand"

    def __str__(self) -> str:
        return self.code
