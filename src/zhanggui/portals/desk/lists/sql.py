"""A source over hand-written SQL: for details, postings and everything that is counted in millions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from zhanggui.portals.desk.lists.conditions import AnyOf, Clause, Condition, RawSql
from zhanggui.portals.desk.lists.cursors import Cursor, Sort
from zhanggui.portals.desk.lists.sources import Totals
from zhanggui.portals.desk.lists.steps import Steps, Walk

_OPERATORS = {"eq": "=", "ne": "<>", "gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


class SqlRow:
    """One row; its columns are attributes."""

    def __init__(self, names: Sequence[str], values: Sequence[Any]) -> None:
        self.__dict__.update(zip(names, values, strict=True))

    def __getitem__(self, name: str) -> Any:
        return self.__dict__[name]


class SqlSource:
    """Rows of a SELECT with a `{where}` in it.

    Args:
        select: the statement without ORDER BY and LIMIT. `{where}` becomes the filter (`true` when empty);
            `{where:place}` takes the conditions of fields declared as `("expression", "place")`, so that a
            restriction can sit inside a sub-select, before an unnest.
        fields: name -> SQL expression (or (expression, place)) for filters, sorting and sums.
        key: a field that is unique and comparable; ties are broken by it and rows are picked by it.
        totals: optional cheaper statement for counting and adding, with `{where}` and `{sums}`:
            `select count(*), {sums} from ...`. By default the rows statement is wrapped.
        params: values for named placeholders the statement itself uses, `%(party_id)s`.
        steps: how it is read in the order of time, where that is millions of rows.
    """

    def __init__(
        self,
        *,
        select: str | Callable[[Mapping[str, str]], str],
        fields: Mapping[str, str | tuple[str, str]],
        key: str = "id",
        totals: str | None = None,
        params: Mapping[str, Any] | None = None,
        steps: Steps | None = None,
    ) -> None:
        self._steps = steps
        self._select = select
        self._fields = {name: (x, "where") if isinstance(x, str) else x for name, x in fields.items()}
        self._totals = totals
        self._params = dict(params or {})
        self.key = key

    def rows(
        self, where: Sequence[Clause], sort: Sort, *, after: Cursor | None, backward: bool, limit: int
    ) -> list[Any]:
        """One page, found by key and not by counting rows away."""
        if self._steps is None or sort.field != self._steps.field or (after and after.value is None):
            found = self._cut(where, sort, after, backward, limit)
        else:
            found = []
            walk = Walk(self._steps, where, after, sort.descending != backward, limit)
            for span in walk.spans():
                found += self._cut([*where, *span], sort, after, backward, limit - len(found))
                walk.found = len(found)
        return found[::-1] if backward else found

    def _cut(
        self, where: Sequence[Clause], sort: Sort, after: Cursor | None, backward: bool, limit: int
    ) -> list[Any]:
        """So many rows behind the cursor, from there on."""
        pieces = _Pieces(self._fields, self._params)
        pieces.add_all(where)
        if after is not None:
            pieces.add_sql(*self._beyond(pieces, after, sort, backward=backward))
        sql = f"{self._fill(self._select, pieces)} order by {self._order(sort, backward)} limit {int(limit)}"
        return _fetch(sql, pieces.params)

    def rows_by_id(self, where: Sequence[Clause], ids: Sequence[str]) -> list[Any]:
        """The chosen rows that satisfy the filter."""
        pieces = _Pieces(self._fields, self._params)
        pieces.add_all(where)
        expression, place = self._fields[self.key]
        pieces.add_sql(f"({expression})::text = any({pieces.bind([str(i) for i in ids])}::text[])", place)
        return _fetch(f"{self._fill(self._select, pieces)} order by {expression}", pieces.params)

    def totals(self, where: Sequence[Clause], sums: Sequence[str]) -> Totals:
        """Count and exact sums over the filter."""
        pieces = _Pieces(self._fields, self._params)
        pieces.add_all(where)
        if self._totals is not None:
            added = "".join(f", coalesce(sum({self._fields[name][0]}), 0)" for name in sums)
            sql = (
                self._fill(self._totals, pieces)
                .replace(", {sums}", added)
                .replace("{sums}", added[2:] or "1")
            )
        else:
            added = "".join(f', coalesce(sum("{name}"), 0)' for name in sums)
            sql = f"select count(*){added} from ({self._fill(self._select, pieces)}) as listed"
        with connection.cursor() as cursor:
            cursor.execute(sql, pieces.params)
            count, *values = cursor.fetchone()
        return Totals(int(count), {name: int(value) for name, value in zip(sums, values, strict=False)})

    def counts_by(self, where: Sequence[Clause], field: str) -> dict[Any, int]:
        """Rows per value of a field."""
        pieces = _Pieces(self._fields, self._params)
        pieces.add_all(where)
        sql = f'select "{field}", count(*) from ({self._fill(self._select, pieces)}) as listed group by 1'
        with connection.cursor() as cursor:
            cursor.execute(sql, pieces.params)
            return dict(cursor.fetchall())

    def stream(self, where: Sequence[Clause], sort: Sort) -> Iterator[Any]:
        """Every row through a server-side cursor; needs an open transaction (`ListPage.stream` opens one)."""
        pieces = _Pieces(self._fields, self._params)
        pieces.add_all(where)
        sql = f"{self._fill(self._select, pieces)} order by {self._order(sort, False)}"
        with connection.connection.cursor(name="desk_stream") as cursor:
            cursor.itersize = 5_000
            cursor.execute(sql, pieces.params)
            names = [column.name for column in cursor.description]
            for values in cursor:
                yield SqlRow(names, values)

    def fingerprint(self, where: Sequence[Clause]) -> str:
        """The SQL with its parameters."""
        pieces = _Pieces(self._fields, self._params)
        pieces.add_all(where)
        return f"{self._fill(self._select, pieces)}|{sorted(pieces.params.items())!r}"

    def _order(self, sort: Sort, backward: bool) -> str:
        descending = sort.descending != backward
        way = "desc" if descending else "asc"
        key = self._fields[self.key][0]
        if sort.field == self.key:
            return f"{key} {way}"
        nulls = "" if not sort.nullable else " nulls first" if backward else " nulls last"
        return f"{self._fields[sort.field][0]} {way}{nulls}, {key} {way}"

    def _beyond(self, pieces: "_Pieces", cursor: Cursor, sort: Sort, *, backward: bool) -> tuple[str, str]:
        op = "<" if sort.descending != backward else ">"
        key, key_place = self._fields[self.key]
        row_id = pieces.bind(cursor.row_id)
        if sort.field == self.key:
            return f"{key} {op} {row_id}", key_place
        expression, place = self._fields[sort.field]
        place = place if place == key_place else "where"
        if cursor.value is None:
            tie = f"({expression} is null and {key} {op} {row_id})"
            return (f"({expression} is not null or {tie})" if backward else tie), place
        # The row comparison is what lets PostgreSQL walk an index on (sort column, id).
        beyond = f"({expression}, {key}) {op} ({pieces.bind(cursor.value)}, {row_id})"
        return (f"({beyond} or {expression} is null)" if sort.nullable and not backward else beyond), place

    def _fill(self, template: str | Callable[[Mapping[str, str]], str], pieces: "_Pieces") -> str:
        if callable(template):
            return template(pieces.by_place())
        for place, sql in pieces.by_place().items():
            template = template.replace("{where}" if place == "where" else f"{{where:{place}}}", sql)
        return template


class _Pieces:
    """WHERE pieces per place and their named parameters, while one statement is put together."""

    def __init__(self, fields: Mapping[str, tuple[str, str]], params: Mapping[str, Any]) -> None:
        self._fields = fields
        self._sql: dict[str, list[str]] = {place: [] for _, place in fields.values()} | {"where": []}
        self.params = dict(params)

    def bind(self, value: Any) -> str:
        name = f"p{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"

    def add_sql(self, sql: str, place: str) -> None:
        self._sql.setdefault(place, []).append(sql)

    def add_all(self, clauses: Sequence[Clause]) -> None:
        for clause in clauses:
            if isinstance(clause, RawSql):
                self.params.update(clause.params)
                self.add_sql(f"({clause.sql})", clause.place)
            elif isinstance(clause, AnyOf):
                parts = [self._one(condition) for condition in clause.conditions]
                places = {place for _, place in parts}
                self.add_sql(
                    "(" + " or ".join(sql for sql, _ in parts) + ")",
                    places.pop() if len(places) == 1 else "where",
                )
            elif isinstance(clause, Condition):
                self.add_sql(*self._one(clause))
            else:
                raise TypeError(f"an SqlSource takes Condition, AnyOf or RawSql, not {clause!r}")

    def by_place(self) -> dict[str, str]:
        return {place: " and ".join(parts) or "true" for place, parts in self._sql.items()}

    def _one(self, condition: Condition) -> tuple[str, str]:
        if condition.field not in self._fields:
            raise KeyError(f"field {condition.field!r} is filtered but not declared in SqlSource.fields")
        expression, place = self._fields[condition.field]
        if condition.op == "isnull":
            return f"{expression} is {'' if condition.value else 'not '}null", place
        if condition.op == "in":
            return f"{expression} = any({self.bind(list(condition.value))})", place
        if condition.op in ("contains", "starts"):
            escaped = str(condition.value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            pattern = f"%{escaped}%" if condition.op == "contains" else f"{escaped}%"
            return f"{expression} ilike {self.bind(pattern)}", place
        return f"{expression} {_OPERATORS[condition.op]} {self.bind(condition.value)}", place


def _fetch(sql: str, params: Mapping[str, Any]) -> list[SqlRow]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description]
        return [SqlRow(names, values) for values in cursor.fetchall()]
