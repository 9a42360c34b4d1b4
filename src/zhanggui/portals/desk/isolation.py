"""Reading as one party: row-level security of the database on top of every filter.

A merchant's list overrides `ListPage.reading` with `reading_as(self.scope["party_id"])`; a forgotten
condition then shows nothing of anybody else. Only reads of settlement, ledger and parties are granted to that
role: sessions, preferences and exports are read outside it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

TENANT_ROLE = "zhanggui_tenant"


@contextmanager
def reading_as(party_id: int) -> Iterator[None]:
    """Be in the tenant role for `party_id` until the block ends; a failure inside rolls back out of it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('zhanggui.party_id', %s, true)", [str(int(party_id))])
            cursor.execute(f"set local role {TENANT_ROLE}")
        yield
        # After an exception the rollback undoes both; the transaction would take no command any more.
        with connection.cursor() as cursor:
            cursor.execute("reset role")
            cursor.execute("select set_config('zhanggui.party_id', '', true)")
