"""Begin a good."""

from datetime import datetime

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.models import Spu, SpuState, SpuStep
from zhanggui.trade.catalogue.operations.fill_goods import fill_goods, reviewed_of, sold_of
from zhanggui.trade.catalogue.operations.index_goods import index_goods
from zhanggui.trade.catalogue.rules.goods import GoodsDraft


def draft_goods(*, owner_id: int, draft: GoodsDraft, at: datetime, actor: str, supply: bool = False) -> Spu:
    """This function will write a good down as a draft, in the caller's transaction, and return it; `supply`: goods
    of a supplier that merchants list. It is sold after it was submitted and reviewed.

    Raises WordsRefused, CodeRefused, UnknownGoods, GoodsIncomplete, PriceRefused, UnknownCurrency.
    """
    spu = begin_goods(owner_id=owner_id, at=at)
    spu.supply = supply
    fill_goods(spu=spu, draft=draft, at=at)
    SpuStep.objects.create(spu=spu, before=SpuState.DRAFT, after=SpuState.DRAFT, at=at, actor=actor)
    index_goods(spu_ids=[spu.id])
    record_change(
        at=at, actor=actor, action="goods.drafted", object_kind="goods", object_id=spu.number, party_id=owner_id,
        after=reviewed_of(spu) | sold_of(spu),
    )  # fmt: skip
    return spu


def begin_goods(*, owner_id: int, at: datetime) -> Spu:
    """This function will return a good that is not written yet, under its number."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('trade_spu', 'id'))")
        [row_id] = cursor.fetchone() or [0]
    return Spu(id=row_id, number=f"G{row_id:08d}", owner_id=owner_id, created_at=at, changed_at=at)
