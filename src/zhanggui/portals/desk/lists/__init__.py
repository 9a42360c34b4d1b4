"""The list kernel: declare columns, filters, tabs and actions; get a list page, its totals and its exports.

Import everything a list page needs from here. The kernel reads; it writes nothing but what an action does.
"""

from zhanggui.portals.desk.lists.actions import BulkAction, Failure
from zhanggui.portals.desk.lists.columns import (
    BaseColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    PercentColumn,
    StatusColumn,
    TextColumn,
)
from zhanggui.portals.desk.lists.conditions import AnyOf, Condition, RawSql
from zhanggui.portals.desk.lists.filters import (
    DateRangeFilter,
    MoneyRangeFilter,
    MultiSelectFilter,
    SelectFilter,
    TextFilter,
    ThroughDayFilter,
)
from zhanggui.portals.desk.lists.page import ListPage
from zhanggui.portals.desk.lists.querysets import QuerySetSource
from zhanggui.portals.desk.lists.sql import SqlSource
from zhanggui.portals.desk.lists.steps import Steps
from zhanggui.portals.desk.lists.tabs import StatusTabs, Tab

__all__ = [
    "AnyOf",
    "BaseColumn",
    "BulkAction",
    "Column",
    "Condition",
    "DateColumn",
    "DateRangeFilter",
    "DateTimeColumn",
    "Failure",
    "IntegerColumn",
    "LinkColumn",
    "ListPage",
    "MoneyColumn",
    "MoneyRangeFilter",
    "MultiSelectFilter",
    "PartyColumn",
    "PercentColumn",
    "QuerySetSource",
    "RawSql",
    "SelectFilter",
    "SqlSource",
    "StatusColumn",
    "StatusTabs",
    "Steps",
    "Tab",
    "TextColumn",
    "TextFilter",
    "ThroughDayFilter",
]
