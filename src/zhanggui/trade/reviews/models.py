"""Reviews of goods."""

from django.db import models
from django.db.models import Q


class Review(models.Model):
    """What the buyer of an order line says, once; and what the merchant answers, once."""

    id = models.BigAutoField(primary_key=True)
    line = models.OneToOneField("trade.OrderLine", on_delete=models.PROTECT, related_name="+")
    spu = models.ForeignKey("trade.Spu", on_delete=models.PROTECT, related_name="reviews")
    merchant_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    rating = models.SmallIntegerField()
    text = models.CharField(max_length=1000, blank=True, default="")
    pictures = models.JSONField(default=list, blank=True)
    anonymous = models.BooleanField(default=False)
    shown = models.BooleanField(default=True)
    answer = models.CharField(max_length=500, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField()

    class Meta:
        app_label = "trade"
        db_table = "trade_review"
        constraints = [
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="review_rating"),
        ]
        indexes = [models.Index(fields=["spu", "shown", "-written_at"], name="review_spu")]
