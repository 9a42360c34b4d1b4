"""ListPage: subclass it, declare, and route `as_view()`. One instance lives for one request or one export."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from zhanggui.portals.desk.lists import registry
from zhanggui.portals.desk.lists.actions import BulkAction
from zhanggui.portals.desk.lists.columns import Column
from zhanggui.portals.desk.lists.conditions import Clause
from zhanggui.portals.desk.lists.cursors import Cursor, Sort, decode, encode
from zhanggui.portals.desk.lists.filters import Filter
from zhanggui.portals.desk.lists.remembered import remembered
from zhanggui.portals.desk.lists.sources import Source, Totals
from zhanggui.portals.desk.lists.tabs import StatusTabs, Tab
from zhanggui.portals.desk.preferences import preference_of

PAGE_SIZES = (20, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows and the ways out of it."""

    rows: list[Any]
    first: int
    previous: str | None
    following: str | None

    @property
    def last(self) -> int:
        """Ordinal of the last row shown."""
        return self.first + len(self.rows) - 1


class ListPage:
    """A list: what it shows, how it is filtered, what can be done with its rows.

    Declare as class attributes; override `get_source`, `restrict` or `intro` when they depend on the user
    (`self.user`), the URL (`self.scope`) or the filter (`self.params`).
    """

    name: ClassVar[str] = ""
    title: ClassVar[Any] = ""
    permission: ClassVar[str | None] = None
    source: ClassVar[Source | None] = None
    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    tabs: ClassVar[StatusTabs | None] = None
    actions: ClassVar[Sequence[BulkAction]] = ()
    sort: ClassVar[str] = ""
    page_size: ClassVar[int] = 50
    row_id: ClassVar[str] = ""
    exportable: ClassVar[bool] = True
    empty: ClassVar[Any] = ""
    breadcrumbs: ClassVar[Sequence[tuple[Any, str]]] = ()
    template: ClassVar[str] = "desk/list.html"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__dict__.get("name"):
            registry.register(cls)

    def __init__(
        self,
        *,
        user: Any,
        params: QueryDict | None = None,
        scope: Mapping[str, Any] | None = None,
        request: HttpRequest | None = None,
    ) -> None:
        self.user = user
        self.params = params if params is not None else QueryDict()
        self.scope = dict(scope or {})
        self.request = request

    @classmethod
    def as_view(cls, *, scope: Callable[[HttpRequest], Mapping[str, Any]] | None = None) -> Callable:
        """The Django view. `scope(request)` adds to the URL arguments; JSON, since it travels to exports."""
        from zhanggui.portals.desk.lists.views import list_view

        return list_view(cls, scope)

    # What a subclass may override -------------------------------------------------------------------

    def get_source(self) -> Source:
        """The source; override when it depends on the user or the scope."""
        if self.source is None:
            raise NotImplementedError(f"{type(self).__name__} needs `source` or `get_source()`")
        return self.source

    def restrict(self) -> Sequence[Clause]:
        """Conditions that always hold and that nobody can filter away (the party of a merchant)."""
        return ()

    def reading(self) -> AbstractContextManager[None]:
        """What every read happens in; a merchant's list returns `parties.tenancy.as_tenant(party_id)`."""
        return nullcontext()

    def get_columns(self) -> Sequence[Column]:
        """All columns; override to drop or add by scope."""
        return self.columns

    def get_filters(self) -> Sequence[Filter]:
        """The filters of this request."""
        return self.filters

    def intro(self) -> str:
        """Safe HTML under the title: cut-off, counterparty, what the list is for. Empty by default."""
        return ""

    def page_actions(self) -> Sequence[Any]:
        """Buttons at the right of the title (`details.Action`)."""
        return ()

    # What the kernel works out ----------------------------------------------------------------------

    @cached_property
    def today(self) -> date:
        """Today in the tenant's zone."""
        return timezone.localdate()

    @cached_property
    def all_columns(self) -> Sequence[Column]:
        """`get_columns()`, asked once."""
        return self.get_columns()

    @cached_property
    def all_filters(self) -> Sequence[Filter]:
        """`get_filters()`, asked once: the choices of some are read from the database."""
        return self.get_filters()

    @cached_property
    def _source(self) -> Source:
        return self.get_source()

    @property
    def key(self) -> str:
        """Attribute of a row that identifies it."""
        return self.row_id or self._source.key

    @cached_property
    def filter_clauses(self) -> list[Clause]:
        """Everything that restricts the list except the open tab."""
        found = list(self.restrict())
        for one in self.all_filters:
            found.extend(one.clauses(self.params, self.today))
        return found

    @cached_property
    def clauses(self) -> list[Clause]:
        """Everything that restricts the list."""
        return self.filter_clauses + (self.tabs.clauses(self.params) if self.tabs else [])

    @cached_property
    def problems(self) -> list[str]:
        """What the URL asks for that cannot be used, as sentences."""
        found = [one.problem(self.params, self.today) for one in self.all_filters]
        return [problem for problem in found if problem]

    @cached_property
    def shown_columns(self) -> list[Column]:
        """Columns by the user's own choice, else the default ones."""
        by_key = {column.key: column for column in self.all_columns}
        chosen = preference_of(self.user).columns.get(self.name) or []
        kept = [by_key[key] for key in chosen if key in by_key]
        return kept or [column for column in by_key.values() if column.shown]

    @cached_property
    def order(self) -> Sort:
        """The order asked for by the URL, else the declared one, else by key."""
        for text in (self.params.get("sort", ""), self.sort):
            wanted = text.lstrip("-")
            column = next((c for c in self.all_columns if c.key == wanted and c.sort), None)
            if column is not None:
                return Sort(str(column.sort), text.startswith("-"), column.nullable, column.key)
        return Sort(self._source.key, True, key="")

    @cached_property
    def size(self) -> int:
        """Rows per page."""
        text = self.params.get("size", "")
        return int(text) if text.isdigit() and int(text) in PAGE_SIZES else self.page_size

    @cached_property
    def slice(self) -> Slice:
        """The rows of this page."""
        after, before = decode(self.params.get("after", "")), decode(self.params.get("before", ""))
        cursor, backward = (before, True) if before else (after, False)
        with self.reading():
            found = self._source.rows(
                self.clauses, self.order, after=cursor, backward=backward, limit=self.size + 1
            )
        more = len(found) > self.size
        rows = (found[1:] if backward else found[: self.size]) if more else found
        if backward and cursor:
            first = max(1, cursor.ordinal - len(rows))
            has_previous, has_next = more, True
        else:
            first = cursor.ordinal + 1 if cursor else 1
            has_previous, has_next = cursor is not None, more
        return Slice(
            rows,
            first,
            self._cursor(rows[0], first) if rows and has_previous else None,
            self._cursor(rows[-1], first + len(rows) - 1) if rows and has_next else None,
        )

    @cached_property
    def totals(self) -> Totals:
        """Count and sums over the whole filter."""
        sums = sorted({f for column in self.all_columns if (f := column.total_field)})
        question = f"totals|{sums}|{self._source.fingerprint(self.clauses)}"
        with self.reading():
            return remembered(self.name, question, lambda: self._source.totals(self.clauses, sums))

    @cached_property
    def tab_counts(self) -> list[tuple[Tab, int]]:
        """Tabs with their counts over the filter without the tab."""
        tabs = self.tabs
        if tabs is None:
            return []
        clauses, field = self.filter_clauses, tabs.field
        question = f"tabs|{field}|{self._source.fingerprint(clauses)}"
        with self.reading():
            found = remembered(self.name, question, lambda: self._source.counts_by(clauses, field))
        return tabs.counted(found)

    def picked(self, ids: Sequence[str]) -> list[Any]:
        """The rows with these ids, as far as the viewer may see them under the current filter."""
        with self.reading():
            return self._source.rows_by_id(self.clauses, ids)

    def stream(self) -> Iterator[Any]:
        """Every row of the filter, for exports and whole-filter actions; one transaction, so one state."""
        with transaction.atomic(), self.reading():
            yield from self._source.stream(self.clauses, self.order)

    def query(self, **changes: str | None) -> str:
        """The current query string with changes; paging starts over unless it is changed itself."""
        params = self.params.copy()
        for gone in ("after", "before", "action", "view"):
            params.pop(gone, None)
        for name, value in changes.items():
            if value is None:
                params.pop(name, None)
            else:
                params[name] = value
        return params.urlencode()

    def id_of(self, row: Any) -> str:
        """The id a check box carries."""
        return str(getattr(row, self.key))

    def _cursor(self, row: Any, ordinal: int) -> str:
        column = next((c for c in self.all_columns if c.key == self.order.key), None)
        value = _read(row, self.order.field) if column is None else self._sort_value(row, column)
        return encode(Cursor(value, _read(row, self._source.key), ordinal))

    def _sort_value(self, row: Any, column: Column) -> Any:
        try:
            return _read(row, self.order.field)
        except AttributeError:
            return column.read(row)


def _read(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part)
    return row
