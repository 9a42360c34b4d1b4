"""A source over a Django QuerySet: for configuration, statements and everything below a million rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from zhanggui.portals.desk.lists.conditions import AnyOf, Clause, Condition, RawSql
from zhanggui.portals.desk.lists.cursors import Cursor, Sort
from zhanggui.portals.desk.lists.sources import Totals

_LOOKUPS = {
    "eq": "exact",
    "in": "in",
    "gte": "gte",
    "gt": "gt",
    "lte": "lte",
    "lt": "lt",
    "contains": "icontains",
    "starts": "istartswith",
    "isnull": "isnull",
}


class QuerySetSource:
    """Rows of a QuerySet of model instances (no `values()`). `key` must be unique."""

    def __init__(self, queryset: QuerySet, *, key: str = "pk") -> None:
        self._queryset = queryset
        self.key = key

    def rows(
        self, where: Sequence[Clause], sort: Sort, *, after: Cursor | None, backward: bool, limit: int
    ) -> list[Any]:
        """One page of model instances."""
        matching = self._matching(where)
        if after is not None:
            matching = matching.filter(self._beyond(after, sort, backward=backward))
        found = list(self._ordered(matching, sort, backward=backward)[:limit])
        return found[::-1] if backward else found

    def rows_by_id(self, where: Sequence[Clause], ids: Sequence[str]) -> list[Any]:
        """The chosen rows, limited to what the viewer's own filter allows."""
        return list(self._matching(where).filter(**{f"{self.key}__in": list(ids)}).order_by(self.key))

    def totals(self, where: Sequence[Clause], sums: Sequence[str]) -> Totals:
        """Count and exact sums over the filter."""
        wanted = {f"sum_{i}": Sum(name) for i, name in enumerate(sums)}
        found = self._matching(where).order_by().aggregate(count_all=Count("pk"), **wanted)
        return Totals(found["count_all"], {n: int(found[f"sum_{i}"] or 0) for i, n in enumerate(sums)})

    def counts_by(self, where: Sequence[Clause], field: str) -> dict[Any, int]:
        """Rows per value of a field."""
        grouped = self._matching(where).order_by().values_list(field).annotate(n=Count("pk"))
        return dict(grouped)

    def stream(self, where: Sequence[Clause], sort: Sort) -> Iterator[Any]:
        """All rows through a server-side cursor."""
        return self._ordered(self._matching(where), sort, backward=False).iterator(chunk_size=2_000)

    def fingerprint(self, where: Sequence[Clause]) -> str:
        """The SQL with its parameters: includes whatever restriction the QuerySet came with."""
        sql, params = self._matching(where).order_by().query.sql_with_params()
        return f"{sql}|{params!r}"

    def _matching(self, where: Sequence[Clause]) -> QuerySet:
        return self._queryset.filter(*(_as_q(clause) for clause in where))

    def _ordered(self, queryset: QuerySet, sort: Sort, *, backward: bool) -> QuerySet:
        descending = sort.descending != backward
        names = [sort.field] if sort.field == self.key else [sort.field, self.key]
        if not sort.nullable:
            return queryset.order_by(*(f"-{name}" if descending else name for name in names))
        nulls = {"nulls_first": True} if backward else {"nulls_last": True}
        first = F(sort.field).desc(**nulls) if descending else F(sort.field).asc(**nulls)
        return queryset.order_by(first, f"-{self.key}" if descending else self.key)

    def _beyond(self, cursor: Cursor, sort: Sort, *, backward: bool) -> Q:
        op = "lt" if sort.descending != backward else "gt"
        by_id = Q(**{f"{self.key}__{op}": cursor.row_id})
        if sort.field == self.key:
            return by_id
        missing = Q(**{f"{sort.field}__isnull": True})
        if cursor.value is None:
            return (~missing | (missing & by_id)) if backward else (missing & by_id)
        beyond = Q(**{f"{sort.field}__{op}": cursor.value}) | (Q(**{sort.field: cursor.value}) & by_id)
        return beyond | missing if sort.nullable and not backward else beyond


def _as_q(clause: Clause) -> Q:
    if isinstance(clause, Q):
        return clause
    if isinstance(clause, AnyOf):
        either = Q()
        for condition in clause.conditions:
            either |= _as_q(condition)
        return either
    if isinstance(clause, RawSql):
        raise TypeError("a QuerySet source cannot take RawSql; return a Q from the filter instead")
    if not isinstance(clause, Condition):
        raise TypeError(f"not a condition: {clause!r}")
    if clause.op == "ne":
        return ~Q(**{clause.field: clause.value})
    return Q(**{f"{clause.field}__{_LOOKUPS[clause.op]}": clause.value})
