"""Carts and favourites."""

from django.db import models
from django.db.models import Q


class CartItem(models.Model):
    """A SKU in a cart: a buyer's, or (`visitor`, a random key in the browser) of somebody not logged in yet.

    `seen_minor` is what a unit cost when the person put it there, in `seen_currency`: a changed price is said.
    """

    id = models.BigAutoField(primary_key=True)
    buyer_id = models.BigIntegerField(default=0)
    visitor = models.CharField(max_length=43, blank=True, default="")
    sku = models.ForeignKey("trade.Sku", on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    chosen = models.BooleanField(default=True, help_text="goes along when the cart is bought")
    seen_minor = models.BigIntegerField()
    seen_currency = models.CharField(max_length=3, default="CNY")
    added_at = models.DateTimeField()

    class Meta:
        app_label = "trade"
        db_table = "trade_cart_item"
        constraints = [
            models.UniqueConstraint(fields=["buyer_id", "visitor", "sku"], name="cart_item_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=999), name="cart_item_quantity"
            ),
            models.CheckConstraint(
                condition=(Q(buyer_id__gt=0) & Q(visitor="")) | (Q(buyer_id=0) & ~Q(visitor="")),
                name="cart_item_belongs_to_one",
            ),
        ]


class Favourite(models.Model):
    """A good that a buyer wants to find again."""

    id = models.BigAutoField(primary_key=True)
    buyer_id = models.BigIntegerField()
    spu = models.ForeignKey("trade.Spu", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        app_label = "trade"
        db_table = "trade_favourite"
        constraints = [models.UniqueConstraint(fields=["buyer_id", "spu"], name="favourite_once")]
