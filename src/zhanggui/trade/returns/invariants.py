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
