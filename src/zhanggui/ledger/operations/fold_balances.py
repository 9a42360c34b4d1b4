"""Fold deltas into the balance table, and compare it with a rebuild."""

from django.db import connection, transaction

FOLD_LOCK = 0x5A47_0002


@transaction.atomic
def fold_balances() -> int:
    """This function will rewrite the folded balances from all deltas and return the number of accounts.

    The table is a cache for screens: readers that must be exact sum the deltas.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [FOLD_LOCK])
        cursor.execute("delete from ledger_balance")
        cursor.execute(
            "insert into ledger_balance (account_id, party_id, amount)"
            " select account_id, min(party_id), sum(amount)::bigint from ledger_delta group by account_id"
        )
        return int(cursor.rowcount)
