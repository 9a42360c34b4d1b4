"""What must always hold of goods and stock; each function returns the offending rows."""

from typing import Any

from zhanggui.trade.catalogue.queries.reading import rows_of


def stock_differs_from_movements() -> list[dict[str, Any]]:
    """Stocks whose units on hand or reserved are not the sum of their movements."""
    return rows_of(
        "select s.id, k.code, s.on_hand, s.reserved, coalesce(m.on_hand, 0) as moved_on_hand,"
        " coalesce(m.reserved, 0) as moved_reserved from trade_stock s join trade_sku k on k.id = s.sku_id"
        " left join (select stock_id, sum(on_hand_change) as on_hand, sum(reserved_change) as reserved"
        "  from trade_stock_movement group by 1) m on m.stock_id = s.id"
        " where s.on_hand <> coalesce(m.on_hand, 0) or s.reserved <> coalesce(m.reserved, 0) limit 1000"
    )


def stock_oversold() -> list[dict[str, Any]]:
    """Stocks of which more is reserved than is on hand, or less than nothing."""
    return rows_of(
        "select id, sku_id, on_hand, reserved from trade_stock where reserved < 0 or reserved > on_hand limit 1000"
    )


def stock_out_of_place() -> list[dict[str, Any]]:
    """Stocks of listings (theirs is their source's), and stocks in a warehouse of somebody else."""
    return rows_of(
        "select s.id, k.code, w.code as warehouse from trade_stock s join trade_sku k on k.id = s.sku_id"
        " join trade_warehouse w on w.id = s.warehouse_id"
        " where k.source_id is not null or k.owner_id <> w.owner_id limit 1000"
    )


def goods_state_without_its_step() -> list[dict[str, Any]]:
    """Goods whose state is not the one that their latest step reached."""
    return rows_of(
        "select s.number, s.state, t.after from trade_spu s left join lateral (select after from trade_spu_step"
        " where spu_id = s.id order by id desc limit 1) t on true where s.state is distinct from t.after limit 1000"
    )


def listing_without_its_source() -> list[dict[str, Any]]:
    """Listings on sale whose supply goods are not, and SKUs of listings that do not come from their source."""
    return rows_of(
        "select l.number, '' as sku from trade_spu l join trade_spu s on s.id = l.source_id"
        " where l.state = 'listed' and s.state <> 'listed'"
        " union all select l.number, k.code from trade_spu l join trade_sku k on k.spu_id = l.id"
        " left join trade_sku o on o.id = k.source_id"
        " where l.source_id is distinct from o.spu_id limit 1000"
    )
