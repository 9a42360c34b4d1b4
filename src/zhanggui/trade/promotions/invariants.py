"""What must always hold of promotions; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import offending_rows


def coupon_count_differs() -> list[dict[str, Any]]:
    """Coupons whose count of claims is not what buyers hold, or is above the total."""
    return offending_rows(
        "select c.code, c.total, c.claimed, count(h.id) as held from trade_coupon c"
        " left join trade_held_coupon h on h.coupon_id = c.id group by c.id"
        " having c.claimed <> count(h.id) or c.claimed > c.total"
    )


def coupon_held_too_often() -> list[dict[str, Any]]:
    """Buyers who hold more of a coupon than one person may."""
    return offending_rows(
        "select c.code, h.buyer_id, c.per_buyer, count(*) as held from trade_held_coupon h"
        " join trade_coupon c on c.id = h.coupon_id group by c.id, h.buyer_id having count(*) > c.per_buyer"
    )


def coupons_of_one_owner_combined() -> list[dict[str, Any]]:
    """Purchases that hold two coupons of one shop, or two of the platform."""
    return offending_rows(
        "select h.purchase_no, c.merchant_id, count(*) as coupons from trade_held_coupon h"
        " join trade_coupon c on c.id = h.coupon_id where h.state <> 'free'"
        " group by h.purchase_no, c.merchant_id having count(*) > 1"
    )


def coupons_differ_from_purchases() -> list[dict[str, Any]]:
    """Coupons that are used by a purchase nobody paid, or reserved by one that is over."""
    return offending_rows(
        "select h.id, h.state, h.purchase_no, p.state as purchase_state from trade_held_coupon h"
        " join trade_purchase p on p.purchase_no = h.purchase_no"
        " where (h.state = 'used' and p.state <> 'paid') or (h.state = 'reserved' and p.state <> 'placed')"
    )
