"""What must always hold of buyers; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import offending_rows


def merged_buyer_not_final() -> list[dict[str, Any]]:
    """Merged buyers who lead to one who was merged too, or to themselves, or kept an identity or an address."""
    return offending_rows(
        "select b.id, b.number, b.merged_into_id from trade_buyer b join trade_buyer k on k.id = b.merged_into_id"
        " where k.state = 'merged' or k.id = b.id"
        " or exists (select from trade_identity i where i.buyer_id = b.id)"
        " or exists (select from trade_address a where a.buyer_id = b.id and a.removed_at is null)"
    )


def union_of_two_buyers() -> list[dict[str, Any]]:
    """People at a provider, the same over our apps, who are two buyers here."""
    return offending_rows(
        'select provider, "union", count(distinct buyer_id) as buyers from trade_identity where "union" <> \'\''
        " group by 1, 2 having count(distinct buyer_id) > 1"
    )


def buyer_without_way_in() -> list[dict[str, Any]]:
    """Active buyers who can log in neither with a password (an old log-in's included) nor with an identity."""
    return offending_rows(
        "select b.id, b.number from trade_buyer b where b.state = 'active'"
        " and not exists (select from trade_identity i where i.buyer_id = b.id)"
        " and not exists (select from trade_buyer o join parties_user u on u.id = o.user_id"
        "  where (o.id = b.id or o.merged_into_id = b.id) and u.password not like '!%%' and u.password <> '')"
    )
