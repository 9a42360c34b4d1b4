"""The one place that orders acts on payouts: proposing, deciding, sending and answering take turns.

It is the first lock such an act takes; nothing outside is called while it is held.
"""

from django.db import connection

PAYOUTS = 0x5A47_0020


def hold_payouts() -> None:
    """This function will keep every other act on payouts out until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [PAYOUTS])
