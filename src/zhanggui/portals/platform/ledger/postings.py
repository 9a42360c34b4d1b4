"""Postings as a source of lists: pages along the index of days, totals from what is kept by day."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from zhanggui.ledger.kept import KEPT_BY_DAY_SQL, by_day_params
from zhanggui.ledger.queries import latest_booked_date
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import SqlSource, Steps
from zhanggui.portals.desk.lists.conditions import Clause, Condition, RawSql
from zhanggui.portals.desk.lists.cursors import Cursor, Sort
from zhanggui.portals.desk.lists.sources import Totals
from zhanggui.portals.platform.names import PARTY_NAME

LEGS_OF = """
cross join lateral unnest(e.accounts, e.amounts) with ordinality as p0(account_id, amount, position)
join ledger_account a on a.id = p0.account_id
"""
FROM = f"from (select e.* from ledger_entry e where {{where:line}}) e {LEGS_OF}"
# The accounts on the other side of the entry, by their purposes.
COUNTER = """(select string_agg(distinct a2.purpose, ',')
  from unnest(e.accounts, e.amounts) as x(account_id, amount)
  join ledger_account a2 on a2.id = x.account_id where sign(x.amount) <> sign(p0.amount))"""
KEY = "(e.book_id || '-' || e.source || '-' || e.key_a || '-' || e.key_b)"
COLUMNS = f"""{KEY} || '/' || p0.position as id, {KEY} as entry_key, e.book_id, e.source, e.key_a, e.key_b,
  e.booked_date, e.entity_id, p0.account_id, p0.amount, greatest(p0.amount, 0) as debit,
  greatest(-p0.amount, 0) as credit, a.purpose, a.party_id, {COUNTER} as counter,
  (select {PARTY_NAME} from parties_party p where p.id = a.party_id) as party_name"""
FIELDS = {
    "id": f"({KEY} || '/' || p0.position)",
    "booked_date": ("e.booked_date", "line"),
    "source": ("e.source", "line"),
    "entity_id": ("e.entity_id", "line"),
    "currency": ("e.currency", "line"),
    "purpose": "a.purpose",
    "party_id": "a.party_id",
    "debit": "greatest(p0.amount, 0)",
    "credit": "greatest(-p0.amount, 0)",
}

# A page: as many entries along the index as it may need, the latest written of a day first, then their legs. The
# columns of an entry that it is ordered by begin with those of the index.
ENTRY_ORDER = ("booked_date", "batch_id", "book_id", "source", "key_a", "key_b")
POSTING_KEY = "row(e.batch_id, e.book_id, e.source, e.key_a, e.key_b, p0.position)"
POSTING = re.compile(r"(\d{1,18})-(\d{1,4})-(\d{1,18})-(\d{1,18})/(\d{1,9})")

KEPT = f"select coalesce(sum(k.postings), 0)::bigint, {{sums}} from {KEPT_BY_DAY_SQL} k where {{where}}"
KEPT_FIELDS = {
    name: f"k.{name}"
    for name in ("booked_date", "source", "entity_id", "currency", "purpose", "debit", "credit")
}

LEGS = 16
OF_ENTRY = ("booked_date", "source", "entity_id", "currency")


def entry_totals(legs: int = LEGS) -> SqlSource:
    """Count and sums of the postings of whole entries: what an entry moves is the sum of its debits, which is that of
    its credits. So many legs are added up where they stand, since taking them out of the arrays costs thrice that."""
    moved = " + ".join(f"greatest(coalesce(e.amounts[{leg}], 0), 0)" for leg in range(1, legs + 1))
    return SqlSource(
        select="",
        totals=f"""
