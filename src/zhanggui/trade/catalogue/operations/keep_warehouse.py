"""Open a warehouse, or change it."""

from collections.abc import Mapping
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.errors import StillUsed
from zhanggui.trade.catalogue.models import Stock, Warehouse
from zhanggui.trade.catalogue.rules.texts import checked_code, checked_words


def keep_warehouse(
    *, owner_id: int, code: str, name: Mapping[str, str], at: datetime, actor: str, active: bool = True
) -> Warehouse:
    """This function will open an owner's warehouse `code`, or change it, in the caller's transaction and return it.

    Raises CodeRefused, WordsRefused, StillUsed: goods lie in one that should be closed.
    """
    checked_code(code, what="a warehouse")
    names = checked_words(name, what="the name")
    row = Warehouse.objects.select_for_update().filter(owner_id=owner_id, code=code).first()
    before = {"name": row.name, "active": row.active} if row else {}
    if row is not None and not active and Stock.objects.filter(warehouse=row, on_hand__gt=0).exists():
        raise StillUsed(f"goods lie in warehouse {code}; move or count them out before it is closed")
    row = row or Warehouse(owner_id=owner_id, code=code)
    row.name, row.active = names, active
    row.save()
    record_change(
        at=at, actor=actor, action="warehouse.changed" if before else "warehouse.opened",
        object_kind="warehouse", object_id=code, party_id=owner_id, before=before,
        after={"name": names, "active": active},
    )  # fmt: skip
    return row
