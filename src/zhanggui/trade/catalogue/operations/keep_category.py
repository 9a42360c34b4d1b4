"""Open a category, or change it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.errors import StillUsed, TypeIncomplete
from zhanggui.trade.catalogue.models import Category, Spu
from zhanggui.trade.catalogue.operations.index_goods import index_goods
from zhanggui.trade.catalogue.queries.types import category_of, product_type_of
from zhanggui.trade.catalogue.rules.texts import checked_code, checked_words


def keep_category(
    *, code: str, name: Mapping[str, str], at: datetime, actor: str, parent_code: str = "",
    product_type_code: str = "", position: int = 0, active: bool = True,
) -> Category:  # fmt: skip
    """This function will open the category `code`, or change it, in the caller's transaction and return it: of the
    first level without a parent, else of the second, which names its product type.

    Raises CodeRefused, WordsRefused, TypeIncomplete, UnknownGoods, StillUsed.
    """
    checked_code(code, what="a category")
    names = checked_words(name, what="the name")
    if bool(parent_code) != bool(product_type_code):
        raise TypeIncomplete(
            "a category of the second level names its parent and its product type, one of the first level neither"
        )
    parent = category_of(parent_code) if parent_code else None
    if parent is not None and (parent.parent_id or parent.code == code):
        raise TypeIncomplete(f"{parent_code} is no category of the first level; choose one that is")
    kind = product_type_of(product_type_code) if product_type_code else None
    row = Category.objects.select_for_update(of=("self",)).filter(code=code).first()
    before = told(row) if row else {}
    if row is None:
        row = Category(code=code)
    elif row.product_type_id != (kind.id if kind else None):
        _check_free(row)
    row.name, row.parent, row.product_type = names, parent, kind
    row.position, row.active = position, active
    row.save()
    record_change(
        at=at, actor=actor, action="category.changed" if before else "category.opened", object_kind="category",
        object_id=code, before=before, after=told(row),
    )  # fmt: skip
    if before and before["name"] != names:
        found = Spu.objects.filter(category__parent=row) | Spu.objects.filter(category=row)
        index_goods(spu_ids=list(found.values_list("id", flat=True)))
    return row


def _check_free(row: Category) -> None:
    if Category.objects.filter(parent=row).exists() or Spu.objects.filter(category=row).exists():
        raise StillUsed(
            f"goods or categories stand in {row.code}; move them before it gets another level or product type",
            category=row.code,
        )


def told(row: Category) -> dict[str, Any]:
    """This function will return what the audit log keeps of a category."""
    return {
        "name": row.name, "parent": row.parent.code if row.parent else "", "position": row.position,
        "product_type": row.product_type.code if row.product_type else "", "active": row.active,
    }  # fmt: skip
