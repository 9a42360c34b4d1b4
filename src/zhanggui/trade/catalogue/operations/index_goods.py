"""Write the words by which goods are found."""

from collections.abc import Mapping, Sequence

from django.db import connection

from zhanggui.trade.catalogue.models import Shop, Spu
from zhanggui.trade.catalogue.rules.words import vector_text


def index_goods(*, spu_ids: Sequence[int]) -> int:
    """This function will write the words of goods anew, in the caller's transaction: their titles count most, then
    keywords and brand, then category and shop, then subtitles. It returns how many were written."""
    rows = list(Spu.objects.filter(id__in=spu_ids).select_related("brand", "category__parent").order_by("id"))
    if not rows:
        return 0
    shops = {
        shop.merchant_id: shop.name
        for shop in Shop.objects.filter(merchant_id__in={row.owner_id for row in rows})
    }
    vectors = [vector_text(_texts(row, shops.get(row.owner_id, {}))) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "update trade_spu s set search = v.words::tsvector from unnest(%s::bigint[], %s::text[]) as v(id, words)"
            " where s.id = v.id",
            [[row.id for row in rows], vectors],
        )
    return len(rows)


def _texts(row: Spu, shop: Mapping[str, str]) -> dict[str, list[str]]:
    category = [
        *row.category.name.values(),
        *(row.category.parent.name.values() if row.category.parent else ()),
    ]
    return {
        "A": [*row.title.values(), row.number],
        "B": [row.keywords, *(row.brand.name.values() if row.brand else ())],
        "C": [*category, *shop.values()],
        "D": list(row.subtitle.values()),
    }
