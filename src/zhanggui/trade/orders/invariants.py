"""What purchases and orders promise; each function returns the rows that break it."""

from typing import Any

from zhanggui.rows.reading import offending_rows


def purchase_differs_from_orders() -> list[dict[str, Any]]:
    """A purchase is the sum of its orders."""
    return offending_rows(
        "select p.purchase_no, p.due_minor, coalesce(sum(o.due_minor), 0)::bigint as orders_minor"
        " from trade_purchase p left join trade_order o on o.purchase_id = p.id group by p.id"
        " having (p.goods_minor, p.discount_minor, p.freight_minor, p.due_minor) is distinct from"
        " (coalesce(sum(o.goods_minor), 0)::bigint,"
        "  coalesce(sum(o.shop_discount_minor + o.platform_discount_minor), 0)::bigint,"
        "  coalesce(sum(o.freight_minor), 0)::bigint, coalesce(sum(o.due_minor), 0)::bigint)"
    )


def order_differs_from_lines() -> list[dict[str, Any]]:
    """An order is the sum of its lines."""
    return offending_rows(
        "select o.order_no, o.due_minor from trade_order o left join trade_order_line l on l.order_id = o.id"
        " group by o.id having (o.goods_minor, o.shop_discount_minor, o.platform_discount_minor, o.freight_minor)"
        " is distinct from (coalesce(sum(l.goods_minor), 0)::bigint,"
        "  coalesce(sum(l.shop_discount_minor), 0)::bigint,"
        "  coalesce(sum(l.platform_discount_minor), 0)::bigint, coalesce(sum(l.freight_minor), 0)::bigint)"
    )


def discounts_differ_from_shares() -> list[dict[str, Any]]:
    """The discounts of a line are the sums of its shares, by who funds them."""
    return offending_rows(
        "select l.id as line, l.shop_discount_minor, l.platform_discount_minor from trade_order_line l"
        " left join trade_line_share s on s.line_id = l.id group by l.id"
        " having (l.shop_discount_minor, l.platform_discount_minor) is distinct from"
        " (coalesce(sum(s.amount_minor - s.platform_minor), 0)::bigint,"
        "  coalesce(sum(s.platform_minor), 0)::bigint)"
    )


def purchase_differs_from_payment() -> list[dict[str, Any]]:
    """A purchase that costs something is paid exactly when its payment is, and of that amount."""
    return offending_rows(
        "select p.purchase_no, p.state, y.state as payment_state, p.due_minor, y.amount_minor"
        " from trade_purchase p left join payments_payment y on y.subject = p.purchase_no"
        " where p.due_minor > 0 and (y.id is null or y.amount_minor <> p.due_minor"
        "  or (p.state = 'paid') <> (y.state = 'paid'))"
    )


def given_back_above_paid() -> list[dict[str, Any]]:
    """On no line more is given back than was paid, or than there are units; slips add up to their refund."""
    return offending_rows(
        "select l.id as line, sum(b.goods_minor)::bigint as goods_minor, sum(b.quantity)::bigint as quantity"
        " from trade_give_back_line b join trade_order_line l on l.id = b.line_id group by l.id"
        " having sum(b.goods_minor) > l.goods_minor - l.shop_discount_minor - l.platform_discount_minor"
        "  or sum(b.freight_minor) > l.freight_minor or sum(b.quantity) > l.quantity"
        " union all"
        " select g.id, g.amount_minor, 0 from trade_give_back g"
        " left join trade_give_back_line b on b.give_back_id = g.id"
        " left join payments_refund r on r.refund_no = g.refund_no group by g.id, r.amount_minor"
        " having g.amount_minor <> coalesce(sum(b.goods_minor + b.freight_minor), 0)"
        "  or g.amount_minor is distinct from r.amount_minor"
    )


def orders_differ_from_purchase() -> list[dict[str, Any]]:
    """Orders of a purchase that waits wait with it, and none of a paid one does."""
    return offending_rows(
        "select o.order_no, o.state, p.state as purchase_state from trade_order o"
        " join trade_purchase p on p.id = o.purchase_id"
        " where (p.state = 'placed') <> (o.state = 'placed') or (p.state = 'cancelled' and o.state <> 'cancelled')"
    )
