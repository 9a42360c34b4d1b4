"""One lock per account of ours: whoever imports its bills or runs over them holds it until the transaction ends.

It is taken before any row is read, so that two runs at once place every row once: the second sees what the first did.
"""

from django.db import connection

RECONCILIATION_LOCK = 0x5A47_0011


def lock_account(own_account_id: int) -> None:
    """This function will wait for the account and hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [RECONCILIATION_LOCK, own_account_id])
