"""What members got back of what they bought, and what became of it."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.orders.queries import rebated_orders, rebates_by_month
from zhanggui.trade.promotions.models import HeldCoupon, HeldState

type Document = dict[str, Any]
LAPSED = "lapsed"


def rebates_told(rows: Iterable[HeldCoupon], *, at: datetime) -> list[Document]:
    """Rebates, each with its member and the orders that it was given for."""
    shown = list(rows)
    numbers = dict(Buyer.objects.filter(id__in=[row.buyer_id for row in shown]).values_list("id", "number"))
    orders = rebated_orders([row.coupon.code for row in shown])
    return [
        {
            "code": row.coupon.code, "month": f"{row.coupon.code[2:6]}-{row.coupon.code[6:8]}",
            "buyer": numbers[row.buyer_id], "currency": row.coupon.currency,
            "amount_minor": row.coupon.amount_minor, "state": _state(row, at), "given_at": row.coupon.created_at,
            "use_ends_before": row.coupon.use_ends_before, "used_at": row.used_at, "purchase_no": row.purchase_no,
            "orders": [asdict(one) for one in orders[row.coupon.code]],
        }
        for row in shown
    ]  # fmt: skip


def _state(row: HeldCoupon, at: datetime) -> str:
    over = row.state == HeldState.FREE and row.coupon.use_ends_before <= at
    return LAPSED if over else row.state


def months_told(at: datetime) -> list[Document]:
    """What was given back by month and currency, the latest month first."""
    return [asdict(row) | {"lapsed_minor": row.lapsed_minor} for row in rebates_by_month(at)]
