"""What of which stock an order takes."""

from collections.abc import Iterable

from django.db.models import F
from django.db.models.functions import Coalesce

from zhanggui.trade.catalogue.rules.stock import StockMove
from zhanggui.trade.orders.models import Order, OrderLine


def stock_moves(orders: Iterable[Order]) -> list[StockMove]:
    """This function will return what the lines of these orders take, by whose stock it is (a listing takes its
    source's), under the order's number. Orders without a warehouse take none."""
    rows = (
        OrderLine.objects.filter(order_id__in=[order.id for order in orders if order.warehouse_id])
        .annotate(stock_sku=Coalesce("sku__source_id", "sku_id"), warehouse=F("order__warehouse_id"))
        .order_by("id")
        .values_list("stock_sku", "warehouse", "quantity", "order__order_no")
    )
    return [StockMove(*row) for row in rows]
