"""Shops as the platform counts them."""

from collections.abc import Sequence

from django.db.models import Count

from zhanggui.trade.catalogue.models import Spu, SpuState


def goods_on_sale_by_owner(owner_ids: Sequence[int]) -> dict[int, int]:
    """This function will count the listed goods of each of these owners, whether their shop is open or not."""
    rows = Spu.objects.filter(owner_id__in=owner_ids, state=SpuState.LISTED, supply=False)
    return dict(rows.values_list("owner_id").annotate(Count("id")))
