"""Status tabs above a list, each with its count over the rest of the filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhanggui.portals.desk.lists.conditions import Clause, Condition


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: `code` in the URL, the values of the field it holds; `alert` marks work that waits."""

    code: str
    label: Any
    values: Sequence[Any]
    alert: bool = False


@dataclass(frozen=True)
class StatusTabs:
    """Tabs over one field. The first, "all", is made by the kernel unless `all_label` is empty."""

    field: str
    tabs: Sequence[Tab]
    name: str = "tab"
    all_label: Any = None
    default: str = ""

    @classmethod
    def of(cls, field: str, badges: Mapping[Any, Any], **options: Any) -> "StatusTabs":
        """One tab per badge: `StatusTabs.of("status", STATUS_BADGES)`."""
        tabs = [Tab(str(v), b.label, [v], alert=b.tone in ("amber", "red")) for v, b in badges.items()]
        return cls(field, tabs, **options)

    def current(self, params: Mapping[str, Any]) -> str:
        """Code of the open tab; "" is all."""
        code = params.get(self.name, self.default)
        return code if any(tab.code == code for tab in self.tabs) else ""

    def clauses(self, params: Mapping[str, Any]) -> list[Clause]:
        """The condition of the open tab."""
        code = self.current(params)
        values = next((list(tab.values) for tab in self.tabs if tab.code == code), None)
        return [] if values is None else [Condition(self.field, "in", values)]

    def counted(self, found: Mapping[Any, int]) -> list[tuple[Tab, int]]:
        """Tabs with their counts, given rows per value of the field."""
        return [(tab, sum(found.get(value, 0) for value in tab.values)) for tab in self.tabs]
