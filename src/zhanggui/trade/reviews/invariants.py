"""What must always hold of reviews; each function returns the offending rows."""

from typing import Any

from zhanggui.trade.catalogue.queries.reading import rows_of


def ratings_differ_from_reviews() -> list[dict[str, Any]]:
    """Goods whose stars are not the sum of their shown reviews."""
    return rows_of(
        "select s.number, s.rating_count, s.rating_sum, coalesce(r.stars, 0) as stars, coalesce(r.reviews, 0) as said"
        " from trade_spu s left join (select spu_id, sum(rating) as stars, count(*) as reviews from trade_review"
        "  where shown group by spu_id) r on r.spu_id = s.id"
        " where s.rating_count <> coalesce(r.reviews, 0) or s.rating_sum <> coalesce(r.stars, 0) limit 1000"
    )


def review_of_another_order() -> list[dict[str, Any]]:
    """Reviews by somebody else than who bought, or about another good than the line's."""
    return rows_of(
        "select v.id, v.line_id from trade_review v join trade_order_line l on l.id = v.line_id"
        " join trade_order o on o.id = l.order_id join trade_sku k on k.id = l.sku_id"
        " where v.buyer_id <> o.buyer_id or v.spu_id <> k.spu_id or v.merchant_id <> l.merchant_id limit 1000"
    )
