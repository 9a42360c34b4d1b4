"""What after-sale promises; each function returns the rows that break it."""

from typing import Any

from zhanggui.rows.reading import offending_rows


def case_differs_from_slip() -> list[dict[str, Any]]:
    """What a case gave back is what its slip says, and a case that is refunded has one."""
    return offending_rows(
        "select c.case_no, c.state, c.goods_minor + c.freight_minor as given_minor, g.amount_minor"
        " from trade_return_case c left join trade_give_back g on g.cause = 'case:' || c.case_no"
        " where (c.state in ('refunding', 'refunded')) <> (g.id is not null)"
        " or (g.id is not null and g.amount_minor <> c.goods_minor + c.freight_minor)"
    )


def way_back_differs_from_case() -> list[dict[str, Any]]:
    """The freight of a way back is that of goods that were sent, borne by whom the case says, and earned only once
    they are back."""
    return offending_rows(
        "select c.case_no, c.state, f.bearer, c.freight_bearer, f.carrier, f.earned_at"
        " from trade_return_freight f join trade_return_case c on c.id = f.case_id"
        " where f.bearer <> c.freight_bearer or f.merchant_id <> c.merchant_id or f.carrier <> c.carrier"
        " or not exists (select from trade_return_step s where s.case_id = c.id and s.kind = 'goods_sent')"
        " or (f.earned_at is not null and not exists ("
        "  select from trade_return_step s where s.case_id = c.id and s.kind = 'goods_back'))"
    )


def restocked_above_returned() -> list[dict[str, Any]]:
    """Of what came back with a case no more is put into stock than the case is of."""
    return offending_rows(
        "select c.case_no, s.sku_id, m.on_hand_change as restocked, sum(coalesce(r.quantity, 0))::int as returned"
        " from trade_stock_movement m join trade_return_case c on c.case_no = m.reference"
        " join trade_stock s on s.id = m.stock_id left join (trade_return_line r"
        "  join trade_order_line l on l.id = r.line_id) on r.case_id = c.id and l.sku_id = s.sku_id"
        " where m.kind = 'returned' group by c.id, s.id, m.id"
        " having m.on_hand_change > sum(coalesce(r.quantity, 0))"
    )
