"""Changing rows behind the back of every guard, to see the audit find it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from zhanggui.clockwork.sweep_invariants import CHECKS


@contextmanager
def guards_off(table: str) -> Iterator[None]:
    """The table's triggers sleep inside the block, as for somebody with the keys of the server."""
    with connection.cursor() as cursor:
        cursor.execute(f"alter table {table} disable trigger user")
        yield
        cursor.execute(f"alter table {table} enable trigger user")


def tamper(statement: str, *params: object) -> int:
    """Run `update TABLE ...`, `delete from TABLE ...` or `insert into TABLE ...` with the table's guards off
    and return how many rows it changed."""
    words = statement.split()
    table = words[1] if words[0] == "update" else words[2]
    with guards_off(table), connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return int(cursor.rowcount)


def broken() -> set[str]:
    """The names of the invariants that no longer hold."""
    return {check.__name__ for check in CHECKS if check()}
