"""After-sale cases (售后), their lines and steps."""

from django.db import models
from django.db.models import F, Q

from zhanggui.trade.fulfilment.models import CarriersFreight


class ReturnKind(models.TextChoices):
    """What a buyer asks for."""

    REFUND_ONLY = "refund_only"
    RETURN_REFUND = "return_refund"
    EXCHANGE = "exchange"
    PRICE_PROTECTION = "price_protection"


class ReturnState(models.TextChoices):
    """Stations of a case; `states.py` has the table of allowed steps."""

    ASKED = "asked"  # the merchant has to answer until `answer_by`
    REFUSED = "refused"  # by the merchant; the buyer may call the platform in
    ARBITRATION = "arbitration"  # the platform decides
    AWAITING_GOODS = "awaiting_goods"  # agreed; the buyer sends the goods back
    GOODS_SENT = "goods_sent"
    GOODS_BACK = "goods_back"  # with the merchant
    REFUNDING = "refunding"  # money is asked back at the channel
    REFUNDED = "refunded"
    EXCHANGED = "exchanged"  # the replacement is on its way
    WITHDRAWN = "withdrawn"  # by the buyer
    CLOSED = "closed"  # refused for good, or out of time


class ReturnCase(models.Model):
    """One thing a buyer asks of one order. What was agreed is in `goods_minor` and `freight_minor`: the sums of its
    lines, minor units of the order's currency; 0 while nothing is."""

    id = models.BigAutoField(primary_key=True)
    case_no = models.CharField(max_length=32, unique=True)
    order = models.ForeignKey("trade.Order", on_delete=models.PROTECT, related_name="cases")
    merchant_id = models.BigIntegerField()
    buyer_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, choices=ReturnKind)
    state = models.CharField(max_length=16, choices=ReturnState, default=ReturnState.ASKED)
    reason = models.CharField(max_length=32, help_text="damaged, wrong, late, unwanted, price, other")
    text = models.CharField(max_length=500, blank=True, default="")
    freight_bearer = models.CharField(
        max_length=12, help_text="who pays the way back: buyer, merchant, platform"
    )
    currency = models.CharField(max_length=3)
    asked_minor = models.BigIntegerField(help_text="what the buyer wants back in all")
    goods_minor = models.BigIntegerField(default=0)
    freight_minor = models.BigIntegerField(default=0)
    carrier = models.CharField(max_length=64, blank=True, default="")
    tracking_no = models.CharField(max_length=64, blank=True, default="")
    refund_no = models.CharField(max_length=32, blank=True, default="")
    replacement = models.ForeignKey("trade.Parcel", on_delete=models.PROTECT, null=True, related_name="+")
    told = models.BooleanField(default=False, help_text="the settlement centre has heard of its money")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, help_text="who is to move next has to by then")
    refunded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_return_case"
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_minor__gte=0, goods_minor__gte=0, freight_minor__gte=0),
                name="return_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant_id", "state", "-asked_at"], name="return_merchant"),
            models.Index(fields=["order"], name="return_order"),
            models.Index(fields=["answer_by"], condition=Q(ended_at=None), name="return_due"),
        ]

    def __str__(self) -> str:
        return self.case_no


class ReturnLine(models.Model):
    """So many of an order line, and what is given back for them."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ReturnCase, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("trade.OrderLine", on_delete=models.PROTECT, related_name="return_lines")
    merchant_id = models.BigIntegerField()
    quantity = models.IntegerField()
    goods_minor = models.BigIntegerField(default=0)
    freight_minor = models.BigIntegerField(default=0)

    class Meta:
        app_label = "trade"
        db_table = "trade_return_line"
        constraints = [
            models.UniqueConstraint(fields=["case", "line"], name="return_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, goods_minor__gte=0, freight_minor__gte=0),
                name="return_line_sane",
            ),
        ]


class ReturnStep(models.Model):
    """One step or word of a case; never changed. `pictures` are digests."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(ReturnCase, on_delete=models.PROTECT, related_name="steps")
    merchant_id = models.BigIntegerField()
    kind = models.CharField(max_length=20, help_text="a state reached, or said")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    text = models.CharField(max_length=500, blank=True, default="")
    pictures = models.JSONField(default=list, blank=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_return_step"


class ReturnFreight(CarriersFreight):
    """What the way back of a case's goods costs, where one of the mall's carriers has them and somebody else than the
    buyer pays: earned from `earned_at` on, when the goods are back, else nothing is told of it."""

    case = models.OneToOneField(
        ReturnCase, on_delete=models.PROTECT, primary_key=True, related_name="way_back"
    )
    merchant_id = models.BigIntegerField()
    bearer = models.CharField(
        max_length=12, help_text="merchant or platform, as the case said when it was sent"
    )
    carrier = models.CharField(max_length=64, help_text="code of the carrier, a party of that kind")
    tracking_no = models.CharField(max_length=64)
    earned_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "trade"
        db_table = "trade_return_freight"
        constraints = [
            models.UniqueConstraint(fields=["carrier", "tracking_no"], name="return_freight_once"),
            models.CheckConstraint(
                condition=Q(grams__gte=0, freight_minor__gte=0, bearer__in=("merchant", "platform"))
                & (Q(told_minor=0) | Q(told_minor=F("freight_minor"))),
                name="return_freight_told",
            ),
        ]
