"""Freight templates of merchants and suppliers; what carriers ask of those who ship."""

from django.db import models
from django.db.models import Q


class FreightBasis(models.TextChoices):
    """What freight is counted by."""

    PIECE = "piece"
    WEIGHT = "weight"  # grams


class FreightTemplate(models.Model):
    """How a shop charges freight. A row without regions is for everywhere that no other row names."""

    id = models.AutoField(primary_key=True)
    owner_id = models.BigIntegerField()
    code = models.CharField(max_length=64)
    name = models.JSONField()
    currency = models.CharField(max_length=3)
    basis = models.CharField(max_length=12, choices=FreightBasis)
    free_from_minor = models.BigIntegerField(default=0, help_text="goods from here on travel free; 0: never")
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_freight_template"
        constraints = [models.UniqueConstraint(fields=["owner_id", "code"], name="freight_template_once")]

    def __str__(self) -> str:
        return self.code


class FreightRow(models.Model):
    """`first_minor` for the first `first_units` (pieces, grams), `next_minor` for every started `next_units` more."""

    id = models.AutoField(primary_key=True)
    template = models.ForeignKey(FreightTemplate, on_delete=models.CASCADE, related_name="rows")
    regions = models.JSONField(default=list, help_text="region codes; empty: everywhere else")
    first_units = models.IntegerField()
    first_minor = models.BigIntegerField()
    next_units = models.IntegerField()
    next_minor = models.BigIntegerField()

    class Meta:
        app_label = "trade"
        db_table = "trade_freight_row"
        constraints = [
            models.CheckConstraint(
                condition=Q(first_units__gte=1, next_units__gte=1, first_minor__gte=0, next_minor__gte=0),
                name="freight_row_sane",
            ),
        ]


class CarrierTariff(models.Model):
    """What a carrier (物流公司) asks for a parcel from `effective_at` on: `first_minor` up to `first_grams`, and
    `next_minor` for every started `next_grams` more; with 0 for `next_minor` every parcel costs the same. Versions
    are only added."""

    id = models.AutoField(primary_key=True)
    carrier_id = models.BigIntegerField(help_text="a party of that kind")
    currency = models.CharField(max_length=3)
    version = models.IntegerField(help_text="from 1, by carrier and currency")
    first_grams = models.IntegerField()
    first_minor = models.BigIntegerField()
    next_grams = models.IntegerField()
    next_minor = models.BigIntegerField()
    effective_at = models.DateTimeField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=150)

    class Meta:
        app_label = "trade"
        db_table = "trade_carrier_tariff"
        constraints = [
            models.UniqueConstraint(fields=["carrier_id", "currency", "version"], name="carrier_tariff_once"),
            models.CheckConstraint(
                condition=Q(
                    version__gte=1,
                    first_grams__gte=1,
                    next_grams__gte=1,
                    first_minor__gte=0,
                    next_minor__gte=0,
                ),
                name="carrier_tariff_sane",
            ),
        ]
