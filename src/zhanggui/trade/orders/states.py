"""The lives of purchases and orders as tables."""

from zhanggui.trade.orders.models import OrderState, PurchaseState

PURCHASE: dict[str, tuple[str, ...]] = {
    PurchaseState.PLACED: (PurchaseState.PAID, PurchaseState.CANCELLED),
    PurchaseState.PAID: (),
    PurchaseState.CANCELLED: (),
}
ORDER: dict[str, tuple[str, ...]] = {
    OrderState.PLACED: (OrderState.PAID, OrderState.CANCELLED),
    OrderState.PAID: (OrderState.SHIPPED, OrderState.RECEIVED, OrderState.CANCELLED),
    OrderState.SHIPPED: (OrderState.RECEIVED, OrderState.PAID),  # PAID: its parcel came back
    OrderState.RECEIVED: (OrderState.COMPLETED,),
    OrderState.COMPLETED: (),
    OrderState.CANCELLED: (),
}
"""From paid to received at once: fetched at the shop, or digital."""

REACHED_AT = {
    OrderState.PAID: "paid_at",
    OrderState.SHIPPED: "shipped_at",
    OrderState.RECEIVED: "received_at",
    OrderState.COMPLETED: "completed_at",
    OrderState.CANCELLED: "cancelled_at",
}


def allowed(before: str, after: str) -> bool:
    """This function will say whether an order may step from `before` to `after`."""
    return after in ORDER[before]
