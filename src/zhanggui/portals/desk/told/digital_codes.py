"""Codes of digital goods, counted: never the codes themselves, which only the buyer sees who gets one."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from zhanggui.trade.catalogue.models import Sku
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.models import DigitalItem
from zhanggui.trade.orders.models import OrderLine, OrderState


def code_skus(owner_id: int) -> QuerySet[Sku]:
    """An owner's own SKUs of digital goods, with how many codes are `free` and `given`, and for how many units sold
    there are none yet (`waiting`). Read them inside the tenancy of the owner."""
    items = DigitalItem.objects.filter(sku=OuterRef("pk")).order_by().values("sku")
    sold = OrderLine.objects.filter(sku=OuterRef("pk"), order__state=OrderState.PAID).order_by().values("sku")

    def count(rows: QuerySet[Any], what: Any) -> Coalesce:
        return Coalesce(Subquery(rows.annotate(n=what).values("n"), output_field=IntegerField()), Value(0))

    return (
        Sku.objects.filter(owner_id=owner_id, spu__kind=GoodsKind.DIGITAL, source=None, active=True)
        .select_related("spu")
        .annotate(
            free=count(items.filter(line=None), Count("id")),
            given=count(items.exclude(line=None), Count("id")),
            waiting=count(sold, Sum("quantity")),
        )
    )


def codes_told(row: Any) -> dict[str, Any]:
    """A SKU of `code_skus` with its counts."""
    return {
        "id": row.id, "sku": row.code, "goods": row.spu.number, "title": row.spu.title, "free": row.free,
        "given": row.given, "waiting": row.waiting,
    }  # fmt: skip