select coalesce(sum(m.legs), 0)::bigint, {{sums}} from (
  select sum(cardinality(e.amounts)) as legs, sum({moved}) as moved from ledger_entry e where {{where:line}}
  union all
  select 0, sum(greatest(a, 0)) from ledger_entry e cross join lateral unnest(e.amounts[{legs + 1}:]) a
    where {{where:line}} and cardinality(e.amounts) > {legs}) m where {{where}}""",
        fields={name: (f"e.{name}", "line") for name in OF_ENTRY} | {"debit": "m.moved", "credit": "m.moved"},
    )


class PostingSource(SqlSource):
    """Postings. Where an owner is asked for, days are read from their end and counted row by row; else a page is as
    many entries as it needs, however many a day has, and totals are kept."""

    def __init__(self) -> None:
        super().__init__(
            select=f"select {COLUMNS} {FROM} where {{where}}",
            totals=f"select count(*), {{sums}} {FROM} where {{where}}",
            fields=FIELDS,
            params=language_params(),
            steps=Steps("booked_date", timedelta(days=1), _days),
        )

    def rows(
        self, where: Sequence[Clause], sort: Sort, *, after: Cursor | None, backward: bool, limit: int
    ) -> list[Any]:
        """One page."""
        if sort.field != "booked_date" or not _kept(where):
            return super().rows(where, sort, after=after, backward=backward, limit=limit)
        descending = sort.descending != backward
        begin = _behind(after, "<" if descending else ">")
        days = _days_with(where, begin[:1], descending, limit)
        if days is None:
            clauses = [*where, *begin]
        else:
            clauses = [*where, *begin, Condition("booked_date", "in", days)]
        page = _page(_entries_in_order(descending, limit))
        return page.rows(clauses, sort, after=None, backward=backward, limit=limit)

    def stream(self, where: Sequence[Clause], sort: Sort) -> Iterator[Any]:
        """Every row, in the order of the pages; along the index a day is sorted at a time, not all of them."""
        if sort.field != "booked_date" or not _kept(where):
            return super().stream(where, sort)
        return _page(lambda places: f"(select e.* from ledger_entry e where {places['line']})").stream(
            where, sort
        )

    def totals(self, where: Sequence[Clause], sums: Sequence[str]) -> Totals:
        """Count and exact sums over the filter."""
        if _kept(where):
            params = by_day_params()
            if params is not None:
                return SqlSource(select="", totals=KEPT, fields=KEPT_FIELDS, params=params).totals(
                    where, sums
                )
            if all(one.field in OF_ENTRY for one in where):
                return entry_totals().totals(where, sums)
        return super().totals(where, sums)


def _kept(where: Sequence[Clause]) -> bool:
    """Whether the sums by day know all that is asked."""
    return all(isinstance(one, Condition) and one.field in KEPT_FIELDS for one in where)


def _page(entries: Callable[[Mapping[str, str]], str]) -> SqlSource:
    """The legs of some entries, in the order of the index."""
    return SqlSource(
        select=lambda places: (
            f"select {COLUMNS} from {entries(places)} e {LEGS_OF}"
            f" where {places['where']} and {places.get('behind', 'true')}"
        ),
        fields=FIELDS | {"id": POSTING_KEY},
        params=language_params(),
    )


def _entries_in_order(descending: bool, limit: int) -> Callable[[Mapping[str, str]], str]:
    """The first entries behind the cursor that have a posting which is asked for: each gives one at least, but for
    the one that the cursor stands in."""
    way = "desc" if descending else "asc"
    order = ", ".join(f"e.{name} {way}" for name in ENTRY_ORDER)

    def entries(places: Mapping[str, str]) -> str:
        found = f"select e.* from ledger_entry e where {places['line']} order by {order}"
        if (
            places["where"] != "true"
        ):  # asked one by one in their order, and not of a whole day before it is sorted
            found = (
                f"select e.* from ({found} offset 0) e where exists (select from unnest(e.accounts, e.amounts)"
                " as p0(account_id, amount) join ledger_account a on a.id = p0.account_id"
                f" where {places['where']}) order by {order}"
            )
        return f"({found} limit {limit + 1})"

    return entries


def _behind(after: Cursor | None, op: str) -> list[RawSql]:
    """What lies behind a cursor: the day, the entries from its own on, the postings after it."""
    found = POSTING.fullmatch(str(after.row_id)) if after is not None else None
    if found is None or after is None:
        return []
    names = ("at_book", "at_source", "at_a", "at_b", "at_position")
    params = dict(zip(names, (int(part) for part in found.groups()), strict=True)) | {"at_day": after.value}
    batch = (
        "(select c.batch_id from ledger_entry c where c.book_id = %(at_book)s and c.source = %(at_source)s"
        " and c.key_a = %(at_a)s and c.key_b = %(at_b)s)"
    )
    at = f"%(at_day)s::date, {batch}, %(at_book)s, %(at_source)s, %(at_a)s, %(at_b)s"
    columns = ", ".join(f"e.{name}" for name in ENTRY_ORDER)
    return [
        RawSql(f"({columns}) {op}= ({at})", params, "line"),
        RawSql(f"({columns}, p0.position) {op} ({at}, %(at_position)s)", params, "behind"),
    ]


def _days_with(
    where: Sequence[Clause], begin: Sequence[RawSql], descending: bool, limit: int
) -> list[date] | None:
    """The days that a page can come from, where only some postings are asked for and what is kept says which days
    have them: each of them fills a row at least. None when any may."""
    params = by_day_params()
    if params is None or all(one.field in ("booked_date", "currency") for one in where):
        return None
    op, way = ("<=", "desc") if descending else (">=", "asc")
    edge = [RawSql(f"k.booked_date {op} %(at_day)s::date", {"at_day": one.params["at_day"]}) for one in begin]
    kept = SqlSource(
        select=f"select k.booked_date, sum(k.postings) as postings from {KEPT_BY_DAY_SQL} k"
        f" where {{where}} group by k.booked_date",
        fields=KEPT_FIELDS, params=params, key="booked_date",
    )  # fmt: skip
    found = kept.rows(
        [*where, *edge], Sort("booked_date", way == "desc"), after=None, backward=False, limit=limit + 1
    )
    return [row.booked_date for row in found]


def _days() -> tuple[date, date] | None:
    """The latest booked day, and one that no list need begin before."""
    latest = latest_booked_date()
    return (latest - timedelta(days=3660), latest) if latest else None
