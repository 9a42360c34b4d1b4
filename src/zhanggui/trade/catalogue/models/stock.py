"""Stock of SKUs in warehouses: on hand, reserved, and every movement."""

from django.db import models
from django.db.models import F, Q


class Warehouse(models.Model):
    """Where a merchant or supplier keeps goods; orders are split by it."""

    id = models.AutoField(primary_key=True)
    owner_id = models.BigIntegerField()
    code = models.CharField(max_length=64)
    name = models.JSONField()
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_warehouse"
        constraints = [models.UniqueConstraint(fields=["owner_id", "code"], name="warehouse_once")]

    def __str__(self) -> str:
        return self.code


class Stock(models.Model):
    """What is there of a SKU in a warehouse. Listings of supply goods have none: they take their source's."""

    id = models.BigAutoField(primary_key=True)
    sku = models.ForeignKey("trade.Sku", on_delete=models.PROTECT, related_name="stocks")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)

    class Meta:
        app_label = "trade"
        db_table = "trade_stock"
        constraints = [
            models.UniqueConstraint(fields=["sku", "warehouse"], name="stock_once"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("on_hand")), name="stock_not_oversold"
            ),
        ]


class StockMovementKind(models.TextChoices):
    """Why stock changed."""

    RECEIVED = "received"  # came in
    COUNTED = "counted"  # corrected to what was counted
    RESERVED = "reserved"  # an order was placed
    RELEASED = "released"  # an order was cancelled or ran out of time
    SHIPPED = "shipped"  # left with a parcel
    RETURNED = "returned"  # came back from a buyer


class StockMovement(models.Model):
    """One change of a stock, never changed itself. `reference` names the document (order, case, count)."""

    id = models.BigAutoField(primary_key=True)
    stock = models.ForeignKey(Stock, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=StockMovementKind)
    on_hand_change = models.IntegerField(default=0)
    reserved_change = models.IntegerField(default=0)
    reference = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)

    class Meta:
        app_label = "trade"
        db_table = "trade_stock_movement"
        constraints = [
            models.UniqueConstraint(fields=["stock", "kind", "reference"], name="stock_movement_once"),
        ]
