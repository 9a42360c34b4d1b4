"""Whether what a promotion is for is there."""

from collections.abc import Sequence

from zhanggui.trade.catalogue.models import Category, Spu
from zhanggui.trade.promotions.errors import PromotionWrong


def check_scope(*, merchant_id: int, categories: Sequence[str], spus: Sequence[str]) -> None:
    """This function will refuse categories and goods that do not exist, and another shop's goods.

    Raises PromotionWrong.
    """
    known = set(Category.objects.filter(code__in=categories).values_list("code", flat=True))
    for code in categories:
        if code not in known:
            raise PromotionWrong(f"there is no category {code}; check its code", field="categories")
    goods = Spu.objects.filter(number__in=spus, supply=False)
    mine = set(
        (goods.filter(owner_id=merchant_id) if merchant_id else goods).values_list("number", flat=True)
    )
    for number in spus:
        if number not in mine:
            raise PromotionWrong(f"there are no goods {number} here; check the number", field="spus")
