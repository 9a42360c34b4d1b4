"""Parcels, what is in them and where they are; pick-up codes; digital goods."""

from django.db import models
from django.db.models import F, Q


class ParcelState(models.TextChoices):
    """Where a parcel is."""

    SENT = "sent"
    DELIVERED = "delivered"
    LOST = "lost"  # nobody knows where it is; it may turn up
    BACK = "back"  # refused at the door or undeliverable


class Parcel(models.Model):
    """A parcel (包裹) on its way to one buyer, of one shipper; it may carry lines of several orders (合并发货)."""

    id = models.BigAutoField(primary_key=True)
    parcel_no = models.CharField(max_length=32, unique=True)
    shipper_id = models.BigIntegerField(help_text="the merchant or supplier that sent it")
    buyer_id = models.BigIntegerField()
    carrier = models.CharField(max_length=64, help_text="code of the carrier, a party of that kind")
    tracking_no = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ParcelState, default=ParcelState.SENT)
    replaces = models.BooleanField(default=False, help_text="sent in exchange, not as what was ordered")
    shipped_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=150)

    class Meta:
        app_label = "trade"
        db_table = "trade_parcel"
        constraints = [models.UniqueConstraint(fields=["carrier", "tracking_no"], name="parcel_once")]
        indexes = [models.Index(fields=["shipper_id", "-shipped_at"], name="parcel_shipper")]

    def __str__(self) -> str:
        return self.parcel_no


class ParcelLine(models.Model):
    """So many of an order line in a parcel."""

    id = models.BigAutoField(primary_key=True)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("trade.OrderLine", on_delete=models.PROTECT, related_name="parcel_lines")
    quantity = models.IntegerField()

    class Meta:
        app_label = "trade"
        db_table = "trade_parcel_line"
        constraints = [
            models.UniqueConstraint(fields=["parcel", "line"], name="parcel_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="parcel_line_quantity"),
        ]


class ParcelEvent(models.Model):
    """What a carrier says of a parcel; `code` is its own number of the event or made of time and text."""

    id = models.BigAutoField(primary_key=True)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="events")
    code = models.CharField(max_length=64)
    at = models.DateTimeField()
    place = models.CharField(max_length=100, blank=True, default="")
    text = models.CharField(max_length=255)
    delivered = models.BooleanField(default=False)

    class Meta:
        app_label = "trade"
        db_table = "trade_parcel_event"
        constraints = [models.UniqueConstraint(fields=["parcel", "code"], name="parcel_event_once")]


class CarriersFreight(models.Model):
    """What a carrier asks for something it carries, frozen by its tariff of the moment it was sent: a parcel to a
    buyer, or goods on their way back. `told_minor` is what the settlement centre has heard of it in so many
    `tellings`: all of it, or nothing (again)."""

    tariff = models.ForeignKey("trade.CarrierTariff", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    grams = models.BigIntegerField()
    freight_minor = models.BigIntegerField()
    told_minor = models.BigIntegerField(default=0)
    tellings = models.IntegerField(default=0)
    told_at = models.DateTimeField(null=True, help_text="when it was last told, or tried to be")
    told_fault = models.CharField(max_length=255, blank=True, default="", help_text="why it was not taken in")

    class Meta:
        abstract = True


class ParcelFreight(CarriersFreight):
    """What a parcel costs whoever ships it: told when it has left, and nothing again once it is lost or back."""

    parcel = models.OneToOneField(Parcel, on_delete=models.PROTECT, primary_key=True, related_name="freight")
    shipper_id = models.BigIntegerField()

    class Meta:
        app_label = "trade"
        db_table = "trade_parcel_freight"
        constraints = [
            models.CheckConstraint(
                condition=Q(grams__gte=0, freight_minor__gte=0)
                & (Q(told_minor=0) | Q(told_minor=F("freight_minor"))),
                name="parcel_freight_told",
            ),
        ]


class PickupCode(models.Model):
    """The code with which a buyer fetches an order at the shop: its digest, and the code sealed for the buyer."""

    order = models.OneToOneField("trade.Order", on_delete=models.PROTECT, primary_key=True, related_name="+")
    merchant_id = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    used_at = models.DateTimeField(null=True)
    used_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        app_label = "trade"
        db_table = "trade_pickup_code"
        constraints = [models.UniqueConstraint(fields=["merchant_id", "digest"], name="pickup_code_once")]


class DigitalItem(models.Model):
    """One code or licence of a digital SKU, sealed; given to one order line, once."""

    id = models.BigAutoField(primary_key=True)
    sku = models.ForeignKey("trade.Sku", on_delete=models.PROTECT, related_name="+")
    owner_id = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    line = models.ForeignKey(
        "trade.OrderLine", on_delete=models.PROTECT, null=True, related_name="digital_items"
    )
    given_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_digital_item"
        constraints = [models.UniqueConstraint(fields=["sku", "digest"], name="digital_item_once")]
