"""Open a brand, or change it."""

from collections.abc import Mapping
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.models import Brand, Spu
from zhanggui.trade.catalogue.operations.index_goods import index_goods
from zhanggui.trade.catalogue.rules.texts import checked_code, checked_words


def keep_brand(*, code: str, name: Mapping[str, str], at: datetime, actor: str, active: bool = True) -> Brand:
    """This function will open the brand `code`, or change it, in the caller's transaction and return it.

    Raises CodeRefused, WordsRefused.
    """
    checked_code(code, what="a brand")
    names = checked_words(name, what="the name")
    row = Brand.objects.select_for_update().filter(code=code).first()
    before = {"name": row.name, "active": row.active} if row else {}
    row = row or Brand(code=code)
    row.name, row.active = names, active
    row.save()
    record_change(
        at=at, actor=actor, action="brand.changed" if before else "brand.opened", object_kind="brand",
        object_id=code, before=before, after={"name": names, "active": active},
    )  # fmt: skip
    if before and before["name"] != names:
        index_goods(spu_ids=list(Spu.objects.filter(brand=row).values_list("id", flat=True)))
    return row
