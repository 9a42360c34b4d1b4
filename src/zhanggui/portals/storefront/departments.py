"""The mall's two levels of categories as menus show them."""

from dataclasses import dataclass, field
from typing import Any

from zhanggui.trade.catalogue.models import Category


@dataclass
class Department:
    """A first-level category with the second-level ones in it."""

    code: str
    name: dict[str, Any]
    children: list[Category] = field(default_factory=list)


def departments() -> list[Department]:
    """All active categories, in their order; a department without any inside is left out."""
    rows = list(Category.objects.filter(active=True).order_by("position", "id"))
    tops = {row.id: Department(row.code, row.name) for row in rows if row.parent_id is None}
    for row in rows:
        if row.parent_id in tops:
            tops[row.parent_id].children.append(row)
    return [top for top in tops.values() if top.children]
