"""The sweep of the books without the checks whose answer cannot have changed since they last gave it.

What a check finds follows from the tables that its queries name. A test that is undone afterwards begins with what
the migrations left, so a check of which it wrote no table would answer as it did there. The names are taken from
the text of the queries (see `tests/clockwork/test_sweeping.py`); checks that look at PostgreSQL's own catalogue, or
at more than the database, always run.
"""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection

from zhanggui.clockwork.sweep_invariants import CHECKS, Check
from zhanggui.rows.reading import rows_of

ALWAYS = {"sealed_without_key"}
"""Checks that look at more than the database: at the key ring."""

# Parts of a partitioned table go by the name of the whole.
_TABLES = (
    "select c.oid::bigint, coalesce(w.relname, c.relname)::text as name from pg_class c"
    " left join pg_class w on w.oid = pg_partition_root(c.oid)"
    " where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm')"
)
_VIEWS = (
    "select distinct v.relname::text as view, t.relname::text as name from pg_rewrite r"
    " join pg_class v on v.oid = r.ev_class join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid"
    " join pg_class t on t.oid = d.refobjid and d.refclassid = 'pg_class'::regclass"
    " where v.relnamespace = current_schema()::regnamespace and t.oid <> v.oid"
)
# Who writes a table holds such a lock on it until the transaction ends, or the savepoint it wrote in is undone.
_WRITTEN = (
    "select distinct relation::bigint as oid from pg_locks where pid = pg_backend_pid() and locktype = 'relation'"
    " and mode not in ('AccessShareLock', 'RowShareLock')"
)
_WRITES = (
    "select relid::bigint as oid, n_tup_ins + n_tup_upd + n_tup_del as rows from pg_stat_xact_user_tables"
    " where n_tup_ins + n_tup_upd + n_tup_del > 0"
)


class Reads:
    """What the checks read, learnt by listening to them."""

    def __init__(self) -> None:
        self.tables = {row["oid"]: row["name"] for row in rows_of(_TABLES)}
        self.known = set(self.tables.values())
        self.behind: dict[str, set[str]] = {}
        for row in rows_of(_VIEWS):
            self.behind.setdefault(row["view"], set()).add(row["name"])
        self.of: dict[str, set[str]] = {}

    def answer(self, check: Check) -> list[dict[str, Any]]:
        """Run a check and note which tables its queries name."""
        named: set[str] = set()

        def listen(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
            named.update(re.findall(r"\w+", sql))
            return execute(sql, *given)

        with connection.execute_wrapper(listen):
            rows = check()
        catalogue = {name for name in named if name.startswith("pg_")}
        self.of[check.__name__] = self._with_views(named & self.known) | catalogue
        return rows

    def _with_views(self, names: set[str]) -> set[str]:
        more = set().union(*(self.behind.get(name, set()) for name in names)) - names
        return self._with_views(names | more) if more else names

    def always(self, name: str) -> bool:
        """Whether more than the tables decides what the check finds, or nobody knows what it reads."""
        reads = self.of.get(name)
        return not reads or name in ALWAYS or any(one.startswith("pg_") for one in reads)


class Undone:
    """The sweep at the end of a test whose transaction is rolled back."""

    def __init__(self) -> None:
        self.before: Reads | None = None
        self.broken = self.forgotten = False

    def learn(self) -> None:
        """Run every check on what the database holds before a test."""
        self.before = Reads()
        answers = [self.before.answer(check) for check in CHECKS]
        self.broken = any(answers)
        self.forgotten = False

    def forget(self) -> None:
        """Somebody committed: what was learnt holds no longer."""
        self.before, self.forgotten = None, True

    def sweep(self) -> dict[str, list[dict[str, Any]]]:
        """By name, the offending rows of each check whose answer the test may have changed."""
        if self.before is None or self.broken:
            return {check.__name__: check() for check in CHECKS}
        tables = self.before.tables
        written = {row["oid"] for row in rows_of(_WRITTEN)}
        names = {tables[oid] for oid in written if oid in tables}
        return {
            check.__name__: check()
            for check in CHECKS
            if self.before.always(check.__name__) or self.before.of[check.__name__] & names
        }


class Growing:
    """The sweep after each step of a long transaction in which nothing is undone that was swept."""

    def __init__(self) -> None:
        self.reads = Reads()
        self.seen: dict[str, dict[str, int]] = {}

    def sweep(self) -> dict[str, list[dict[str, Any]]]:
        """By name, the offending rows of each check of which a table was written since it last ran."""
        now: dict[str, int] = {}
        for row in rows_of(_WRITES):
            name = self.reads.tables.get(row["oid"], "")
            now[name] = now.get(name, 0) + row["rows"]
        return {check.__name__: self._answer(check, now) for check in CHECKS if self._may_differ(check, now)}

    def _may_differ(self, check: Check, now: dict[str, int]) -> bool:
        name = check.__name__
        if name not in self.seen or self.reads.always(name):
            return True
        return any(now.get(one) != self.seen[name].get(one) for one in self.reads.of[name])

    def _answer(self, check: Check, now: dict[str, int]) -> list[dict[str, Any]]:
        rows = self.reads.answer(check)
        self.seen[check.__name__] = now
        return rows


undone = Undone()
