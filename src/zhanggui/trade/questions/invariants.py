"""What must always hold of questions; each function returns the offending rows."""

from typing import Any

from zhanggui.trade.catalogue.queries.reading import rows_of


def question_state_is_not_its_last_message() -> list[dict[str, Any]]:
    """Questions whose state or time is not what their last message says, and those without any."""
    return rows_of(
        "select q.question_no, q.state, q.said_at, m.from_buyer, m.at from trade_question q"
        " left join lateral (select from_buyer, at from trade_question_message where question_id = q.id"
        "  order by id desc limit 1) m on true"
        " where m.at is null or m.at <> q.said_at"
        " or (q.state = 'waiting' and not m.from_buyer) or (q.state = 'answered' and m.from_buyer) limit 1000"
    )


def question_of_somebody_else() -> list[dict[str, Any]]:
    """Questions about another buyer's or shop's order or another shop's good, and messages under another shop or
    buyer than their question: a tenant would read what is not its own."""
    return rows_of(
        "select q.question_no, null::bigint as message from trade_question q"
        " left join trade_order o on o.id = q.order_id left join trade_spu s on s.id = q.spu_id"
        " where o.buyer_id <> q.buyer_id or (q.merchant_id <> 0 and o.merchant_id <> q.merchant_id)"
        " or (q.merchant_id <> 0 and s.owner_id <> q.merchant_id)"
        " union all select q.question_no, m.id from trade_question_message m"
        " join trade_question q on q.id = m.question_id"
        " where m.merchant_id <> q.merchant_id or m.buyer_id <> q.buyer_id limit 1000"
    )
