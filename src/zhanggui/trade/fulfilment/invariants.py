"""What fulfilment promises; each function returns the rows that break it."""

from typing import Any

from zhanggui.rows.reading import offending_rows

SENT = """
select l.id, l.order_id, l.sku_id, l.quantity,
  coalesce(sum(c.quantity) filter (where not p.replaces and p.state <> 'back'), 0)::int as sent,
  coalesce((select sum(b.quantity) from trade_give_back_line b where b.line_id = l.id), 0)::int as given
from trade_order_line l left join trade_parcel_line c on c.line_id = l.id
  left join trade_parcel p on p.id = c.parcel_id
group by l.id
"""


def shipped_above_ordered() -> list[dict[str, Any]]:
    """Never more units of a line are in parcels than were ordered."""
    return offending_rows(
        f"select o.order_no, s.quantity, s.sent from ({SENT}) s join trade_order o on o.id = s.order_id"
        " where s.sent > s.quantity"
    )


def shipped_order_without_parcels() -> list[dict[str, Any]]:
    """All of a shipped order is in parcels, but for what the buyer was given the money back for; and an order that
    waits to be shipped has something left."""
    return offending_rows(
        f"select o.order_no, o.state, sum(s.quantity)::int as ordered, sum(s.sent)::int as sent from ({SENT}) s"
        " join trade_order o on o.id = s.order_id"
        " where o.kind = 'physical' group by o.id"
        " having (o.state in ('shipped', 'received', 'completed') and bool_or(s.sent + s.given < s.quantity))"
        "  or (o.state = 'paid' and bool_and(s.sent + s.given >= s.quantity))"
        "  or (o.state in ('placed', 'cancelled') and sum(s.sent) > 0)"
    )


def reserved_differs_from_orders() -> list[dict[str, Any]]:
    """What is reserved of a stock is what orders that wait have neither in parcels nor given back."""
    return offending_rows(
        "select k.code, t.warehouse_id, t.reserved, w.waits from trade_stock t join trade_sku k on k.id = t.sku_id"
        " join (select coalesce(u.source_id, u.id) as sku_id, o.warehouse_id, coalesce(sum(greatest(0,"
        "  s.quantity - s.sent - s.given)) filter (where o.state in ('placed', 'paid')), 0)::int as waits"
        f" from ({SENT}) s"
        "  join trade_order o on o.id = s.order_id join trade_sku u on u.id = s.sku_id"
        "  where o.warehouse_id is not null group by 1, 2) w"
        " on w.sku_id = t.sku_id and w.warehouse_id = t.warehouse_id where t.reserved <> w.waits"
    )


def parcel_of_others() -> list[dict[str, Any]]:
    """A parcel carries orders that its shipper ships, of its buyer."""
    return offending_rows(
        "select p.parcel_no, o.order_no from trade_parcel p join trade_parcel_line c on c.parcel_id = p.id"
        " join trade_order_line l on l.id = c.line_id join trade_order o on o.id = l.order_id"
        " where p.buyer_id <> o.buyer_id or (p.shipper_id not in (o.merchant_id, o.supplier_id))"
    )


def digital_items_differ() -> list[dict[str, Any]]:
    """A digital order that is shipped has as many codes as units, one that is not has none."""
    return offending_rows(
        "select o.order_no, o.state, l.quantity, count(d.id)::int as given from trade_order_line l"
        " join trade_order o on o.id = l.order_id left join trade_digital_item d on d.line_id = l.id"
        " where o.kind = 'digital' group by o.id, l.id"
        " having count(d.id) <> case when o.state in ('shipped', 'received', 'completed') then l.quantity else 0 end"
    )
