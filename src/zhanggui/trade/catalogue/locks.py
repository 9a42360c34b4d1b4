"""Rows of the catalogue, locked in one order: the good first, then stock by id."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.models import Shop, Spu


class LockedStock(NamedTuple):
    """A stock that others wait for until the transaction ends."""

    id: int
    sku_id: int
    warehouse_id: int
    on_hand: int
    reserved: int
    sku_code: str


def lock_goods(number: str, *, owner_id: int = 0) -> Spu:
    """This function will return a good (of `owner_id` if given) and keep others from it. Raises UnknownGoods."""
    rows = Spu.objects.select_for_update(no_key=True).filter(number=number)
    row = (rows.filter(owner_id=owner_id) if owner_id else rows).first()
    if row is None:
        raise UnknownGoods(f"there is no good {number}; look at the list of goods", goods=number)
    return row


def lock_shop(merchant_id: int) -> Shop:
    """This function will return a merchant's shop and keep others from it. Raises UnknownGoods."""
    row = Shop.objects.select_for_update(no_key=True).filter(merchant_id=merchant_id).first()
    if row is None:
        raise UnknownGoods("the merchant has no shop; open it first")
    return row


def lock_stocks(places: Sequence[tuple[int, int]]) -> list[LockedStock]:
    """This function will lock the stocks of (SKU, warehouse) pairs in one statement, in the order of their ids, so
    that two purchases of the same goods wait for each other and never for a circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.id, s.sku_id, s.warehouse_id, s.on_hand, s.reserved, k.code from trade_stock s"
            " join trade_sku k on k.id = s.sku_id"
            " where (s.sku_id, s.warehouse_id) in (select * from unnest(%s::bigint[], %s::int[]))"
            " order by s.id for no key update of s",
            [[sku for sku, _ in places], [warehouse for _, warehouse in places]],
        )
        return [LockedStock(*row) for row in cursor.fetchall()]
